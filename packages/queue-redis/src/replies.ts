// Replies of Redis as values; whatever has another shape is an error of the program.

import { countLines } from '@pino-handlers/core'
import type { QueueBatch } from '@pino-handlers/core/queue'

/** An entry of a stream; without a batch when it was trimmed, or somebody else has put it there. */
export interface Entry {
  readonly id: string
  readonly batch: QueueBatch | undefined
  readonly isGone: boolean
}

/** A consumer group as the server knows it. */
export interface Group {
  readonly name: string
  readonly pending: number
  readonly lastDelivered: string
}

/** The entries of one stream in a reply to XREADGROUP; none when it is null. */
export function readEntries(reply: unknown): readonly Entry[] {
  const [stream] = reply === null ? [] : asArray(reply)
  return stream === undefined ? [] : asArray(asArray(stream)[1]).map(entryOf)
}

/** The entries in a reply to XRANGE. */
export function rangeEntries(reply: unknown): readonly Entry[] {
  return asArray(reply).map(entryOf)
}

/** What XAUTOCLAIM says: where to go on, the entries, and the ids of those that are gone. */
export function claimedEntries(reply: unknown): {
  readonly next: string
  readonly entries: readonly Entry[]
  readonly gone: number
} {
  const [next, entries, gone = []] = asArray(reply)
  return {
    next: asText(next),
    entries: asArray(entries)
      .filter((each) => each !== null)
      .map(entryOf),
    gone: asArray(gone).length,
  }
}

/** What XINFO GROUPS says. */
export function groupsIn(reply: unknown): readonly Group[] {
  return asArray(reply).map((each) => {
    const fields = fieldsOf(each)
    return {
      name: asText(fields.get('name')),
      pending: Number(fields.get('pending')),
      lastDelivered: asText(fields.get('last-delivered-id')),
    }
  })
}

/** The oldest id in a summary of XPENDING; undefined when nothing is pending. */
export function oldestPending(reply: unknown): string | undefined {
  const oldest = asArray(reply)[1]
  return oldest === null ? undefined : asText(oldest)
}

/** The ids in the long form of XPENDING. */
export function pendingIds(reply: unknown): readonly string[] {
  return asArray(reply).map((each) => asText(asArray(each)[0]))
}

/** A number. */
export function asCount(reply: unknown): number {
  return Number(reply)
}

function entryOf(reply: unknown): Entry {
  const [id, values] = asArray(reply)
  if (values === null) return { id: asText(id), batch: undefined, isGone: true }
  const fields = fieldsOf(values)
  const batchId = fields.get('id')
  const data = fields.get('data')
  const isBatch = typeof batchId === 'string' && typeof data === 'string' && data.endsWith('\n')
  const batch = isBatch ? { id: batchId, data, count: countLines(data) } : undefined
  return { id: asText(id), batch, isGone: false }
}

function fieldsOf(reply: unknown): Map<string, unknown> {
  const values = asArray(reply)
  const fields = new Map<string, unknown>()
  for (let at = 0; at < values.length; at += 2) fields.set(asText(values[at]), values[at + 1])
  return fields
}

function asArray(reply: unknown): readonly unknown[] {
  if (Array.isArray(reply)) return reply
  throw new TypeError('the server has answered something else than a list')
}

function asText(reply: unknown): string {
  return String(reply)
}
