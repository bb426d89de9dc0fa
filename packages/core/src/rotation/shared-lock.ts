// A lock for several processes around what only one of them may do at a time, such as a rollover.
//
// It is a folder with one file in it, whose name says who holds it. The folder is made under another name and renamed,
// which is atomic everywhere, on NFS too, and fails where a folder is that is not empty: so there is no moment at which
// the lock is held and does not say by whom. To take it from a dead process is to delete its file: that name never
// comes again, so it does not matter how many do this, nor when.

import { mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { toError } from '../errors.js'
import { pause } from '../file/pause.js'
import { isAbandoned, ownerName } from './owner.js'
import { patiently } from './rename.js'

// What a rename says when the lock is held; the last three say so on Windows.
const HELD = new Set(['ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES', 'EBUSY'])

/**
 * Runs `action` while no other process, and no other thread, runs one under the lock at `path`; blocks the thread for up
 * to `wait` seconds. Returns false, without having run it, when the lock cannot be had in that time; throws what
 * `action` throws, and when no lock can be made there at all.
 */
export function withLock(path: string, action: () => void, wait = 1): boolean {
  const owner = ownerName()
  const prepared = `${path}.${owner}`
  try {
    mkdirSync(prepared)
    writeFileSync(join(prepared, owner), '')
    if (!take(path, prepared, statSync(prepared).mtimeMs, wait * 1000)) return false
  } finally {
    rmSync(prepared, { recursive: true, force: true })
  }
  try {
    action()
  } finally {
    patiently(() => rmSync(join(path, owner), { force: true }))
    removeIfEmpty(path)
  }
  return true
}

/** Removes what processes that are gone have left of the lock at `path`; for the start. */
export function clearLock(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })) breakAbandoned(path, Date.now())
  for (const name of readdirSync(dirname(path))) {
    const age = ageOf(join(dirname(path), name), Date.now())
    const owner = name.slice(basename(path).length + 1)
    if (name !== `${basename(path)}.${owner}` || age === undefined || !isAbandoned(owner, age)) continue
    rmSync(join(dirname(path), name), { recursive: true, force: true })
  }
}

// `now` is the time by the clock of the file system, which may not be ours.
function take(path: string, prepared: string, now: number, wait: number): boolean {
  const begin = performance.now()
  for (;;) {
    if (moved(prepared, path)) return true
    const passed = performance.now() - begin
    if (breakAbandoned(path, now + passed)) continue
    if (passed >= wait) return false
    // Those who wait for the same lock do not ask in step.
    pause(1 + 9 * Math.random())
  }
}

function moved(prepared: string, path: string): boolean {
  try {
    renameSync(prepared, path)
    return true
  } catch (error) {
    if (HELD.has(toError(error).code ?? '')) return false
    throw error
  }
}

// Whether the lock may be free now.
function breakAbandoned(path: string, now: number): boolean {
  for (const owner of namesIn(path)) {
    const age = ageOf(join(path, owner), now)
    if (age !== undefined && isAbandoned(owner, age)) removeIfFree(join(path, owner))
  }
  return removeIfEmpty(path)
}

// On Windows another one who does the same may be in the way, who then has done it.
function removeIfFree(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch (error) {
    if (!HELD.has(toError(error).code ?? '')) throw error
  }
}

function removeIfEmpty(path: string): boolean {
  try {
    rmdirSync(path)
    return true
  } catch {
    return false
  }
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

// In seconds; undefined when it has gone, or is about to go: on Windows nobody may look at such a file.
function ageOf(path: string, now: number): number | undefined {
  try {
    const stat = statSync(path, { throwIfNoEntry: false })
    return stat && (now - stat.mtimeMs) / 1000
  } catch (error) {
    if (HELD.has(toError(error).code ?? '')) return undefined
    throw error
  }
}
