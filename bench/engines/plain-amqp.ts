// The AMQP client itself: a confirm channel, and a consumer that acknowledges each message.

import { clientOf, type Open } from './ends.js'

interface Message {
  readonly content: Buffer
}

interface Channel {
  assertQueue(name: string, options: { durable: boolean }): Promise<unknown>
  prefetch(count: number): Promise<unknown>
  sendToQueue(name: string, content: Buffer, options: { persistent: boolean; messageId: string }): boolean
  waitForConfirms(): Promise<void>
  consume(name: string, take: (message: Message | null) => void): Promise<unknown>
  ack(message: Message): void
}

interface Amqp {
  connect(
    url: string,
    options: { noDelay: boolean },
  ): Promise<{ createConfirmChannel(): Promise<Channel>; createChannel(): Promise<Channel>; close(): Promise<void> }>
}

/** A connection for each end, as the server stops reading from those who put too much. */
export const plainAmqp: Open = async ({ url, name }) => {
  const { connect } = clientOf<Amqp>('@pino-handlers/queue-amqp', 'amqplib')
  const [writer, reader] = [await connect(url, { noDelay: true }), await connect(url, { noDelay: true })]
  const [sender, receiver] = [await writer.createConfirmChannel(), await reader.createChannel()]
  await receiver.assertQueue(name, { durable: true })
  await receiver.prefetch(100)
  return {
    async send(batches) {
      for (const { id, data } of batches)
        sender.sendToQueue(name, Buffer.from(data), { persistent: true, messageId: id })
      await sender.waitForConfirms()
    },
    receive: (count) =>
      new Promise((resolve, reject) => {
        let got = 0
        const take = (message: Message | null): void => {
          if (!message) return
          message.content.toString()
          receiver.ack(message)
          if (++got === count) resolve()
        }
        receiver.consume(name, take).catch(reject)
      }),
    async close() {
      await writer.close()
      await reader.close()
    },
  }
}
