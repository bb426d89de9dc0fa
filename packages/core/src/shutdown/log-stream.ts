// The streams that a pino logger writes to, without pino.

import type { EventEmitter } from 'node:events'
import { isObject } from '../is-object.js'

/** What a stream of a logger may have; which of it tells what it is. */
export interface LogStream extends Partial<Pick<EventEmitter, 'on' | 'off' | 'once' | 'emit'>> {
  /** Of a pino.multistream. */
  readonly streams?: readonly { readonly stream: LogStream }[]
  /** Of a pino.transport(). */
  readonly worker?: { terminate(): Promise<unknown> }
  /** Of a pino.transport(), whether its worker has loaded. */
  readonly ready?: boolean
  readonly closed?: boolean
  write?(chunk: string, done: () => void): unknown
  end?(): unknown
  flush?(done: (error?: Error | null) => void): unknown
  flushSync?(): void
}

/** A stream of pino.transport(). */
export type ThreadStream = LogStream &
  Required<Pick<LogStream, 'worker' | 'end' | 'flush' | 'on' | 'once' | 'off' | 'emit'>>

/** Whether it is the stream of a pino.transport(), whose handlers are in a worker. */
export function isThread(stream: LogStream): stream is ThreadStream {
  return typeof stream.worker?.terminate === 'function' && typeof stream.flush === 'function'
}

/**
 * The streams behind a logger, or behind the parent of a child; those of multistreams one by one.
 * @throws {TypeError} for what is no logger of pino.
 */
export function streamsOf(logger: object): readonly LogStream[] {
  for (let each: unknown = logger; isObject(each); each = Object.getPrototypeOf(each)) {
    // The symbol is no one's but that copy of pino's.
    const symbol = Object.getOwnPropertySymbols(each).find(({ description }) => description === 'pino.stream')
    if (symbol) return leavesOf(logStream(Reflect.get(each, symbol)))
  }
  throw new TypeError('[graceful-shutdown] takes a logger of pino')
}

function leavesOf(stream: LogStream): readonly LogStream[] {
  return Array.isArray(stream.streams) ? stream.streams.flatMap((each) => leavesOf(each.stream)) : [stream]
}

// pino takes anything that has a write().
function logStream(value: unknown): LogStream {
  return isObject(value) ? (value as LogStream) : {}
}
