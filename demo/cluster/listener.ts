// A process that takes from a queue into a file, until it is told to stop or is killed.

import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import queueListener, { type QueueListenerOptions } from '@pino-handlers/queue-listener'

const options: QueueListenerOptions = JSON.parse(process.argv[2] ?? '')
const listener = queueListener(options)
const told = once(process, 'message').then(() => 'told' as const)

// A socket has one listener; the other one stands by until that is gone.
async function start(): Promise<void> {
  for (;;) {
    try {
      await listener.start()
      return
    } catch {
      await sleep(50)
    }
  }
}

const starting = start()
process.send?.('there')
await Promise.race([starting.then(() => told), told])
await listener.stop()
await listener[Symbol.asyncDispose]()
process.send?.({ books: listener.stats }, () => process.exit())
