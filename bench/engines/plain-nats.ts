// The NATS client itself: publishing with acknowledgement, and consuming from a durable consumer.

import { clientOf, type Open } from './ends.js'

interface Connection {
  flush(): Promise<void>
  close(): Promise<void>
}

interface Message {
  string(): string
  ack(): void
}

interface Transport {
  connect(options: { servers: string }): Promise<Connection>
}

interface JetStream {
  jetstreamManager(connection: Connection): Promise<{
    streams: { add(config: object): Promise<unknown> }
    consumers: { add(stream: string, config: object): Promise<unknown> }
  }>
  jetstream(connection: Connection): {
    publish(subject: string, data: string, options: { msgID: string }): Promise<unknown>
    consumers: {
      get(
        stream: string,
        name: string,
      ): Promise<{ consume(options: { max_messages: number }): Promise<AsyncIterable<Message>> }>
    }
  }
}

/** A connection for each end. */
export const plainNats: Open = async ({ url, name }) => {
  const { connect } = clientOf<Transport>('@pino-handlers/queue-nats', '@nats-io/transport-node')
  const { jetstream, jetstreamManager } = clientOf<JetStream>('@pino-handlers/queue-nats', '@nats-io/jetstream')
  const [writer, reader] = [await connect({ servers: url }), await connect({ servers: url })]
  const manager = await jetstreamManager(writer)
  await manager.streams.add({ name, subjects: [name], retention: 'interest' })
  await manager.consumers.add(name, { durable_name: 'group', ack_policy: 'explicit' })
  const [sender, receiver] = [jetstream(writer), jetstream(reader)]
  return {
    async send(batches) {
      await Promise.all(batches.map(({ id, data }) => sender.publish(name, data, { msgID: id })))
    },
    async receive(count) {
      const consumer = await receiver.consumers.get(name, 'group')
      let got = 0
      for await (const message of await consumer.consume({ max_messages: 500 })) {
        message.string()
        message.ack()
        if (++got === count) break
      }
      await reader.flush()
    },
    async close() {
      await writer.close()
      await reader.close()
    },
  }
}
