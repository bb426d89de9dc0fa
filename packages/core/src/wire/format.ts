// How records become bytes for a socket: in one piece for a stream, one by one for datagrams.

import type { Batch } from '../batch.js'
import type { Part } from '../net/client.js'
import type { Datagram, DatagramLimit } from './datagram-limit.js'

/** What a format needs of a batch. */
export type Encodable = Pick<Batch, 'records' | 'entries' | 'text' | 'count'>

/** Hears of each record that cannot be encoded; the others go on without it. */
export type OnInvalid = (error: unknown) => void

/** A way to put records on the wire. */
export interface WireFormat {
  /** All records of a batch in one piece, for a stream; `count` is how many could be encoded, and may be 0. */
  stream(batch: Encodable, onInvalid: OnInvalid): Part
  /** One piece for each record that can be encoded and is within `limit`. Several may be views of the same memory. */
  datagrams(batch: Encodable, onInvalid: OnInvalid, limit?: DatagramLimit): Part[]
  /**
   * What `stream` or `datagrams` gave, to be sent once more, with each record marked as `resent`: true. A record that
   * has no place for a mark, because a formatter or `makePickle` made it, goes as it is.
   */
  resent(part: Part): Part
}

/** Where each frame of a piece ends. */
export interface Frames {
  readonly data: Uint8Array
  readonly ends: readonly number[]
}

/** Frames as one part for each. */
export function cutFrames({ data, ends }: Frames): Datagram[] {
  return ends.map((end, index) => ({ data: data.subarray(ends[index - 1] ?? 0, end), count: 1 }))
}
