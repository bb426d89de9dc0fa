// The options of every handler that sends over a stream.

import { flag, seconds } from '../checks.js'
import type { Check } from '../options.js'

/** Options of a connection over a stream. */
export interface StreamClientOptions {
  /** Seconds until an attempt to connect is given up, finding the address and TLS included; 0 leaves it to the system. Python: `SocketHandler.makeSocket(timeout=1)`. */
  connectTimeout?: number
  /** Seconds after which a connection is given up that takes nothing of what is sent; 0 waits for ever. Not in Python. */
  writeTimeout?: number
  /** Seconds without traffic after which the connection is closed until there is something to send; 0 keeps it open. Not in Python. */
  idleTimeout?: number
  /** Seconds without traffic after which the system asks whether the other side is still there; 0 never asks. Not in Python. */
  keepAlive?: number
  /** Send at once, rather than wait for more to fill a packet. Not in Python. */
  noDelay?: boolean
}

/** The checks of {@link StreamClientOptions}. */
export const streamClientChecks: {
  readonly connectTimeout: Check<number>
  readonly writeTimeout: Check<number>
  readonly idleTimeout: Check<number>
  readonly keepAlive: Check<number>
  readonly noDelay: Check<boolean>
} = {
  connectTimeout: seconds,
  writeTimeout: seconds,
  idleTimeout: seconds,
  keepAlive: seconds,
  noDelay: flag,
}

/** The defaults of {@link StreamClientOptions}. */
export const streamClientDefaults: {
  readonly connectTimeout: number
  readonly writeTimeout: number
  readonly idleTimeout: number
  readonly keepAlive: number
  readonly noDelay: boolean
} = {
  connectTimeout: 5,
  writeTimeout: 60,
  idleTimeout: 0,
  keepAlive: 60,
  noDelay: true,
}

/** {@link StreamClientOptions} after their checks. */
export interface StreamSettings {
  readonly connectTimeout: number
  readonly writeTimeout: number
  readonly idleTimeout: number
  readonly keepAlive: number
  readonly noDelay: boolean
}
