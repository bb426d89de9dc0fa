// Getting out what streams hold, within a time.

import { inTime } from '../in-time.js'
import { isHandler, isTargetStream } from '../target/target-stream.js'
import { isThread, type LogStream, type ThreadStream } from './log-stream.js'

// What a handler in a worker takes at most to close, by default; pino stops the main thread for so long.
const TO_CLOSE = 5000

/** Resolves when what was written before has been handed over, as far as each stream can tell. */
export async function flushAll(streams: readonly LogStream[]): Promise<void> {
  await Promise.allSettled(streams.map(flushed))
}

/** What is logged while the process ends may have no stream to go to any more, which is no reason to fail. */
export function quieten(streams: readonly LogStream[]): void {
  for (const stream of new Set(streams)) stream.on?.('error', () => {})
}

/**
 * Flushes and ends streams, those of workers last, since pino's end() stops this thread until the worker has closed.
 * `blocking` is called right before that. Resolves with false when `limit` milliseconds were not enough.
 */
export async function endAll(all: readonly LogStream[], limit: number, blocking: () => void): Promise<boolean> {
  const streams = [...new Set(all)]
  const deadline = performance.now() + limit
  const left = (): number => Math.max(0, deadline - performance.now())

  const threads = streams.filter(isThread).filter(({ closed }) => !closed)
  const hasReserve = limit > TO_CLOSE
  const ready = new Set<ThreadStream>()
  const flushing = threads.map((thread) => flushed(thread).then(() => ready.add(thread)))
  const ending = Promise.allSettled(streams.filter((stream) => !isThread(stream)).map(ended))
  await inTime(hasReserve ? limit - TO_CLOSE : limit, Promise.allSettled([ending, ...flushing]))

  const closing = threads.map(closed)
  for (const thread of threads) {
    if (!ready.has(thread) && (!hasReserve || left() === 0)) continue
    blocking()
    thread.end()
  }
  if (await inTime(left(), Promise.all([ending, ...closing]))) return true
  // pino would wait for them when the process exits.
  await Promise.all(threads.map((thread) => (thread.closed ? undefined : thread.worker.terminate())))
  return false
}

function flushed(stream: LogStream): Promise<void> {
  return new Promise((resolve) => {
    if (typeof stream.flush === 'function') stream.flush(() => resolve())
    else if (typeof stream.once === 'function' && stream.write) stream.write('', resolve)
    else resolve()
  })
}

// A destination of pino, and the process's own stdout, must be there for what is logged later: they are only flushed.
async function ended(stream: LogStream): Promise<void> {
  const isOurs = isTargetStream(stream) && isHandler(stream)
  const isStdio = stream === process.stdout || stream === process.stderr
  if (!isOurs && (isStdio || stream.flushSync || !stream.end || !stream.once)) {
    await flushed(stream)
    return
  }
  const closing = closed(stream)
  stream.end?.()
  await closing
}

function closed(stream: LogStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.closed) resolve()
    else stream.once?.('close', resolve)
  })
}
