// Messages that are larger than the receiver takes.

import { characterEnd, cutText, shortenJson } from '@pino-handlers/core/wire'

/** What becomes of a message above the limit: its text is cut, or sent in pieces that all have the header, or nothing is sent. */
export type Oversize = 'truncate' | 'split' | 'drop'

/**
 * The pieces of a text, each with at most `room` bytes of UTF-8 and no character cut; none when the message cannot be
 * sent. A JSON object that is truncated stays one, with `"truncated":true` in it, as long as there is room for level, time
 * and an empty message.
 */
export function fitted(text: string, room: number, oversize: Oversize): readonly string[] {
  if (oversize === 'drop' || room < 0) return []
  if (oversize === 'split') return room < LONGEST_CHARACTER ? [] : pieces(text, room)
  return [shortenJson(text, room) ?? cutText(text, room)]
}

const LONGEST_CHARACTER = 4

function pieces(text: string, room: number): readonly string[] {
  const bytes = Buffer.from(text)
  const found: string[] = []
  for (let start = 0; start < bytes.length; ) {
    const end = characterEnd(bytes, start + room)
    found.push(bytes.toString('utf8', start, end))
    start = end
  }
  return found
}
