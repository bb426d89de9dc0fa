// The forms of well-known log collectors.

import type { Parcel } from '@pino-handlers/core'
import { levelname } from '@pino-handlers/core'
import { jsonLines } from './json-form.js'
import type { Header, HttpAnswer, HttpRequest, ItemAnswer, RequestForm } from './message.js'

/** The collectors whose forms are known. */
export type Preset = 'loki' | 'elasticsearch' | 'splunk-hec' | 'datadog' | 'otlp'

/** What stands in a request beside the records. */
export interface PresetSettings {
  /** Path and query; each collector has its own, such as `/loki/api/v1/push`. */
  readonly url: string
  readonly headers: readonly Header[]
}

/** The names of all presets. */
export const PRESETS: readonly Preset[] = ['loki', 'elasticsearch', 'splunk-hec', 'datadog', 'otlp']

/** The form of a collector. A record without a time has that of `now`, in milliseconds since the epoch. */
export function presetForm(
  preset: Preset,
  { url, headers }: PresetSettings,
  now: () => number = Date.now,
): RequestForm {
  const { type, body, refused } = FORMS[preset]
  return {
    batched: true,
    parcel: (batch) => jsonLines(batch),
    request: (parcel): HttpRequest => ({
      method: 'POST',
      path: url,
      headers: [['content-type', type], ...headers],
      body: body(parcel, now),
    }),
    ...(refused && { refused }),
  }
}

interface Form {
  readonly type: string
  body(parcel: Parcel, now: () => number): string
  refused?(answer: HttpAnswer): readonly ItemAnswer[]
}

const FORMS: Readonly<Record<Preset, Form>> = {
  loki: { type: 'application/json', body: lokiBody },
  elasticsearch: {
    type: 'application/x-ndjson',
    body: (parcel) =>
      linesOf(parcel)
        .map((line) => `{"create":{}}\n${line}\n`)
        .join(''),
    refused: bulkRefused,
  },
  'splunk-hec': {
    type: 'application/json',
    body: (parcel, now) =>
      linesOf(parcel)
        .map((line, index) => `{"time":${timeOf(parcel, index, now) / 1000},"event":${line}}`)
        .join('\n'),
  },
  datadog: {
    type: 'application/json',
    body: (parcel) =>
      `[${linesOf(parcel)
        .map((line, index) => `{"status":"${nameOf(parcel, index)}","message":${JSON.stringify(line)}}`)
        .join(',')}]`,
  },
  otlp: { type: 'application/json', body: otlpBody },
}

// One stream for each level: labels should be few.
function lokiBody(parcel: Parcel, now: () => number): string {
  const streams = new Map<string, [time: string, line: string][]>()
  for (const [index, line] of linesOf(parcel).entries()) {
    const level = nameOf(parcel, index)
    const values = streams.get(level) ?? []
    values.push([nanoseconds(timeOf(parcel, index, now)), line])
    streams.set(level, values)
  }
  return JSON.stringify({
    streams: [...streams].map(([level, values]) => ({ stream: { level }, values })),
  })
}

function otlpBody(parcel: Parcel, now: () => number): string {
  const logRecords = linesOf(parcel).map((line, index) => ({
    timeUnixNano: nanoseconds(timeOf(parcel, index, now)),
    severityNumber: severityOf(parcel.levelAt(index)),
    severityText: nameOf(parcel, index),
    body: { stringValue: line },
  }))
  return JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] })
}

/** The items of a bulk answer of Elasticsearch that were not taken, though its status is 200; a conflict means that it has the record. */
export function bulkRefused({ text }: HttpAnswer): readonly ItemAnswer[] {
  const { errors, items } = parseBulk(text)
  if (errors !== true || !items) return []
  return items.flatMap((item, index) => {
    const [{ status = 0, error } = {}] = Object.values(item)
    const taken = (status >= 200 && status < 300) || status === 409
    return taken ? [] : [{ index, status, text: JSON.stringify(error ?? null) }]
  })
}

interface BulkAnswer {
  readonly errors?: boolean
  readonly items?: readonly Readonly<Record<string, { status?: number; error?: unknown }>>[]
}

function parseBulk(text: string): BulkAnswer {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}

function linesOf({ entries }: Parcel): readonly string[] {
  return entries.map((entry) => entry.trimEnd())
}

function timeOf(parcel: Parcel, index: number, now: () => number): number {
  return parcel.timeAt(index) ?? now()
}

function nameOf(parcel: Parcel, index: number): string {
  return levelname(parcel.levelAt(index), {}).toLowerCase()
}

function nanoseconds(time: number): string {
  return String(BigInt(Math.round(time * 1000)) * 1000n)
}

// pino's 10 to 60 as TRACE, DEBUG, INFO, WARN, ERROR, FATAL, which are four apart.
function severityOf(level: number): number {
  return Math.min(Math.max(Math.floor(level / 10), 1), 6) * 4 - 3
}
