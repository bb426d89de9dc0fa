// Text in less room, which stays the JSON that it was.

import { PINO_SHAPE } from '../record-shape.js'
import { type Fields, type Measure, shorten } from './shorten.js'

const measure: Measure = {
  // Two braces, and one comma less than there are entries.
  frame: 1,
  entry: (key, value) => byteLength(key) + byteLength(value) + 2,
  contents: (text) => byteLength(text) - 2,
}

const KEPT: ReadonlySet<string> = new Set([PINO_SHAPE.levelKey, PINO_SHAPE.timeKey, PINO_SHAPE.messageKey])

/**
 * The JSON object `text` in at most `room` bytes of UTF-8, with `"truncated":true` in it: its longest strings are cut, and
 * if that is not enough its largest fields left out, but for those that `keeps` names (default: pino's level, time and
 * msg). Undefined when it is no object, or all that is not enough.
 */
export function shortenJson(text: string, room: number, keeps: ReadonlySet<string> = KEPT): string | undefined {
  const fields = parseObject(text)
  if (!fields) return undefined
  const shorter = shorten({ ...fields, truncated: true }, room, measure, new Set([...keeps, 'truncated']))
  return shorter && JSON.stringify(shorter)
}

/** The beginning of `text` that takes at most `room` bytes of UTF-8, with no character cut in two. */
export function cutText(text: string, room: number): string {
  const bytes = Buffer.from(text)
  return bytes.toString('utf8', 0, characterEnd(bytes, room))
}

/** The last place up to `end` in bytes of UTF-8 where a character ends. */
export function characterEnd(bytes: Uint8Array, end: number): number {
  if (end >= bytes.length) return bytes.length
  let at = end
  while (at > 0 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at--
  return at
}

function byteLength(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value))
}

function parseObject(text: string): Fields | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    // JSON that starts with a brace is an object.
    const fields: Fields = JSON.parse(text)
    return fields
  } catch {
    return undefined
  }
}
