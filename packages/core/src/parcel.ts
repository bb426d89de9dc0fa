// Records on their way out together, and how to cut them where a file ends.

import { lineLevel, lineTime } from './line-facts.js'
import { countLines, splitEntries } from './lines.js'

/** Records on their way out together. */
export interface Parcel {
  /** How many records. */
  readonly count: number
  /** What goes out for each record. */
  readonly entries: readonly string[]
  /** The entries joined. */
  readonly text: string
  /** Each entry is one line that ends in a newline, so that the text can be cut without looking at entries. */
  readonly linewise?: boolean
  /** When the record at `index` was made, in milliseconds since the epoch; undefined when that is not known any more. */
  timeAt(index: number): number | undefined
  /** pino's number of the level of the record at `index`; info's when that is not known. */
  levelAt(index: number): number
  /** The parcel that it was cut from, however often that was cut, and where it begins there. */
  readonly origin?: Origin | undefined
}

/** A place in a parcel, or in whatever else knows about records. */
export interface Origin {
  readonly parcel: { timeAt(index: number): number | undefined; levelAt(index: number): number | undefined }
  readonly first: number
}

/** A parcel in two: what comes before the cut, and what comes after it. */
export interface Cut {
  readonly head: Parcel
  readonly rest: Parcel | undefined
}

/** A parcel of some entries of a list, which is not copied. Default for time and level: what the entries say, if they are lines of pino. */
export function parcelOf(entries: readonly string[], start = 0, end: number = entries.length, origin?: Origin): Parcel {
  return new Entries(entries, start, end, origin)
}

/** A parcel of whole lines. */
export function parcelOfLines(text: string, count: number, origin?: Origin): Parcel {
  return new Lines(text, count, origin)
}

// Classes, since an object literal with accessors takes a microsecond to make, as long as all else that a record costs.
class Entries implements Parcel {
  readonly count: number
  readonly origin: Origin | undefined
  readonly #all: readonly string[]
  readonly #start: number
  readonly #end: number

  constructor(entries: readonly string[], start: number, end: number, origin: Origin | undefined) {
    this.count = end - start
    this.origin = origin
    this.#all = entries
    this.#start = start
    this.#end = end
  }

  get entries(): readonly string[] {
    return this.count === this.#all.length ? this.#all : this.#all.slice(this.#start, this.#end)
  }

  get text(): string {
    return this.entries.join('')
  }

  timeAt(index: number): number | undefined {
    return timeFrom(this.origin, index) ?? lineTime(this.#all[this.#start + index] ?? '')
  }

  levelAt(index: number): number {
    return levelFrom(this.origin, index) ?? lineLevel(this.#all[this.#start + index] ?? '')
  }
}

class Lines implements Parcel {
  readonly linewise = true
  readonly text: string
  readonly count: number
  readonly origin: Origin | undefined
  // Records without a time are each looked for here.
  #entries: readonly string[] | undefined

  constructor(text: string, count: number, origin: Origin | undefined) {
    this.text = text
    this.count = count
    this.origin = origin
  }

  get entries(): readonly string[] {
    this.#entries ??= splitEntries(this.text)
    return this.#entries
  }

  timeAt(index: number): number | undefined {
    return timeFrom(this.origin, index) ?? lineTime(this.entries[index] ?? '')
  }

  levelAt(index: number): number {
    return levelFrom(this.origin, index) ?? lineLevel(this.entries[index] ?? '')
  }
}

/** Parcels one behind the other as one. */
export function joinParcels(parcels: readonly Parcel[]): Parcel {
  const [first, ...more] = parcels
  if (first && more.length === 0) return first
  const find = (index: number): [parcel: Parcel | undefined, index: number] => {
    let at = index
    const parcel = parcels.find(({ count }) => {
      if (at < count) return true
      at -= count
      return false
    })
    return [parcel, at]
  }
  const timeAt = (index: number): number | undefined => {
    const [parcel, at] = find(index)
    return parcel?.timeAt(at)
  }
  const levelAt = (index: number): number | undefined => {
    const [parcel, at] = find(index)
    return parcel?.levelAt(at)
  }
  const origin = { parcel: { timeAt, levelAt }, first: 0 }
  const count = parcels.reduce((sum, parcel) => sum + parcel.count, 0)
  return parcels.every(({ linewise }) => linewise)
    ? parcelOfLines(parcels.map(({ text }) => text).join(''), count, origin)
    : parcelOf(
        parcels.flatMap(({ entries }) => entries),
        0,
        count,
        origin,
      )
}

/** Cuts after `count` entries. */
export function cutAfter(parcel: Parcel, count: number): Cut {
  if (count >= parcel.count) return { head: parcel, rest: undefined }
  if (parcel.linewise) return cutText(parcel, endOfLine(parcel.text, count), count)
  const { entries } = parcel
  const rest = parcelOf(entries, count, entries.length, originOf(parcel, count))
  return { head: parcelOf(entries, 0, count, originOf(parcel, 0)), rest }
}

/**
 * Cuts before the first entry that would make the head take `room` bytes or more, by the measure of a file's encoding;
 * the head may be empty. `utf8` says that the measure is that of UTF-8, which allows a short cut.
 */
export function cutBytes(parcel: Parcel, room: number, measure: (text: string) => number, utf8: boolean): Cut {
  if (parcel.linewise && utf8) return cutText(parcel, fittingEnd(parcel.text, room))
  const { entries } = parcel
  let bytes = 0
  const count = entries.findIndex((entry) => {
    bytes += measure(entry)
    return bytes >= room
  })
  return cutAfter(parcel, count === -1 ? parcel.count : count)
}

function cutText(parcel: Parcel, end: number, count?: number): Cut {
  if (end === parcel.text.length) return { head: parcel, rest: undefined }
  const text = parcel.text.slice(0, end)
  const lines = count ?? countLines(text)
  const rest = parcelOfLines(parcel.text.slice(end), parcel.count - lines, originOf(parcel, lines))
  return { head: parcelOfLines(text, lines, originOf(parcel, 0)), rest }
}

function originOf(parcel: Parcel, first: number): Origin {
  return parcel.origin ? { ...parcel.origin, first: parcel.origin.first + first } : { parcel, first }
}

function timeFrom(origin: Origin | undefined, index: number): number | undefined {
  return origin?.parcel.timeAt(origin.first + index)
}

function levelFrom(origin: Origin | undefined, index: number): number | undefined {
  return origin?.parcel.levelAt(origin.first + index)
}

// Where the last line ends that leaves the text before it below `room` bytes.
function fittingEnd(text: string, room: number): number {
  if (room < 2) return 0
  const candidate = text.slice(0, room)
  const bytes = Buffer.byteLength(candidate)
  if (bytes === candidate.length) return candidate.lastIndexOf('\n', room - 2) + 1
  const encoded = Buffer.from(candidate)
  return encoded.toString('utf8', 0, encoded.lastIndexOf(10, room - 2) + 1).length
}

function endOfLine(text: string, count: number): number {
  let end = 0
  for (let line = 0; line < count; line++) end = text.indexOf('\n', end) + 1
  return end
}
