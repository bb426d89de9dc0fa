// Records over HTTP: as Python's forms, or in batches of JSON.

import {
  type Batch,
  bytes,
  type Check,
  type Checks,
  type CommonOptions,
  checkOption,
  commonChecks,
  commonDefaults,
  count,
  type FunctionOption,
  flag,
  functionOption,
  Handler,
  type OptionTable,
  type OutboxOptions,
  oneOf,
  optionTable,
  outboxChecks,
  outboxDefaults,
  resolveOptions,
  type Size,
  seconds,
} from '@pino-handlers/core'
import { type RetryOptions, retryChecks, retryDefaults, Sender, type TlsOptions } from '@pino-handlers/core/net'
import { bookKeeper } from './books.js'
import { Courier } from './courier.js'
import { deadLetterCheck } from './dead-letter.js'
import { exactExchange } from './exact-exchange.js'
import type { Exchange, GetConnection } from './exchange.js'
import { httpClient } from './http-client.js'
import { partsOf } from './part.js'
import { secretsOf } from './redact.js'
import { contextCheck, credentialsCheck, headersCheck, methodCheck, serverCheck, urlCheck } from './server-options.js'
import { undiciExchange } from './undici-exchange.js'
import { jsonForm } from './wire/json-form.js'
import type { Header, RequestForm } from './wire/message.js'
import { PRESETS, type Preset, presetForm } from './wire/presets.js'
import { basicAuthorization, type MapLogRecord, pythonForm } from './wire/python-form.js'

/** Options of {@link http}. */
export interface HttpOptions extends CommonOptions, OutboxOptions, RetryOptions {
  /** The server's name or address, with its port if it is not 80, or 443 when `secure`. Python: `host`. */
  host: string
  /** Path and query, beginning with a slash. Python: `url`. */
  url: string
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
  /** Batches in the form of a collector, instead of `format`; `url` is still to be given. */
  preset?: Preset
  /** Headers to send beside those of the format. */
  headers?: Readonly<Record<string, string>>
  /** Seconds that an answer may take; 0 waits without end, as Python does. */
  timeout?: number
  /** Records in a batch, at most. */
  maxBatchRecords?: number
  /** Bytes of a batch as it is sent, at most. */
  maxBatchBytes?: Size
  /** Compress batches. */
  gzip?: boolean
  /** Requests under way at a time; more than 1 gives up the order of records. */
  concurrency?: number
  /** The file for records that the server refuses; without it they are counted as dropped. */
  deadLetter?: string
}

const positive: Check<number> = {
  expected: 'an integer, 1 or more',
  parse: (value) => count.parse(value, {}) || undefined,
}

const checks = {
  host: serverCheck,
  url: urlCheck,
  method: methodCheck,
  secure: flag,
  credentials: credentialsCheck,
  context: contextCheck,
  mapLogRecord: functionOption<MapLogRecord>('(record) => object'),
  getConnection: functionOption<GetConnection>('(host, secure) => Socket'),
  format: oneOf('python-form', 'json', 'ndjson'),
  preset: oneOf(...PRESETS),
  headers: headersCheck,
  timeout: seconds,
  maxBatchRecords: positive,
  maxBatchBytes: { expected: bytes.expected, parse: (value) => bytes.parse(value, {}) || undefined },
  gzip: flag,
  concurrency: positive,
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
  gzip: false,
  concurrency: 1,
  ...retryDefaults,
  ...outboxDefaults,
  ...commonDefaults,
}

/** The options of this handler as data, for documentation and command lines. */
export const options: OptionTable = optionTable(checks, defaults)

/**
 * Sends records to a web server, and checks what it answers. What cannot be sent waits within bounds; what the server
 * refuses goes to a file. Times are seconds, sizes are bytes. Throws a HandlerOptionError for a wrong option.
 * Python: `logging.handlers.HTTPHandler`.
 */
export default function http(options: HttpOptions): Handler {
  const settings = resolveOptions('http', checks, defaults, options)
  const { format, secure, host, credentials, headers = [], maxBatchBytes, maxQueueRecords, maxQueueBytes } = settings
  const form = formOf(settings)
  const label = `${secure ? 'https' : 'http'}://${host.host}`
  const server = {
    ...settings,
    host: host.host,
    hostname: host.hostname,
    port: host.port ?? (secure ? 443 : 80),
  }
  const isForm = format === 'python-form' && settings.preset === undefined
  const connect = (): Exchange => (isForm ? exactExchange(server) : undiciExchange(server))
  const readsRecords = isForm || settings.mapLogRecord !== undefined
  return new Handler({ name: 'http', settings, readsRecords }, (monitor) => {
    const secrets = secretsOf(credentials, headers)
    const courier = new Courier({ ...settings, label, form, secrets }, monitor)
    const sendsAgain = maxQueueRecords !== 0 && maxQueueBytes !== 0
    const client = httpClient({ ...settings, label, courier, connect, sendsAgain })
    const encode = (batch: Batch, onInvalid: (error: unknown) => void) =>
      partsOf(form.parcel(batch, onInvalid), form, settings)
    return new Sender(
      client,
      encode,
      { ...settings, load: Math.max(maxBatchBytes - 2, 1), settled: bookKeeper(monitor) },
      monitor,
    )
  })
}

// What `formOf` needs of the options.
interface FormSettings {
  readonly format: 'python-form' | 'json' | 'ndjson'
  readonly url: string
  readonly host: { readonly host: string; readonly hostname: string; readonly port: number | undefined }
  readonly secure: boolean
  readonly method: 'GET' | 'POST' | undefined
  readonly credentials: readonly [string, string] | undefined
  readonly headers: readonly Header[] | undefined
  readonly mapLogRecord: MapLogRecord | undefined
  readonly gzip: boolean
  readonly preset: Preset | undefined
}

function formOf({
  format,
  url,
  host,
  secure,
  method,
  credentials,
  headers = [],
  mapLogRecord,
  gzip,
  preset,
}: FormSettings): RequestForm {
  if (format === 'python-form' && preset === undefined) {
    checkOption('http', 'gzip', () => {
      if (gzip) throw new Error("has no meaning with format 'python-form'")
    })
    // Python leaves out the port that the scheme has anyway.
    const usual = host.port === (secure ? 443 : 80)
    const name = usual ? host.host.replace(/:\d+$/, '') : host.host
    return pythonForm({ method: method ?? 'GET', url, host: name, credentials, headers }, mapLogRecord)
  }
  const what = preset ? `preset '${preset}'` : `format '${format}'`
  checkOption('http', 'method', () => {
    if (method === 'GET') throw new Error(`must be 'POST' with ${what}: batches are posted`)
  })
  const authorization: readonly Header[] = credentials ? [['authorization', basicAuthorization(credentials)]] : []
  const request = { url, headers: [...authorization, ...headers] }
  if (preset === undefined) return jsonForm(format === 'json' ? 'json' : 'ndjson', request, mapLogRecord)
  checkOption('http', 'mapLogRecord', () => {
    if (mapLogRecord) throw new Error('has no meaning with a preset, which has its own form')
  })
  return presetForm(preset, request)
}

export { http, http as 'module.exports' }
