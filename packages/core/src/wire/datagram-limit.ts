// Records that need a larger datagram than there may be.

import type { Part } from '../net/client.js'

/** What becomes of a record that is too large for a datagram: nothing is sent, or as much of it as there is room for. */
export type Oversize = 'drop' | 'truncate'

/** The largest datagram, and what becomes of records that need a larger one. */
export interface DatagramLimit {
  readonly maxBytes: number
  readonly oversize: Oversize
  /** Hears of each record that is not sent, with the bytes that its datagram would have had. */
  dropped(bytes: number): void
}

/** A part for one record. */
export interface Datagram extends Part {
  readonly data: Uint8Array
}

/** Makes the datagram of record `index` anew, in at most `maxBytes`; undefined when it cannot. */
export type Shorten = (index: number, maxBytes: number) => Uint8Array | undefined

/** Datagrams within a limit. */
export function limited(parts: Datagram[], limit: DatagramLimit | undefined, shorten: Shorten): Datagram[] {
  if (!limit || parts.every(({ data }) => data.length <= limit.maxBytes)) return parts
  return parts.flatMap((part, index) => {
    if (part.data.length <= limit.maxBytes) return [part]
    const data = limit.oversize === 'truncate' ? attempt(shorten, index, limit.maxBytes) : undefined
    if (data) return [{ ...part, data }]
    limit.dropped(part.data.length)
    return []
  })
}

// A value that is nested so deeply that it cannot be written once more must not cost the records beside it.
function attempt(shorten: Shorten, index: number, maxBytes: number): Uint8Array | undefined {
  try {
    return shorten(index, maxBytes)
  } catch {
    return undefined
  }
}
