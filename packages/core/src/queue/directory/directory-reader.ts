// Taking batches out of a directory.

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { toError } from '../../errors.js'
import { isAbandoned } from '../../rotation/owner.js'
import { clearLock } from '../../rotation/shared-lock.js'
import type { QueueBatch } from '../queue.js'
import { CHUNK } from './chunk.js'
import { FolderWatch } from './folder-watch.js'
import { makeFolder } from './make-folder.js'
import type { DirectoryQueueSettings } from './options.js'
import { exclusively, ReaderLock } from './reader-lock.js'
import { type Listing, listSegments, type Segment } from './segment-name.js'
import { type Place, SegmentReader, type Taken } from './segment-reader.js'

// Seconds after which a segment that nobody has written to is taken from its writer, be it dead or alive: all in it is
// settled, and it stands in the way of others.
const IDLE = 10

/** The end of the queue at which batches are taken. */
export class DirectoryReader {
  readonly #settings: DirectoryQueueSettings
  readonly #report: (text: string) => void
  readonly #lock: ReaderLock
  readonly #watch: FolderWatch
  readonly #segments = new Map<string, SegmentReader>()
  // Where the batches of an id are that have been taken: one each time it was put.
  readonly #places = new Map<string, Place[]>()
  readonly #told = new Set<string>()
  // The owner whose turn is over.
  #lastServed = ''
  #isClosed = false

  constructor(settings: DirectoryQueueSettings, label: string, report: (text: string) => void) {
    this.#settings = settings
    this.#report = report
    this.#lock = new ReaderLock(settings.path, label)
    this.#watch = new FolderWatch(settings.path, (_event, name) => name.endsWith('.segment'), true)
  }

