// @pino-handlers/queue-listener: three handlers in one worker, of which one cannot be opened and has a fallback.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { QueueListenerOptions } from '@pino-handlers/queue-listener'
import type { Row } from '../row.js'
import { countRecords } from './count.js'

const ERRORS = /^\{"level":50,/gm

export const queueListener: Row = {
  handler: 'queue-listener, one of three fails',
  start(dir) {
    const filename = join(dir, 'listener.log')
    const errors = join(dir, 'listener-errors.log')
    const fallback = join(dir, 'listener-fallback.log')
    const options: QueueListenerOptions = {
      handlers: [
        { target: '@pino-handlers/rotating-file', options: { filename, maxBytes: '200KB', backupCount: 100 } },
        { target: '@pino-handlers/file', options: { filename: errors }, level: 'error' },
        {
          target: 'pino/file',
          options: { destination: join(dir, 'no such folder', 'app.log') },
          fallback: { target: '@pino-handlers/file', options: { filename: fallback } },
        },
      ],
      maxRestarts: 1,
      retryStart: 0.1,
      // It is meant to fail.
      onError: 'ignore',
    }
    const countAll = async (start?: RegExp): Promise<number> => {
      const own = readdirSync(dir).filter((name) => /^listener\.log(\.\d+)?$/.test(name))
      const counts = await Promise.all(own.map((name) => countRecords(join(dir, name), start)))
      return counts.reduce((sum, count) => sum + count, 0)
    }
    return {
      target: { target: '@pino-handlers/queue-listener', options },
      where: `${join(dir, 'listener')}.log, -errors.log, -fallback.log`,
      async verify() {
        const found = { all: await countAll(), fallback: await countRecords(fallback) }
        const failed = { all: await countAll(ERRORS), errors: await countRecords(errors) }
        if (found.fallback !== found.all) throw new Error(`its fallback has ${found.fallback} of ${found.all}`)
        if (failed.errors !== failed.all) throw new Error(`${errors} has ${failed.errors} of ${failed.all}`)
        return found.all
      },
    }
  },
}
