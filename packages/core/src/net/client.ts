// What stands between a handler and a destination outside the process: a client that connects, and what it connects to.

/** A piece of what goes out. */
export interface Part {
  readonly data: string | Uint8Array
  /** Records that have gone out when this part has; 0 for all but the last part of a record that takes several. */
  readonly count: number
  /** It has gone out, or never will, while one before it has still to be sent. A connection that sets it skips it then. */
  readonly isSettled?: boolean
}

/** A way to a destination. It never tries by itself: when to connect again is for its user to decide. */
export interface Client {
  /** The destination as it stands in messages, such as `tcp://127.0.0.1:9020`. */
  readonly label: string
  /** Its connections need nobody else to open and to send: `sendNow` does both. Default: false. */
  readonly isLocal?: boolean
  /** What it is called when the destination fails and when it is well again. Default: that of connections. */
  readonly words?: ClientWords
  /**
   * Seconds to wait after an error that does not mend by itself in a while, such as a wrong password; the handler is 'failed'
   * meanwhile. Undefined for all others, and without it.
   */
  pauseAfter?(error: Error): number | undefined
  /** Seconds to wait at least after an error, as when the destination asks for it. Default: 0. */
  delayAfter?(error: Error): number
  /** There is not much time left: what the destination has asked for before is no reason to wait. Default: nothing changes. */
  hurry?(): void
  /** Starts to connect and returns at once; `listener` hears nothing before `connect` has returned. */
  connect(listener: ConnectionListener): Connection
}

/** The beginnings of what is told about a destination; its label follows. */
export interface ClientWords {
  /** Default: `cannot connect to`. */
  readonly cannot: string
  /** What was open has failed. Default: `lost the connection to`. */
  readonly lost: string
  /** Default: `connected to`. */
  readonly well: string
  /** The kind of its failures. Default: `connect`, and `send` once it was open. */
  readonly failure?: string
}

/** Hears what becomes of a connection; nothing after `destroy`. */
export interface ConnectionListener {
  /** The connection can send from now on. */
  opened(): void
  /**
   * The connection could not be made, or is over; called once. `error` says why, and is undefined when the other side
   * ended it in good order. Of the parts that were being sent the first `taken` have gone out.
   */
  closed(error: Error | undefined, taken: number): void
  /** The client has closed the connection in good order, since nothing was sent for so long. */
  idled(): void
  /**
   * Something that was sent before has not arrived, as the network tells; the connection goes on, or ends as it was told
   * to, and nothing is sent again.
   */
  failed(error: Error): void
}

/** A connection, open or on its way to be. While it has nothing to do it does not keep the process alive. */
export interface Connection {
  /**
   * Sends parts, one call at a time, once the connection has opened. Calls `done` later, never before it has returned:
   * when the operating system has taken all parts, or when one can never be sent (`refused`): the `taken` before it have
   * gone out, and what follows it has to be sent again; with `instead`, the parts that can be sent in its place. When the
   * connection breaks, `closed` is called instead.
   */
  send(parts: readonly Part[], done: (taken: number, refused?: Error, instead?: readonly Part[]) => void): void
  /**
   * Carries on with what is being sent without waiting, for the last moments of a process; calls `done` before it returns
   * when the system has taken all of it, or with fewer parts as `taken` when it has no room for the rest. The connection
   * of a local client opens first, if it has not yet.
   */
  sendNow(): void
  /** Ends in good order once all is sent; resolves when what was sent is safe, at the latest when `signal` aborts. */
  end(signal: AbortSignal): Promise<void>
  /** Lets go of it at once. */
  destroy(): void
}
