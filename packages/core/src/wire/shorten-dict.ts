// The dictionary of a record whose pickle has less room.

import { pickle } from './pickle.js'
import { ATTRIBUTE_NAMES } from './record-dict.js'
import { type Fields, type Measure, shorten } from './shorten.js'

// Each pickle ends in a byte of its own.
const byteLength = (value: unknown): number => pickle(value).length - 1

const measure: Measure = {
  // An empty dict, a mark, what sets the entries, the end.
  frame: 4,
  entry: (key, value) => byteLength(key) + byteLength(value),
  contents: (text) => Buffer.byteLength(text),
}

const KEPT: ReadonlySet<string> = new Set([...ATTRIBUTE_NAMES, 'truncated'])

/**
 * The dictionary of a record so that its pickle has at most `room` bytes, with `truncated`: true in it: the longest of the
 * message, the text of an exception and the extras are cut, and if that is not enough the largest extras left out.
 * Undefined when the attributes alone take more.
 */
export function shortenDict(dict: Fields, room: number): Fields | undefined {
  return shorten({ ...dict, truncated: true }, room, measure, KEPT)
}
