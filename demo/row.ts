// What a handler brings to the demo: a destination of its own, and a way to count what arrived there.

import type { TransportSingleOptions } from 'pino'

/** A line of the final table. */
export interface Row {
  /** Its first column: the handler, and what is special about this use of it. */
  readonly handler: string
  /** Starts the destination, on loopback or in the folder `dir`, which is there and empty but for other rows' files. */
  start(dir: string): Destination | Promise<Destination>
}

/** A real destination, started and ready for records. */
export interface Destination {
  /** What `pino.transport()` is given. */
  readonly target: TransportSingleOptions
  /** Its last column: where the user finds the records. */
  readonly where: string
  /** Counts the records at the destination; called once, after the handler has closed. Left out where nothing can be read. */
  verify?(): number | Promise<number>
  /** Lets go of servers, child processes and descriptors; called once, after `verify`, also when the demo fails. */
  stop?(): unknown
}
