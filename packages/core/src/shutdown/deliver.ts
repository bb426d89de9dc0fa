// Getting out what streams hold, within a time.

import { inTime } from '../in-time.js'
import { isHandler, isTargetStream } from '../target/target-stream.js'
import { isThread, type LogStream } from './log-stream.js'
import { type TransportWorker, workerOf } from './transport-worker.js'

// What is kept of the time for the end of a worker, at most: as long as its handlers take to close, by default.
const TO_CLOSE = 5000

// A worker that has closed what it wrote to ends by itself.
const TO_EXIT = 1000

// Loggers may share a stream: one listener is enough for all of them, and Node warns of more than ten.
const quiet = new WeakSet<LogStream>()
const closing = new WeakMap<LogStream, Promise<void>>()

/** Resolves when what was written before has been handed over, as far as each stream can tell. */
export async function flushAll(streams: readonly LogStream[]): Promise<void> {
  await Promise.allSettled(streams.map(flushed))
}

/** What is logged while the process ends may have no stream to go to any more, which is no reason to fail. */
export function quieten(streams: readonly LogStream[]): void {
  for (const stream of streams) {
    if (!quiet.has(stream)) stream.on?.('error', () => {})
    quiet.add(stream)
  }
}

/**
 * Flushes and ends streams, those of workers last, since pino's end() stops this thread until the worker has closed.
 * `blocking` is waited for right before that. Resolves with false when `limit` milliseconds were not enough.
 */
export async function endAll(
  all: readonly LogStream[],
  limit: number,
  blocking: () => Promise<void>,
): Promise<boolean> {
  const streams = [...new Set(all)]
  const deadline = performance.now() + limit
  const left = (): number => Math.max(0, deadline - performance.now())

  const workers = streams
    .filter(isThread)
    .filter(({ closed }) => !closed)
    .map(workerOf)
  const ready = new Set<TransportWorker>()
  const flushing = workers.map((worker) => worker.flush().then(() => ready.add(worker)))
  const ending = Promise.allSettled(streams.filter((stream) => !isThread(stream)).map(ended))
  const reserve = workers.length > 0 ? Math.min(TO_CLOSE, limit / 2) : 0
  await inTime(limit - reserve, Promise.allSettled([ending, ...flushing]))

  // pino waits ten seconds for a worker that does not hear, as one that is still loading.
  const mayEnd = (worker: TransportWorker): boolean => ready.has(worker) || worker.hears || limit > TO_CLOSE
  const known = workers.map((worker, index) => mayEnd(worker) || Promise.race([flushing[index], worker.heard()]))
  await inTime(left(), Promise.all(known))
  const [asked, others] = [workers.filter(mayEnd), workers.filter((worker) => !mayEnd(worker))]
  const stopping = others.map(({ thread }) => thread.worker.terminate())
  if (asked.length > 0) {
    await blocking()
    for (const worker of asked) worker.closeWithin(left())
    for (const { thread } of asked) thread.end()
  }
  const closings = asked.map(({ thread }) => closed(thread))
  const isDone = await inTime(Math.max(left(), asked.length > 0 ? TO_EXIT : 0), Promise.all([ending, ...closings]))
  // pino would wait for them when the process exits.
  await Promise.all(asked.map(({ thread }) => (thread.closed ? undefined : thread.worker.terminate())))
  await Promise.all(stopping)
  return isDone && others.length === 0
}

function flushed(stream: LogStream): Promise<void> {
  if (isThread(stream)) return workerOf(stream).flush()
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
  const closes = closed(stream)
  stream.end?.()
  await closes
}

function closed(stream: LogStream): Promise<void> {
  if (stream.closed) return Promise.resolve()
  const known = closing.get(stream) ?? new Promise<void>((resolve) => stream.once?.('close', resolve))
  closing.set(stream, known)
  return known
}