  /** Makes this the one that takes; throws when another one does. */
  open(): void {
    if (this.#isClosed) throw new Error('the queue is closed')
    if (!this.#lock.isHeld) this.#begin()
  }

  async take(signal: AbortSignal): Promise<readonly QueueBatch[]> {
    if (this.#isClosed) throw new Error('the queue is closed')
    while (!signal.aborted && !this.#isClosed) {
      const batches = this.takeNow()
      if (batches.length > 0) return batches
      await this.#watch.changed(signal)
    }
    return []
  }

  takeNow(): readonly QueueBatch[] {
    if (this.#isClosed) return []
    if (!this.#lock.isHeld) this.#begin()
    const listing = listSegments(this.#settings.path)
    for (const path of listing.foreign) this.#tellForeign(path)
    this.#forgetGone(listing)
    const taken: Taken[] = []
    let bytes = 0
    for (const [owner, segments] of this.#inTurn(listing)) {
      for (const batch of this.#takeFrom(segments, CHUNK - bytes)) {
        taken.push(batch)
        bytes += batch.batch.data.length
      }
      this.#lastServed = owner
      if (bytes >= CHUNK) break
    }
    for (const { batch, place } of taken) this.#remember(batch, place)
    return taken.map(({ batch }) => batch)
  }

  acknowledge(batches: readonly QueueBatch[]): void {
    const touched = new Set<SegmentReader>()
    for (const { id } of batches) {
      const places = this.#places.get(id) ?? []
      const place = places.shift()
      if (places.length === 0) this.#places.delete(id)
      if (!place) continue
      place.isDone = true
      touched.add(place.segment)
    }
    for (const segment of touched) this.#settle(segment)
  }

  close(): void {
    this.#isClosed = true
    this.#watch.close()
    this.#forgetAll()
    this.#lock.release()
  }

  #begin(): void {
    const { path, mkdir, mode } = this.#settings
    this.#forgetAll()
    if (mkdir) makeFolder(path, mode)
    clearLock(join(path, 'lock'))
    this.#lock.hold()
    for (const orphan of listSegments(path).orphans)
      this.#attempt(`remove '${orphan}'`, () => rmSync(orphan, { force: true }))
  }

  // The segments of each owner, beginning with the one after that which was served last.
  #inTurn({ segments }: Listing): (readonly [owner: string, segments: readonly Segment[]])[] {
    const owners = new Map<string, Segment[]>()
    for (const segment of segments) {
      const known = owners.get(segment.owner)
      if (known) known.push(segment)
      else owners.set(segment.owner, [segment])
    }
    const all = [...owners]
    const next = all.findIndex(([owner]) => owner === this.#lastServed) + 1
    return [...all.slice(next), ...all.slice(0, next)]
  }

  // In their order: none before all of the one before it was taken.
  #takeFrom(segments: readonly Segment[], maxBytes: number): Taken[] {
    const taken: Taken[] = []
    let bytes = 0
    for (const [index, segment] of segments.entries()) {
      if (bytes >= maxBytes) break
      if (this.#told.has(segment.stem)) continue
      const reader = this.#open(segment)
      if (!reader) break
      let isOver = segment.isClaimed || index < segments.length - 1
      while (bytes < maxBytes && !reader.isEnded) {
        const more = reader.take(maxBytes - bytes, isOver)
        if (more.length === 0) {
          if (isOver || taken.length > 0 || !this.#claim(segment, reader)) break
          isOver = true
        }
        for (const each of more) bytes += each.batch.data.length
        taken.push(...more)
      }
      if (reader.isForeign) this.#leave(segment, reader)
      else if (!reader.isEnded) break
      else if (reader.isSettled) this.#remove(reader)
    }
    return taken
  }

  // While nobody drops it, which would count as lost what is taken.
  #open(segment: Segment): SegmentReader | undefined {
    const { path, stem } = segment
    const known = this.#segments.get(stem)
    if (known) return known
    let reader: SegmentReader | undefined
    this.#attempt(`open '${path}'`, () => {
      exclusively(this.#settings.path, () => {
        reader = new SegmentReader(segment, this.#report)
        this.#segments.set(stem, reader)
        this.#save(reader)
      })
    })
    return reader
  }

  // Without a position it is read from its start the next time: better on a full disk than not at all.
  #save(reader: SegmentReader): void {
    this.#attempt(`write the position in '${reader.stem}.segment'`, () => reader.save())
  }

  // Takes it from a writer that is gone, or has been silent for so long.
  #claim(segment: Segment, reader: SegmentReader): boolean {
    const { age } = reader
    if (!isAbandoned(segment.owner, age) && !(age > IDLE && reader.isSettled)) return false
    let isClaimed = false
    this.#attempt(`rename '${segment.path}'`, () => {
      isClaimed = reader.claim()
    })
    return isClaimed
  }

  #settle(reader: SegmentReader): void {
    if (!this.#lock.isHeld || this.#segments.get(reader.stem) !== reader) return
    this.#attempt(`write the position in '${reader.stem}.segment'`, () => reader.settle())
    if (reader.isEnded && reader.isSettled) this.#remove(reader)
  }

  #remove(reader: SegmentReader): void {
    this.#attempt(`remove '${reader.stem}.segment'`, () => {
      reader.remove()
      this.#segments.delete(reader.stem)
    })
  }

  #leave({ stem }: Segment, reader: SegmentReader): void {
    this.#told.add(stem)
    this.#segments.delete(stem)
    reader.leave()
  }

  #remember({ id }: QueueBatch, place: Place): void {
    const places = this.#places.get(id)
    if (places) places.push(place)
    else this.#places.set(id, [place])
  }

  // Somebody else has removed them.
  #forgetGone({ segments }: Listing): void {
    const stems = new Set(segments.map(({ stem }) => stem))
    for (const [stem, reader] of this.#segments) {
      if (stems.has(stem)) continue
      reader.close()
      this.#segments.delete(stem)
    }
  }

  #forgetAll(): void {
    for (const reader of this.#segments.values()) reader.close()
    this.#segments.clear()
    this.#places.clear()
  }

  #tellForeign(path: string): void {
    if (this.#told.has(path)) return
    this.#told.add(path)
    this.#report(`'${path}' is not named as a segment of this queue; it is left alone`)
  }

  // What fails here is tried again, and does not keep other segments waiting.
  #attempt(what: string, action: () => void): void {
    try {
      action()
    } catch (error) {
      const { message, code } = toError(error)
      if (code !== 'ENOENT') this.#report(`cannot ${what}: ${message}`)
    }
  }
}
