// The options of a socket queue.

import { permissions, required, seconds } from '../checks.js'
import { parsePath } from '../net/address.js'
import type { Check } from '../options.js'

/** Options of {@link socketQueue}. */
export interface SocketQueueOptions {
  /** The path of the Unix socket, relative to the working directory at construction; on Windows the name of a pipe. */
  path: string
  /** Permission bits of the socket file; without them they are what the umask leaves. Of the one who takes. */
  mode?: number | string
  /** Seconds to wait for a listener to answer; 0 waits for ever. Of those who put. */
  connectTimeout?: number
}

/** {@link SocketQueueOptions} after their checks. */
export interface SocketQueueSettings {
  readonly path: string
  readonly mode?: number | undefined
  readonly connectTimeout: number
}

/** The checks of {@link SocketQueueOptions}. */
export const socketQueueChecks: {
  readonly path: Check<string> & { readonly required: true }
  readonly mode: Check<number>
  readonly connectTimeout: Check<number>
} = {
  path: required({
    expected: 'the path of a Unix socket, on Windows the name of a pipe',
    parse: (value) => (typeof value === 'string' && value !== '' ? parsePath(value) : undefined),
  }),
  mode: permissions,
  connectTimeout: seconds,
}

/** The defaults of {@link SocketQueueOptions}. */
export const socketQueueDefaults: {
  readonly connectTimeout: number
} = { connectTimeout: 10 }
