// Putting batches into a directory.

import { statSync } from 'node:fs'
import { toError } from '../../errors.js'
import { ownerName } from '../../rotation/owner.js'
import type { QueueBatch } from '../queue.js'
import { dropOldest } from './drop-oldest.js'
import { FolderWatch } from './folder-watch.js'
import { END, encodeFrames, frameSize, HEADER } from './frame.js'
import { makeFolder } from './make-folder.js'
import type { DirectoryQueueSettings } from './options.js'
import { listSegments, segmentStem } from './segment-name.js'
import { SegmentWriter } from './segment-writer.js'

/** What a writer has to tell. */
export interface WriterListener {
  /** Records were dropped to make room. */
  lost(count: number): void
  failed(text: string): void
}

/** The end of the queue at which batches are put, in segments of its own. */
export class DirectoryWriter {
  readonly #settings: DirectoryQueueSettings
  readonly #label: string
  readonly #listener: WriterListener
  readonly #owner = ownerName()
  readonly #watch: FolderWatch
  #segment: SegmentWriter | undefined
  #begun = 0
  #lastTime = 0
  // Bytes that may be written before the size of the directory is looked at again.
  #allowance = 0
  // Batches that are in a segment and may be put again, since their put has not settled or has failed.
  readonly #written = new Set<string>()
  #isClosed = false

  constructor(settings: DirectoryQueueSettings, label: string, listener: WriterListener) {
    this.#settings = settings
    this.#label = label
    this.#listener = listener
    // Room comes when a segment is removed or taken away from its writer.
    this.#watch = new FolderWatch(settings.path, (event) => event === 'rename', false)
  }

  put(batches: readonly QueueBatch[], signal: AbortSignal): Promise<void> | undefined {
    this.#forgetOthers(batches)
    if (!this.#writeWhatFits(batches) || this.#settings.fsync) return this.#complete(batches, signal)
    this.#written.clear()
    return undefined
  }

  putNow(batches: readonly QueueBatch[]): number {
    if (this.#isClosed) return 0
    try {
      this.#writeWhatFits(batches)
      if (this.#settings.fsync) this.#segment?.syncNow()
    } catch (error) {
      this.#listener.failed(toError(error).message)
      if (this.#segment?.isDirty && this.#settings.fsync) return 0
    }
    const missing = batches.findIndex(({ id }) => !this.#written.has(id))
    return missing === -1 ? batches.length : missing
  }

  close(): void {
    this.#isClosed = true
    this.#watch.close()
    this.#endSegment()
  }

  async #complete(batches: readonly QueueBatch[], signal: AbortSignal): Promise<void> {
    while (!this.#writeWhatFits(batches)) {
      if (signal.aborted) throw new Error(`${this.#label} is full: ${this.#settings.maxBytes} bytes wait to be taken`)
      await this.#watch.changed(signal)
    }
    if (this.#settings.fsync) await this.#sync()
    this.#written.clear()
  }

  // After a failure nobody knows what of the file is on the disk, and trying again would not tell.
  async #sync(): Promise<void> {
    const segment = this.#segment
    try {
      await segment?.sync()
    } catch (error) {
      this.#written.clear()
      if (this.#segment === segment) this.#endSegment()
      throw error
    }
  }

  #forgetOthers(batches: readonly QueueBatch[]): void {
    if (this.#written.size === 0) return
    const ids = new Set(batches.map(({ id }) => id))
    for (const id of this.#written) {
      if (!ids.has(id)) this.#written.delete(id)
    }
  }

  // Whether all are in a segment now; throws when they cannot be written.
  #writeWhatFits(batches: readonly QueueBatch[]): boolean {
    if (this.#isClosed) throw new Error('the queue is closed')
    for (;;) {
      const rest = batches.filter(({ id }) => !this.#written.has(id))
      const sizes = rest.map(frameSize)
      const [first] = sizes
      if (first === undefined) return true
      const room = this.#roomFor(first)
      if (room < first) return false
      const ends = endsWithin(sizes, room)
      this.#append(rest.slice(0, ends.length), sizes, ends)
    }
  }

  #append(batches: readonly QueueBatch[], sizes: readonly number[], ends: readonly number[]): void {
    this.#segment ??= new SegmentWriter(this.#nextStem())
    const segment = this.#segment
    const before = segment.size
    const { count, error } = segment.append(encodeFrames(batches, sizes), ends)
    this.#allowance -= segment.size - before
    for (const { id } of batches.slice(0, count)) this.#written.add(id)
    if (segment.isOver) {
      this.#segment = undefined
      // What is in it was not synced, and cannot be any more.
      if (this.#settings.fsync) this.#written.clear()
    }
    if (error) throw error
  }

  // Bytes that can be written to the segment now; enough for the first frame, or it has to wait.
  #roomFor(first: number): number {
    const { segmentBytes } = this.#settings
    if (this.#segment && this.#segment.size + first + END.length > segmentBytes) this.#endSegment()
    const extra = END.length + (this.#segment ? 0 : HEADER.length)
    if (first + extra > this.#allowance) this.#look(first + extra)
    const size = this.#segment?.size ?? HEADER.length
    if (first + extra <= this.#allowance) {
      return Math.min(this.#allowance - extra, Math.max(first, segmentBytes - size - END.length))
    }
    if (!this.#segment) return 0
    // A segment that has been read can go only when it is at its end.
    this.#endSegment()
    return this.#roomFor(first)
  }

  // Several writers share what is free, each for a segment at most, so that they look again.
  #look(needed: number): void {
    const { path, mkdir, mode, maxBytes, segmentBytes, overflow } = this.#settings
    if (mkdir) makeFolder(path, mode)
    const { segments } = listSegments(path)
    const owners = new Set(segments.map(({ owner }) => owner)).add(this.#owner)
    const used = segments.reduce((sum, { path }) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0)
    let free = maxBytes - used
    if (free < needed && overflow === 'drop-oldest') free += this.#drop(needed - free)
    const share = Math.min(segmentBytes, Math.floor(free / owners.size))
    // What is larger than the whole queue may go when it has the queue for itself.
    this.#allowance = free >= needed || free === maxBytes ? Math.max(needed, share) : 0
  }

  #drop(needed: number): number {
    const { bytes, count } = dropOldest(this.#settings.path, needed, this.#segment?.stem, (text) =>
      this.#listener.failed(text),
    )
    if (count > 0) this.#listener.lost(count)
    return bytes
  }

  #endSegment(): void {
    const segment = this.#segment
    this.#segment = undefined
    if (!segment) return
    try {
      if (this.#settings.fsync) segment.syncNow()
    } finally {
      this.#allowance -= segment.end()
    }
  }

  // The clock may be set back, the order of segments may not.
  #nextStem(): string {
    this.#lastTime = Math.max(this.#lastTime, Date.now())
    return segmentStem(this.#settings.path, this.#lastTime, this.#begun++, this.#owner)
  }
}

// Where frames end, as many as there is room for.
function endsWithin(sizes: readonly number[], room: number): number[] {
  const ends: number[] = []
  let end = 0
  for (const size of sizes) {
    end += size
    if (end > room) break
    ends.push(end)
  }
  return ends
}
