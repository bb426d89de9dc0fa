// Records over HTTP: as Python's forms, or in batches of JSON.

import {
  type Batch,
  bytes,
  type Checks,
  type CommonJs,
  type CommonOptions,
  commonChecks,
  commonDefaults,
  type FunctionOption,
  flag,
  functionOption,
  Handler,
  holdsNothing,
  type Level,
  levelCheck,
  type OptionTable,
  type OutboxOptions,
  oneOf,
  optionTable,
  outboxChecks,
  outboxDefaults,
  positiveCount,
  resolveOptions,
  type Size,
  seconds,
  type WorkerTarget,
  workerTarget,
} from '@pino-handlers/core'
import { type RetryOptions, retryChecks, retryDefaults, Sender, type TlsOptions } from '@pino-handlers/core/net'
import { bookKeeper } from './books.js'
import { checkedConnection } from './checked-connection.js'
import { Courier } from './courier.js'
import { deadLetterCheck } from './dead-letter.js'
import { exactExchange } from './exact-exchange.js'
import type { Exchange, GetConnection } from './exchange.js'
import { formOf, ofBatches, unlessPreset } from './form.js'
import { httpClient } from './http-client.js'
import { labelsCheck } from './labels-option.js'
import { partsOf } from './part.js'
import { secretsOf } from './secrets.js'
import { contextCheck, credentialsCheck, headersCheck, methodCheck, serverCheck, urlCheck } from './server-options.js'
import { undiciExchange } from './undici-exchange.js'
import { PRESETS, type Preset } from './wire/presets.js'
import type { MapLogRecord } from './wire/python-form.js'

/** Options of {@link http}. */
export interface HttpOptions extends CommonOptions, OutboxOptions, RetryOptions {
  /** The server's name or address, with its port if it is not 80, or 443 when `secure`. Python: `host`. */
  host: string
  /** Path and query, beginning with a slash. Default: none, and the collector's with `preset`. Python: `url`. */
  url?: string
  /** How a form is sent; batches are always posted. Default: 'GET', and 'POST' for batches. Python: `method`. */
  method?: 'GET' | 'POST' | 'get' | 'post'
  /** Speak HTTPS. Python: `secure`. */
  secure?: boolean
  /** Name and password for basic authentication. Python: `credentials`. */
  credentials?: readonly [user: string, password: string]
  /** How to secure the connection, with `secure`. Python: `context`. */
  context?: TlsOptions
  /** The fields to send for a record, instead of all. Python: `HTTPHandler.mapLogRecord`. */
  mapLogRecord?: FunctionOption<MapLogRecord>
  /** Makes each connection: takes `host` and `secure`, returns a socket. Python: `HTTPHandler.getConnection`. */
  getConnection?: FunctionOption<GetConnection>
  /** One urlencoded request for each record, as Python; or batches, as an array or as lines of JSON. */
  format?: 'python-form' | 'json' | 'ndjson'
  /** Batches in the form of a collector, instead of `format`. Not in Python. */
  preset?: Preset
  /** With `preset`, where the records come from, by the names that the collector has for it. Not in Python. */
  labels?: Readonly<Record<string, string>>
  /** Headers to send beside those of the format. Not in Python. */
  headers?: Readonly<Record<string, string>>
  /** Seconds that an answer may take; 0 waits without end, as Python does. */
  timeout?: number
  /** Records in a batch, at most. Not in Python. */
  maxBatchRecords?: number
  /** Bytes of a batch as it is sent, at most. Not in Python. */
  maxBatchBytes?: Size
  /** Seconds that a record waits for its batch to fill, at most; 0 sends what is there at once. Not in Python. */
  flushInterval?: number
  /** A record of this level or above sends its batch at once. Not in Python. */
  flushLevel?: Level
  /** Compress batches. Not in Python. */
  gzip?: boolean
  /** Requests under way at a time; more than 1 gives up the order of records. Not in Python. */
  concurrency?: number
  /** The file for records that the server refuses; without it they are counted as dropped. Not in Python. */
  deadLetter?: string
}

