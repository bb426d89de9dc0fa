// What a command has to do with: the process, or what stands for it.

import type { Readable, Writable } from 'node:stream'

/** The signals that a command listens to. */
export type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGBREAK'

/** The parts of `process` that a command uses. */
export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  readonly stderr: Writable
  readonly env: Readonly<Record<string, string | undefined>>
  on(signal: Signal, listener: (signal: Signal) => void): unknown
  off(signal: Signal, listener: (signal: Signal) => void): unknown
  /** Ends at once. */
  exit(code: number): void
}
