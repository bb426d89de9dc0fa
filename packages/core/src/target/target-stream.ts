// What is asked of a stream that lines are written to.

import type { EventEmitter } from 'node:events'
import type { Monitor } from '../monitor.js'
import type { Stats } from '../stats.js'

/** A stream for lines; a Writable, a handler and a `pino.destination()` are such. */
export interface TargetStream {
  write(chunk: string, done?: (error?: Error | null) => void): unknown
}

/** What a stream may have beside `write`. */
export interface StreamParts extends Pick<EventEmitter, 'on' | 'off'> {
  readonly writableLength: number
  readonly writableEnded: boolean
  readonly readableLength: number
  readonly readableObjectMode: boolean
  readonly destroyed: boolean
  /** Of a SonicBoom, the bytes that it gathers before it writes. */
  readonly minLength: number
  /** Of a SonicBoom, the bytes that it has not written; its events say less. */
  readonly _len: number
  /** Of a pino.multistream, by which it chooses its streams. */
  lastLevel: number
  flush(done?: (error?: Error | null) => void): unknown
  flushSync(): void
  end(): void
  destroy(error?: Error): unknown
}

/** Whether lines can be written to it. */
export function isTargetStream(value: unknown): value is TargetStream {
  return typeof value === 'object' && value !== null && 'write' in value && typeof value.write === 'function'
}

/** A handler of this family, from whichever copy of core. */
export interface HandlerStream extends TargetStream, Pick<EventEmitter, 'on'> {
  readonly stats: Stats
  command(name: string): void
}

/** Whether it is a handler of this family, which takes whole batches as text, wherever it runs. */
export function isHandler(stream: TargetStream): stream is HandlerStream {
  return 'stats' in stream && 'flushSync' in stream && 'command' in stream && typeof stream.stats === 'object'
}

/** Lets `monitor` tell in this thread what a handler tells; in pino's worker the main thread hears it from the handler. */
export function relayEvents(handler: HandlerStream, monitor: Monitor): void {
  for (const event of ['state', 'drop', 'failure', 'stats', 'rotate', 'reopen', 'reconnect']) {
    handler.on(event, (payload) => monitor.relay(event, payload))
  }
}

/** Whether it has ended, or was destroyed, and takes nothing any more. */
export function isSpent(stream: TargetStream & Partial<StreamParts>): boolean {
  return stream.destroyed === true || stream.writableEnded === true
}