const checks = {
  host: serverCheck,
  url: urlCheck,
  method: methodCheck,
  secure: flag,
  credentials: credentialsCheck,
  context: contextCheck,
  mapLogRecord: unlessPreset(functionOption<MapLogRecord>('(record) => object')),
  getConnection: functionOption<GetConnection>('(host, secure) => Socket'),
  format: unlessPreset(oneOf('python-form', 'json', 'ndjson')),
  preset: oneOf(...PRESETS),
  labels: labelsCheck,
  headers: headersCheck,
  timeout: seconds,
  maxBatchRecords: ofBatches(positiveCount),
  maxBatchBytes: ofBatches({ expected: bytes.expected, parse: (value) => bytes.parse(value, {}) || undefined }),
  flushInterval: ofBatches(seconds),
  flushLevel: ofBatches(levelCheck),
  gzip: ofBatches(flag, (value) => value === true),
  concurrency: positiveCount,
  deadLetter: deadLetterCheck,
  ...retryChecks,
  ...outboxChecks,
  ...commonChecks,
} satisfies Checks<HttpOptions>

const defaults = {
  secure: false,
  format: 'python-form' as const,
  timeout: 30,
  maxBatchRecords: 1000,
  maxBatchBytes: 1_000_000,
  flushInterval: 1,
  flushLevel: 50,
  gzip: false,
  concurrency: 1,
  ...retryDefaults,
  ...outboxDefaults,
  ...commonDefaults,
}

// Bytes of lines to make forms of at a time. Each takes its fraction of a millisecond, and others should have their turn.
const FORMS_LOAD = 32 * 1024

/** The options of this handler as data, for documentation and command lines. */
export const options: OptionTable = optionTable(checks, defaults)

/**
 * Sends records to a web server, and checks what it answers. What cannot be sent waits within bounds; what the server
 * refuses goes to a file. Times are seconds, sizes are bytes. Throws a HandlerOptionError for a wrong option.
 * Python: `logging.handlers.HTTPHandler`.
 */
export default function http(options: HttpOptions): Handler {
  const settings = resolveOptions('http', checks, defaults, options)
  const { secure, host, getConnection, maxBatchRecords, maxBatchBytes, flushInterval, flushLevel } = settings
  const form = formOf(settings)
  const label = `${secure ? 'https' : 'http'}://${host.host}`
  const server = {
    ...settings,
    host: host.host,
    hostname: host.hostname,
    port: host.port ?? (secure ? 443 : 80),
    getConnection: getConnection && checkedConnection(getConnection),
  }
  const connect = (): Exchange => (form.batched ? undiciExchange(server) : exactExchange(server))
  const readsRecords = !form.batched || settings.mapLogRecord !== undefined || settings.preset !== undefined
  const load = form.batched ? Math.max(maxBatchBytes - 2, 1) : FORMS_LOAD
  const loadRecords = maxBatchRecords * settings.concurrency
  const gather = form.batched && { records: maxBatchRecords, bytes: load, interval: flushInterval, level: flushLevel }
  return new Handler({ name: 'http', settings, readsRecords }, (monitor) => {
    const courier = new Courier({ ...settings, label, form, secrets: secretsOf(settings) }, monitor)
    const client = httpClient({ ...settings, label, courier, connect, sendsAgain: !holdsNothing(settings) })
    const encode = (batch: Batch, onInvalid: (error: unknown) => void) =>
      partsOf(form.parcel(batch, onInvalid), form, settings)
    const sending = { ...settings, load, loadRecords, gather: gather || undefined, settled: bookKeeper(monitor) }
    return new Sender(client, encode, sending, monitor)
  })
}

/** {@link http} as a target of `pino.transport()`, with options that are checked at once. */
export function httpTarget(options: HttpOptions, level?: string): WorkerTarget {
  return workerTarget('http', import.meta.url, { options, level }, () =>
    formOf(resolveOptions('http', checks, defaults, options)),
  )
}

// What require() gives has the other exports as properties.
const commonJs: CommonJs<typeof http, typeof import('./index.js')> = Object.assign(http, { http, httpTarget, options })

export { commonJs as 'module.exports', http }
