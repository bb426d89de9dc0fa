// The files of a directory queue.
//
//   <time>-<number>-<owner>.segment    one writes to it, and nobody else does
//   <time>-<number>-<owner>.claimed    the same after it was taken from its writer, who notices and begins another one
//   <time>-<number>-<owner>.position   how far it has been acknowledged, once its reading has begun
//   <time>-<number>-<owner>.corrupt    a copy of what had broken places
//   <time>-<number>-<owner>.removed    on Windows, what is deleted and still open somewhere
//   <owner>.reader                     who takes
//   lock                               held for moments

import { readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { toError } from '../../errors.js'
import { OWNER } from '../../rotation/owner.js'
import { patiently } from '../../rotation/rename.js'

/** A segment as its name tells it. */
export interface Segment {
  /** Its path without the ending: the same for all files that belong to it. In the order of stems segments were begun. */
  readonly stem: string
  readonly path: string
  /** Who wrote it. */
  readonly owner: string
  /** Nobody writes to it any more. */
  readonly isClaimed: boolean
}

/** What is in a directory. */
export interface Listing {
  /** Oldest first. */
  readonly segments: readonly Segment[]
  /** Paths of files that are called segments and have not the name of one. */
  readonly foreign: readonly string[]
  /** Paths of positions whose segment is gone, and of what was about to be deleted. */
  readonly orphans: readonly string[]
}

const NAME = new RegExp(`^\\d{15}-\\d{8}-(${OWNER})$`)

/** The stem of a segment that was begun at `time`, in milliseconds, as the `number`-th of its owner. */
export function segmentStem(folder: string, time: number, number: number, owner: string): string {
  return join(folder, `${String(time).padStart(15, '0')}-${String(number).padStart(8, '0')}-${owner}`)
}

/** The segments in a directory; throws when it cannot be read. */
export function listSegments(folder: string): Listing {
  const segments: Segment[] = []
  const foreign: string[] = []
  const positions: string[] = []
  const removed: string[] = []
  for (const name of readdirSync(folder).sort()) {
    const [, base = name, ending = ''] = /^(.*)\.([a-z]+)$/.exec(name) ?? []
    const path = join(folder, name)
    const owner = NAME.exec(base)?.[1]
    const isSegment = ending === 'segment' || ending === 'claimed'
    if (isSegment && owner === undefined) foreign.push(path)
    if (owner === undefined) continue
    const stem = join(folder, base)
    if (isSegment) segments.push({ stem, path, owner, isClaimed: ending === 'claimed' })
    if (ending === 'position') positions.push(stem)
    if (ending === 'removed') removed.push(path)
  }
  const stems = new Set(segments.map(({ stem }) => stem))
  const orphans = positions.filter((stem) => !stems.has(stem)).map(positionPath)
  return { segments, foreign, orphans: [...orphans, ...removed] }
}

/**
 * Takes a segment from its writer, and gives it as it is then; undefined when it is gone. What the writer has made sure
 * of before is in the file, since it looks after each write whether the file is still there under its name: if not, it
 * writes the same again to a new segment.
 */
export function claim(segment: Segment): Segment | undefined {
  const path = `${segment.stem}.claimed`
  try {
    if (!segment.isClaimed) patiently(() => renameSync(segment.path, path))
  } catch (error) {
    if (toError(error).code === 'ENOENT') return undefined
    throw error
  }
  return { ...segment, path, isClaimed: true }
}

export function positionPath(stem: string): string {
  return `${stem}.position`
}

export function removedPath(stem: string): string {
  return `${stem}.removed`
}

export function corruptPath(stem: string): string {
  return `${stem}.corrupt`
}
