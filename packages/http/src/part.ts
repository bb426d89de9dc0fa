// Records on their way to a server, and what has become of them so far.

import { randomUUID } from 'node:crypto'
import { cutAfter, cutBytes, type Parcel, parcelOf } from '@pino-handlers/core'
import type { Part } from '@pino-handlers/core/net'
import type { HttpRequest, RequestForm } from './wire/message.js'

/** Records that go in one request. */
export interface Piece {
  readonly parcel: Parcel
  readonly request: HttpRequest
  /** Bytes of the body. */
  readonly size: number
  /** The same each time that it is sent, and that of no other; undefined for a request without a key. */
  readonly key: string | undefined
}

/** A request to be made and, when it has to be made in pieces, what is left of it: what has been answered is not sent again. */
export class HttpPart implements Part {
  readonly data: string | Uint8Array
  readonly count: number
  /** What is still to be answered, in order. */
  pieces: readonly Piece[]
  deadLettered = 0
  /** Records that are lost, by reason. */
  readonly dropped: Map<string, number> = new Map<string, number>()

  constructor(piece: Piece) {
    this.data = piece.request.body ?? piece.request.path
    this.count = piece.parcel.count
    this.pieces = [piece]
  }

  /** Records that are still to be answered for. */
  get rest(): number {
    return this.pieces.reduce((sum, { parcel }) => sum + parcel.count, 0)
  }

  /** Enters what is still to be answered for as lost. */
  giveUp(reason: string): void {
    if (this.rest > 0) this.drop(this.rest, reason)
    this.pieces = []
  }

  /** Enters records as lost. */
  drop(count: number, reason: string): void {
    this.dropped.set(reason, (this.dropped.get(reason) ?? 0) + count)
  }

  /** Replaces the first piece by others. */
  advance(...others: readonly Piece[]): void {
    this.pieces = [...others, ...this.pieces.slice(1)]
  }
}

/** How large a request may be. */
export interface BatchLimits {
  readonly maxBatchRecords: number
  readonly maxBatchBytes: number
}

/** A piece of these records. */
export function pieceOf(parcel: Parcel, form: RequestForm): Piece {
  const key = form.batched ? randomUUID() : undefined
  const request = form.request(parcel, key)
  const size = request.body === undefined ? 0 : Buffer.byteLength(request.body)
  return { parcel, request, size, key }
}

/** Two pieces of the records of one, which has several. */
export function halves({ parcel }: Piece, form: RequestForm): readonly Piece[] {
  const { head, rest } = cutAfter(parcel, Math.ceil(parcel.count / 2))
  return [head, rest].flatMap((half) => (half ? [pieceOf(half, form)] : []))
}

/** The requests for records, none larger than the limits unless it has only one record. */
export function partsOf(parcel: Parcel, form: RequestForm, limits: BatchLimits): readonly HttpPart[] {
  if (!form.batched) return parcel.entries.map((entry) => new HttpPart(pieceOf(parcelOf([entry]), form)))
  const parts: HttpPart[] = []
  for (let rest: Parcel | undefined = parcel; rest && rest.count > 0; ) {
    const cut = cutWithin(rest, limits)
    const pieces = within(pieceOf(cut.head, form), form, limits)
    for (const piece of pieces) parts.push(new HttpPart(piece))
    rest = cut.rest
  }
  return parts
}

function cutWithin(parcel: Parcel, { maxBatchRecords, maxBatchBytes }: BatchLimits): ReturnType<typeof cutAfter> {
  // By count first, since what is behind that need not be measured.
  const cut = cutAfter(parcel, maxBatchRecords)
  const { head } = cutBytes(cut.head, maxBatchBytes, Buffer.byteLength, true)
  return head.count === cut.head.count ? cut : cutAfter(parcel, Math.max(head.count, 1))
}

// What a form adds to the entries is known when the body is there.
function within(piece: Piece, form: RequestForm, limits: BatchLimits): readonly Piece[] {
  if (piece.size <= limits.maxBatchBytes || piece.parcel.count < 2) return [piece]
  return halves(piece, form).flatMap((half) => within(half, form, limits))
}
