// Entries as they are: lines one after the other, or each behind its length.

import type { Part } from '../net/client.js'
import { PINO_SHAPE } from '../record-shape.js'
import { limited } from './datagram-limit.js'
import { cutFrames, type Encodable, type Frames, type WireFormat } from './format.js'
import { frame, payloads } from './frame.js'
import { markLine } from './resent.js'
import { cutText, shortenJson } from './shorten-json.js'

/** Entries with their ends, as they are: lines of JSON unless a formatter made something else of them. */
export const ndjson: WireFormat = {
  stream: ({ text, count }) => ({ data: text, count }),
  datagrams(batch, _, limit) {
    const parts = batch.entries.map((entry) => ({ data: Buffer.from(entry), count: 1 }))
    return limited(parts, limit, (index, maxBytes) => {
      const entry = batch.entries[index] ?? ''
      const end = entry.slice(withoutEnd(entry).length)
      const text = shortened(batch, index, maxBytes - end.length)
      return text === undefined ? undefined : Buffer.from(text + end)
    })
  },
  resent({ data, count }) {
    const text = textOf(data)
    return { data: text.replace(LINE, markLine), count }
  },
}

/** Each entry without its end, in UTF-8, behind its length in four bytes, most significant first. */
export const jsonFrames: WireFormat = {
  stream(batch) {
    const { data, ends } = framesOf(batch)
    return { data, count: ends.length }
  },
  datagrams: (batch, _, limit) =>
    limited(cutFrames(framesOf(batch)), limit, (index, maxBytes) => {
      const text = shortened(batch, index, maxBytes - 4)
      return text === undefined ? undefined : frame(Buffer.from(text))
    }),
  resent: ({ data, count }) => ({ data: Buffer.concat(payloadsOf(data).map(markFrame)), count }),
}

const LINE = /[^\n]+/g

function framesOf({ entries, text }: Encodable): Frames {
  const data = Buffer.allocUnsafe(Buffer.byteLength(text) + 4 * entries.length)
  const ends: number[] = []
  let at = 0
  for (const entry of entries) {
    const size = data.write(withoutEnd(entry), at + 4)
    at = data.writeUInt32BE(size, at) + size
    ends.push(at)
  }
  return { data: data.subarray(0, at), ends }
}

// An entry without its end in less room: as the JSON that it is, or if it is none as its beginning.
function shortened({ entries, records }: Encodable, index: number, room: number): string | undefined {
  if (room < 1) return undefined
  const text = withoutEnd(entries[index] ?? '')
  const { levelKey, timeKey, messageKey } = records[index]?.shape ?? PINO_SHAPE
  const isJson = text.startsWith('{') && text.endsWith('}')
  return isJson ? shortenJson(text, room, new Set([levelKey, timeKey, messageKey])) : cutText(text, room)
}

function withoutEnd(entry: string): string {
  if (!entry.endsWith('\n')) return entry
  return entry.slice(0, entry.endsWith('\r\n') ? -2 : -1)
}

function markFrame(payload: Buffer): Buffer {
  return frame(Buffer.from(markLine(payload.toString())))
}

function payloadsOf(data: Part['data']): Buffer[] {
  return payloads(typeof data === 'string' ? Buffer.from(data) : data)
}

function textOf(data: Part['data']): string {
  return typeof data === 'string' ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString()
}
