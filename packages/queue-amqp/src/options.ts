// The options of a queue on RabbitMQ.

import {
  bytes,
  type Check,
  type Checks,
  count,
  flag,
  fromOneSecond,
  name,
  type OptionTable,
  oneOf,
  optionTable,
  type Size,
} from '@pino-handlers/core'
import { type TlsOptions, type TlsSettings, tlsCheck } from '@pino-handlers/core/net'

/** What happens when the queue is full: nothing more goes in, or the oldest batches go. */
export type AmqpOverflow = 'block' | 'drop-oldest'

/** Options of a queue on RabbitMQ. Python: none of them; `queue.Queue` is within one process. */
export interface QueueAmqpOptions {
  /** Where the server is, and who we are: 'amqp://user:password@host:5672/vhost', with TLS 'amqps://'. */
  url?: string
  /** How to secure the connection; with it 'amqp://' is TLS too. */
  tls?: boolean | TlsOptions
  /** The fanout exchange that batches are published to, made when it is missing. */
  exchange?: string
  /** The durable queue to take from, made when it is missing. Each gets everything; those who take from one share it. */
  queue?: string
  /** Of a new queue: a quorum queue, which has copies on several servers. */
  quorum?: boolean
  /** Of a new queue: batches that it may have; 0 is no limit. */
  maxLength?: number
  /** Of a new queue: bytes that it may have; 0 is no limit. */
  maxBytes?: Size
  /** Of a new queue: what happens when it is full. 'block' puts nothing more until something was taken; 'drop-oldest' needs `deadLetterExchange`. */
  overflow?: AmqpOverflow
  /** Of a new queue: the exchange that batches go to which are dropped. */
  deadLetterExchange?: string
  /** Of a new queue: one takes, and the next one when it is gone, which keeps the order. */
  singleActiveConsumer?: boolean
  /** Batches that may be taken and not acknowledged, by one who takes. */
  prefetch?: number
  /** Seconds to wait for an answer of the server before the connection is made anew. */
  timeout?: number
}

/** {@link QueueAmqpOptions} after their checks. */
export interface AmqpSettings {
  readonly url: string
  readonly tls: TlsSettings | false
  readonly exchange: string
  readonly queue: string
  readonly quorum: boolean
  readonly maxLength: number
  readonly maxBytes: number
  readonly overflow: AmqpOverflow
  readonly deadLetterExchange: string | undefined
  readonly singleActiveConsumer: boolean
  readonly prefetch: number
  readonly timeout: number
}

const url: Check<string> = {
  expected: "a URL such as 'amqp://127.0.0.1:5672' or 'amqps://user:password@host:5671/vhost'",
  parse: (value) =>
    typeof value === 'string' && /^amqps?:\/\//.test(value) && URL.canParse(value) ? value : undefined,
}

const either: Check<AmqpOverflow> = oneOf('block', 'drop-oldest')

// The server tells nobody what it drops, but it passes it on.
const overflow: Check<AmqpOverflow> = {
  expected: either.expected,
  parse(value, given) {
    if (value === 'drop-oldest' && given.deadLetterExchange === undefined)
      throw new Error(
        `must be 'block' without option "deadLetterExchange", got 'drop-oldest': RabbitMQ tells nobody what it drops`,
      )
    return either.parse(value, given)
  },
}

const prefetch: Check<number> = {
  expected: 'an integer from 1 to 65535',
  parse(value, given) {
    const parsed = count.parse(value, given)
    return parsed !== undefined && parsed >= 1 && parsed <= 65_535 ? parsed : undefined
  },
}

/** The checks of {@link QueueAmqpOptions}. */
export const checks: {
  readonly url: Check<string>
  readonly tls: Check<TlsSettings | false>
  readonly exchange: Check<string>
  readonly queue: Check<string>
  readonly quorum: Check<boolean>
  readonly maxLength: Check<number>
  readonly maxBytes: Check<number>
  readonly overflow: Check<AmqpOverflow>
  readonly deadLetterExchange: Check<string>
  readonly singleActiveConsumer: Check<boolean>
  readonly prefetch: Check<number>
  readonly timeout: Check<number>
} = {
  url,
  tls: tlsCheck,
  exchange: name,
  queue: name,
  quorum: flag,
  maxLength: count,
  maxBytes: bytes,
  overflow,
  deadLetterExchange: name,
  singleActiveConsumer: flag,
  prefetch,
  timeout: fromOneSecond,
} satisfies Checks<QueueAmqpOptions>

/** The defaults of {@link QueueAmqpOptions}. */
export const defaults: Omit<AmqpSettings, 'tls' | 'overflow' | 'deadLetterExchange'> & {
  readonly tls: false
  readonly overflow: 'block'
} = {
  url: 'amqp://127.0.0.1:5672',
  tls: false,
  exchange: 'pino-handlers',
  queue: 'pino-handlers',
  quorum: false,
  maxLength: 0,
  maxBytes: 2 ** 30,
  overflow: 'block',
  singleActiveConsumer: false,
  prefetch: 100,
  timeout: 30,
}

/** The options as data, for documentation and command lines. */
export const options: OptionTable = optionTable(checks, { ...defaults })
