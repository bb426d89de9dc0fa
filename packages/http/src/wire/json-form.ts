// Records in batches: a JSON array, or lines of JSON.

import { type Parcel, parcelOfLines } from '@pino-handlers/core'
import { mappedFields } from './mapped-fields.js'
import { type FormBatch, type Header, type RequestForm, withHeaders } from './message.js'
import type { MapLogRecord } from './python-form.js'

/** What stands in a request beside the records. */
export interface BatchSettings {
  /** Path and query. */
  readonly url: string
  readonly headers: readonly Header[]
}

/** Batches as a JSON array, or as lines of JSON. What a formatter made, and is no JSON object, goes as a JSON string. */
export function jsonForm(format: 'json' | 'ndjson', settings: BatchSettings, mapLogRecord?: MapLogRecord): RequestForm {
  const type = format === 'json' ? 'application/json' : 'application/x-ndjson'
  const headers: readonly Header[] = withHeaders([['content-type', type]], settings.headers)
  return {
    batched: true,
    parcel: (batch, onInvalid) => (mapLogRecord ? mappedLines(batch, mapLogRecord, onInvalid) : jsonLines(batch)),
    request: ({ text }) => ({
      method: 'POST',
      path: settings.url,
      headers,
      body: format === 'json' ? `[${text.slice(0, -1).replaceAll('\n', ',')}]` : text,
    }),
  }
}

/** The entries of a batch, each one line of JSON. */
export function jsonLines(batch: FormBatch): Parcel {
  const origin = { parcel: batch, first: 0 }
  // pino's own lines are not looked at one by one.
  if (batch.linewise && areObjects(batch.text)) return parcelOfLines(batch.text, batch.count, origin)
  return parcelOfLines(batch.entries.map(jsonLine).join(''), batch.count, origin)
}

function mappedLines(batch: FormBatch, map: MapLogRecord, onInvalid: (error: unknown) => void): Parcel {
  const lines: string[] = []
  const kept: number[] = []
  for (const [index, record] of batch.records.entries()) {
    try {
      lines.push(`${JSON.stringify(mappedFields(map, record))}\n`)
      kept.push(index)
    } catch (error) {
      onInvalid(error)
    }
  }
  return keptLines(batch, lines, kept)
}

/** A parcel of lines, made of the records of another one that are at `indexes`, which keep their times and levels. */
export function keptLines(parcel: Parcel, lines: readonly string[], indexes: readonly number[]): Parcel {
  const timeAt = (index: number): number | undefined => parcel.timeAt(indexes[index] ?? 0)
  const levelAt = (index: number): number => parcel.levelAt(indexes[index] ?? 0)
  return parcelOfLines(lines.join(''), lines.length, { parcel: { timeAt, levelAt }, first: 0 })
}

// Whether each line begins and ends as an object does. A regular expression looks at each character, and takes ten times as long.
function areObjects(text: string): boolean {
  let start = 0
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    if (text.charCodeAt(start) !== 0x7b || text.charCodeAt(end - 1) !== 0x7d) return false
    start = end + 1
  }
  return start === text.length
}

// A newline between the fields of an object means no more than a space.
function jsonLine(entry: string): string {
  const text = entry.trimEnd()
  return `${isJsonObject(text) ? text.replaceAll(/[\r\n]/g, ' ') : JSON.stringify(text)}\n`
}

// What only looks like one would make the whole batch unreadable.
function isJsonObject(text: string): boolean {
  try {
    return text.startsWith('{') && Boolean(JSON.parse(text))
  } catch {
    return false
  }
}
