// A connection to RabbitMQ, with the exchange and the queue that are needed.

import { show } from '@pino-handlers/core'
import { tlsConnectOptions } from '@pino-handlers/core/net'
import type { EngineCalls } from '@pino-handlers/core/queue'
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib'
import { inWords } from './error-words.js'
import type { AmqpSettings } from './options.js'

/** A connection with one channel. */
export interface Amqp {
  readonly model: ChannelModel
  readonly channel: ConfirmChannel
  /** Why the server takes nothing now, if it does not. */
  blocked: string | undefined
  /** Tells its user, once, that it is over. */
  end(): void
}

/** What one end of the queue does with its connection. */
export interface AmqpUser {
  /** Makes ready what it needs. */
  prepare(amqp: Amqp): Promise<void>
  /** The connection is over. */
  lost(error: Error | undefined): void
  /** The server takes nothing for a while. */
  blocked(reason: string): void
}

/** The exchange and where it is, in messages, without passwords. */
export function labelOf({ exchange, url }: AmqpSettings): string {
  const { host, pathname } = new URL(url)
  return `amqp exchange ${show(exchange)} at ${host}${pathname === '/' ? '' : pathname}`
}

/** How to connect to what the settings name. */
export function connectionCalls(settings: AmqpSettings, user: AmqpUser): EngineCalls<Amqp> {
  return {
    async connect(lost) {
      const model = await connectModel(settings)
      let failure: Error | undefined
      const fail = (error: Error): void => {
        failure ??= inWords(error)
      }
      let isOver = false
      const end = (): void => {
        if (isOver) return
        isOver = true
        user.lost(failure)
        lost(failure)
      }
      model.on('error', fail)
      model.on('close', end)
      try {
        const channel = await model.createConfirmChannel()
        // The server closes the channel for what it does not like, and says why.
        channel.on('error', fail)
        channel.on('close', end)
        // Only whoever waits for something keeps the process alive.
        for (const timer of heartbeatsOf(model)) timer.unref()
        const amqp: Amqp = { model, channel, blocked: undefined, end }
        model.on('blocked', (reason) => {
          amqp.blocked = reason
          user.blocked(reason)
        })
        model.on('unblocked', () => {
          amqp.blocked = undefined
        })
        await channel.assertExchange(settings.exchange, 'fanout', { durable: true })
        await user.prepare(amqp)
        return amqp
      } catch (error) {
        cut(model)
        throw failure ?? inWords(error)
      }
    },
    destroy({ model, end }) {
      end()
      cut(model)
    },
    hold({ model }, holds) {
      const socket = socketOf(model)
      if (holds) socket?.ref()
      else socket?.unref()
    },
  }
}

// RabbitMQ 4 drops what a quorum queue has given out 20 times, and tells nobody; this many is never.
const DELIVERIES = 2 ** 31 - 1

/** Makes the queue when it is missing, and has it get everything. */
export async function makeQueue({ channel }: Amqp, settings: AmqpSettings): Promise<void> {
  const { exchange, queue, quorum, maxLength, maxBytes, overflow, deadLetterExchange, singleActiveConsumer } = settings
  await channel.assertQueue(queue, {
    durable: true,
    arguments: {
      'x-queue-type': quorum ? 'quorum' : 'classic',
      ...(quorum && { 'x-delivery-limit': DELIVERIES }),
      'x-overflow': overflow === 'block' ? 'reject-publish' : 'drop-head',
      ...(singleActiveConsumer && { 'x-single-active-consumer': true }),
      ...(maxLength > 0 && { 'x-max-length': maxLength }),
      ...(maxBytes > 0 && { 'x-max-length-bytes': maxBytes }),
      ...(deadLetterExchange !== undefined && { 'x-dead-letter-exchange': deadLetterExchange }),
    },
  })
  await channel.bindQueue(queue, exchange, '')
}

async function connectModel({ url, tls, timeout }: AmqpSettings): Promise<ChannelModel> {
  const address = new URL(tls ? url.replace(/^amqp:/, 'amqps:') : url)
  // Two without an answer, and the connection is over.
  if (!address.searchParams.has('heartbeat')) address.searchParams.set('heartbeat', String(Math.ceil(timeout / 2)))
  try {
    return await connect(address.href, { noDelay: true, timeout: timeout * 1000, ...(tls && tlsConnectOptions(tls)) })
  } catch (error) {
    throw inWords(error)
  }
}

interface Cuttable {
  destroy(error: Error): void
  ref(): void
  unref(): void
}

interface Parts {
  readonly stream?: Cuttable
  readonly heartbeater?: { readonly sendTimer?: NodeJS.Timeout; readonly recvTimer?: NodeJS.Timeout } | null
}

// The client itself only knows how to say goodbye, which a server that hangs does not hear. Only an error tells it that
// the connection is over; without one it goes on with its heartbeats.
function cut(model: ChannelModel): void {
  socketOf(model)?.destroy(new Error('the connection was given up'))
}

// The types of the client leave out what the connection is made of.
function partsOf({ connection }: ChannelModel): Parts {
  return connection as unknown as Parts
}

function socketOf(model: ChannelModel): Cuttable | undefined {
  return partsOf(model).stream
}

function heartbeatsOf(model: ChannelModel): readonly NodeJS.Timeout[] {
  const { sendTimer, recvTimer } = partsOf(model).heartbeater ?? {}
  return [sendTimer, recvTimer].filter((timer) => timer !== undefined)
}
