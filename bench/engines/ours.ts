// Our queues on servers, by their interface.

import type { Queue } from '@pino-handlers/core/queue'
import queueAmqp from '@pino-handlers/queue-amqp'
import queueNats from '@pino-handlers/queue-nats'
import queueRedis from '@pino-handlers/queue-redis'
import type { Ends, Open } from './ends.js'

const NEVER = new AbortController().signal

// Acknowledgements that are on their way while more is taken, as the listener has it.
const MOST = 8

// With one batch gone through: the producer connects with its first put, where a plain client has connected before.
async function opened(make: () => Queue): Promise<Ends> {
  const [producer, consumer] = [make(), make()]
  await consumer.open?.(NEVER)
  const ends: Ends = {
    send: async (batches) => await producer.put(batches, NEVER),
    async receive(count) {
      const acknowledging: (void | Promise<void>)[] = []
      for (let got = 0; got < count; ) {
        const batches = await consumer.take(NEVER)
        got += batches.length
        acknowledging.push(consumer.acknowledge(batches))
        if (acknowledging.length > MOST) await acknowledging.shift()
      }
      await Promise.all(acknowledging)
    },
    async close() {
      await producer.close(NEVER)
      await consumer.close(NEVER)
    },
  }
  await ends.send([{ id: 'first', data: '\n', count: 1 }])
  await ends.receive(1)
  return ends
}

/** By engine. */
export const ours: Readonly<Record<string, Open>> = {
  redis: ({ url, name }) => opened(() => queueRedis({ url, stream: name })),
  nats: ({ url, name }) => opened(() => queueNats({ servers: url, stream: name })),
  amqp: ({ url, name }) => opened(() => queueAmqp({ url, exchange: name, queue: name })),
}
