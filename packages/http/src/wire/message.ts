// What goes to a server for some records, and what comes back.

import type { LogRecord, Parcel } from '@pino-handlers/core'

/** A header's name and value. */
export type Header = readonly [name: string, value: string]

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

/** What a server says of one record of a batch that it has answered with success. */
export interface ItemAnswer {
  /** Its place in the batch. */
  readonly index: number
  readonly status: number
  readonly text: string
}

/** Makes the requests of records; pure functions of them. */
export interface RequestForm {
  /** Records may go together in one request. Default: false, one request for each. */
  readonly batched?: boolean
  /** The entries of the records, what cannot be made into one left out and told. */
  parcel(batch: FormBatch, onInvalid: (error: unknown) => void): Parcel
  /** The request for records of a parcel that `parcel` made. */
  request(parcel: Parcel): HttpRequest
  /** The records that a successful answer refuses all the same. Default: none. */
  refused?(answer: HttpAnswer): readonly ItemAnswer[]
}

/** What a {@link RequestForm} needs of a batch. */
export type FormBatch = Parcel & {
  readonly records: readonly LogRecord[]
}
