// Which form the options ask for.

import { type Check, checkOption } from '@pino-handlers/core'
import { type Server, urlCheck } from './server-options.js'
import { jsonForm } from './wire/json-form.js'
import type { Header, RequestForm } from './wire/message.js'
import type { Labels } from './wire/presets/collector.js'
import { type Preset, presetForm } from './wire/presets.js'
import { basicAuthorization, type MapLogRecord, pythonForm } from './wire/python-form.js'

/** `check` for an option that makes no sense without batches; `means` says which values do ask for them. Default: all. */
export function ofBatches<T>(check: Check<T>, means: (value: unknown) => boolean = () => true): Check<T> {
  return {
    ...check,
    parse(value, given) {
      const isForm = (given.format ?? 'python-form') === 'python-form' && given.preset === undefined
      if (isForm && means(value)) throw new Error("has no meaning with format 'python-form', which has no batches")
      return check.parse(value, given)
    },
  }
}

/** A check for an option that a preset does not look at, since it has its own form. */
export function unlessPreset<T>(check: Check<T>): Check<T> {
  return {
    ...check,
    parse(value, given) {
      if (given.preset !== undefined) throw new Error('has no meaning with a preset, which has its own form')
      return check.parse(value, given)
    },
  }
}

/** The options that {@link formOf} looks at, after their checks. */
export interface FormSettings {
  readonly format: 'python-form' | 'json' | 'ndjson'
  readonly url: string | undefined
  readonly host: Server
  readonly secure: boolean
  readonly method: 'GET' | 'POST' | undefined
  readonly credentials: readonly [string, string] | undefined
  readonly headers: readonly Header[] | undefined
  readonly mapLogRecord: MapLogRecord | undefined
  readonly preset: Preset | undefined
  readonly labels: Labels | undefined
}

/**
 * The form of the requests.
 * @throws {HandlerOptionError} for options that do not go together.
 */
export function formOf({
  format,
  url,
  host,
  secure,
  method,
  credentials,
  headers = [],
  mapLogRecord,
  preset,
  labels,
}: FormSettings): RequestForm {
  const path = checkOption('http', 'url', () => {
    if (url === undefined && preset === undefined) throw new Error(`is required: ${urlCheck.expected}`)
    return url ?? ''
  })
  if (format === 'python-form' && preset === undefined) {
    // Python leaves out the port that the scheme has anyway.
    const usual = host.port === (secure ? 443 : 80)
    const name = usual ? host.host.replace(/:\d+$/, '') : host.host
    return pythonForm({ method: method ?? 'GET', url: path, host: name, credentials, headers }, mapLogRecord)
  }
  const what = preset ? `preset '${preset}'` : `format '${format}'`
  checkOption('http', 'method', () => {
    if (method === 'GET') throw new Error(`must be 'POST' with ${what}: batches are posted`)
  })
  const authorization: readonly Header[] = credentials ? [['authorization', basicAuthorization(credentials)]] : []
  const request = { url: path, headers: [...authorization, ...headers] }
  if (preset === undefined) return jsonForm(format === 'json' ? 'json' : 'ndjson', request, mapLogRecord)
  return checkOption('http', 'labels', () => presetForm(preset, { ...request, url, labels }))
}
