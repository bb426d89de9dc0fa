// SIGHUP says that log files have been moved away. Worker threads get no signals, so the main thread hears it for all.

import { isMainThread } from 'node:worker_threads'
import { type CommandTarget, sendCommand } from '@pino-handlers/core'

/** The stream that `pino.transport()` returned, or a handler in this process. */
export type ReopenTarget = CommandTarget & {
  readonly closed?: boolean
  once(event: 'close', listener: () => void): unknown
}

// How often each target is registered, so that one that is registered twice is told once.
const targets = new Map<ReopenTarget, number>()
let registrations = 0

/**
 * Opens the files of watched-file handlers again whenever the process gets SIGHUP, as logrotate's `postrotate` sends it.
 * Any number of calls and targets share one listener; targets that close are forgotten. Call it in the main thread.
 * The returned function takes its targets out again; with the last one SIGHUP ends the process again.
 */
export function reopenOnSighup(...added: readonly ReopenTarget[]): () => void {
  if (!isMainThread)
    throw new Error('[watched-file] reopenOnSighup() works in the main thread only: workers get no signals')
  for (const target of added) checkTarget(target)
  if (registrations++ === 0) process.on('SIGHUP', reopenAll)
  for (const target of added) add(target)
  let stopped = false
  return () => {
    if (stopped) return
    stopped = true
    for (const target of added) remove(target)
    if (--registrations === 0) process.off('SIGHUP', reopenAll)
  }
}

function reopenAll(): void {
  for (const target of targets.keys()) sendCommand(target, 'reopen')
}

function add(target: ReopenTarget): void {
  if (target.closed) return
  const times = targets.get(target) ?? 0
  targets.set(target, times + 1)
  if (times === 0) target.once('close', () => targets.delete(target))
}

function remove(target: ReopenTarget): void {
  const times = targets.get(target)
  if (times === undefined) return
  if (times > 1) targets.set(target, times - 1)
  else targets.delete(target)
}

// A logger looks much like its transport.
function checkTarget(target: unknown): void {
  const object: object = Object(target)
  if ('once' in object && ('command' in object || 'worker' in object)) return
  throw new TypeError(
    '[watched-file] reopenOnSighup() takes what pino.transport() returned, or handlers in this process',
  )
}
