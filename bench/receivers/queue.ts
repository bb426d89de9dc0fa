// Takes from a queue into a file until its input ends; what is in the queue then still comes.

import { join } from 'node:path'
import { queueCheck } from '@pino-handlers/core/queue'
import queueListener from '@pino-handlers/queue-listener'
import { monotonic } from '../measure.js'

const [, , folder = '', options = ''] = process.argv
const queue = queueCheck.parse(JSON.parse(options), {})
if (!queue) throw new Error(`${options} is no queue`)

let last = 0
const acknowledge = queue.acknowledge.bind(queue)
queue.acknowledge = (batches) => {
  last = monotonic()
  return acknowledge(batches)
}
const handlers = [{ target: '@pino-handlers/file', options: { filename: join(folder, '0') } }]
const listener = queueListener({ queue, handlers })
await listener.start()
console.log(JSON.stringify({ port: 0 }))

process.stdin.resume().once('end', async () => {
  await listener.stop()
  await listener[Symbol.asyncDispose]()
  await queue.close(AbortSignal.timeout(10_000))
  console.log(JSON.stringify({ last }))
})
