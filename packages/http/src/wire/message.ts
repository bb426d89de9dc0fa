// What goes to a server for some records, and what comes back.

import type { LogRecord, Parcel } from '@pino-handlers/core'

/** A header's name and value. */
export type Header = readonly [name: string, value: string]

/** Headers of a form, those of the same name replaced by the ones that were given, and the others of these behind them. */
export function withHeaders(own: readonly Header[], given: readonly Header[]): readonly Header[] {
  const others = new Map(given.map((header) => [header[0].toLowerCase(), header]))
  const merged = own.map((header) => {
    const name = header[0].toLowerCase()
    const replaced = others.get(name) ?? header
    others.delete(name)
    return replaced
  })
  return [...merged, ...others.values()]
}

/** An HTTP request but for where it goes. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  /** Path and query. */
  readonly path: string
  /** In the order in which they are sent. */
  readonly headers: readonly Header[]
  readonly body: string | Uint8Array | undefined
}

/** A server's answer. */
export interface HttpAnswer {
  readonly status: number
  /** The value of `Retry-After`; undefined without one. */
  readonly retryAfter: string | undefined
  /** The body as text, or its beginning if it is very long. */
  readonly text: string
}

/** What a server says of one record of a batch. */
export interface ItemAnswer {
  /** Its place in the batch. */
  readonly index: number
  readonly status: number
  readonly text: string
}

/** What an answer says of the records of a batch one by one, rather than of all by its status. */
export interface Judgement {
  /** Those that the server does not take, or not now. */
  readonly items: readonly ItemAnswer[]
  /** The first of those that it has not looked at, which go again at once. Default: it has looked at all. */
  readonly unread?: number
  /** Records that it refuses without saying which. Default: 0. */
  readonly unnamed?: number
  /** Why, for those without a name. */
  readonly text?: string
}

/** Makes the requests of records; pure functions of them. */
export interface RequestForm {
  /** Records may go together in one request. Default: false, one request for each. */
  readonly batched?: boolean
  /** The entries of the records, what cannot be made into one left out and told. */
  parcel(batch: FormBatch, onInvalid: (error: unknown) => void): Parcel
  /** The request for records of a parcel that `parcel` made; `key` is that of the batch, the same when it is sent again. */
  request(parcel: Parcel, key?: string): HttpRequest
  /** What an answer says of each of `count` records; undefined when its status counts for all. Default: that. */
  judge?(answer: HttpAnswer, count: number): Judgement | undefined
}

/** What a {@link RequestForm} needs of a batch. */
export type FormBatch = Parcel & {
  readonly records: readonly LogRecord[]
  /** How its lines are shaped. Default: as the settings of the form say. */
  readonly context?: { readonly shape: { readonly messageKey: string } }
}
