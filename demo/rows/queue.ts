// @pino-handlers/queue: onto the disk, from where a listener of the main thread takes the records.

import { join } from 'node:path'
import type { QueueOptions } from '@pino-handlers/queue'
import queueListener from '@pino-handlers/queue-listener'
import type { Row } from '../row.js'
import { countRecords } from './count.js'

export const queue: Row = {
  handler: 'queue, in a directory',
  async start(dir) {
    const filename = join(dir, 'queue.log')
    const options: QueueOptions = { queue: { type: 'directory', path: join(dir, 'queue') } }
    const listener = queueListener({
      queue: options.queue,
      handlers: [{ target: '@pino-handlers/file', options: { filename } }],
    })
    await listener.start()
    return {
      target: { target: '@pino-handlers/queue', options },
      where: filename,
      async verify() {
        await listener.stop()
        return countRecords(filename)
      },
      stop: () => listener[Symbol.asyncDispose](),
    }
  },
}
