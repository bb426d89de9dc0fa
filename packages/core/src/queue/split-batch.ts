// A batch in pieces, for a queue that takes no such large ones.

import type { QueueBatch } from './queue.js'

/**
 * Batches of whole lines with at most `maxBytes` bytes, unless a line has more by itself. Their ids are the same each time
 * that the same batch is split at the same size. A batch that fits is returned as it is.
 */
export function splitBatch(batch: QueueBatch, maxBytes: number): readonly QueueBatch[] {
  if (fits(batch, maxBytes) || batch.count < 2) return [batch]
  const pieces: QueueBatch[] = []
  let lines: string[] = []
  let bytes = 0
  const end = (): void => {
    if (lines.length > 0) pieces.push({ id: `${batch.id}/${pieces.length}`, data: lines.join(''), count: lines.length })
    lines = []
    bytes = 0
  }
  for (const line of batch.data.match(/[^\n]*\n/g) ?? []) {
    const size = Buffer.byteLength(line)
    if (bytes + size > maxBytes) end()
    lines.push(line)
    bytes += size
  }
  end()
  return pieces
}

/** The lines of the batch have at most `maxBytes` bytes. */
export function fits({ data }: QueueBatch, maxBytes: number): boolean {
  // Characters are at most three bytes each.
  return data.length * 3 <= maxBytes || Buffer.byteLength(data) <= maxBytes
}
