// Records as the batches that go into a queue.

import { randomBytes } from 'node:crypto'
import { type Batch, countLines, type LogRecord } from '@pino-handlers/core'
import type { Encode } from '@pino-handlers/core/net'
import { type Prepare, preparedBatch, type QueueBatch } from '@pino-handlers/core/queue'
import { prepareLine } from './prepare.js'

// Characters of a batch, unless one line has more. What is taken twice after a crash is a batch.
const MAX_LENGTH = 256 * 1024

/** Makes batches with ids that no other handler has; lines that nothing changes go in as they are. */
export function batchEncoder(prepare: Prepare | undefined): Encode {
  const producer = randomBytes(8).toString('hex')
  let made = 0
  return (batch) =>
    pieces(textOf(batch, prepare)).map((data): QueueBatch => {
      made++
      return { id: `${producer}-${made}`, data, count: countLines(data) }
    })
}

function textOf(batch: Batch, prepare: Prepare | undefined): string {
  const { format, monitor } = batch.context
  if (prepare) return preparedBatch(batch, prepare).text
  if (!format) return batch.text
  const formatted = (record: LogRecord): string => {
    try {
      return prepareLine(record, String(format(record)))
    } catch (error) {
      // As in every handler a wrong format costs no record.
      monitor.failure('format', error)
      return record.line
    }
  }
  return batch.records.map((record) => `${formatted(record)}\n`).join('')
}

/** Whole lines in pieces of at most {@link MAX_LENGTH}, where a line is not longer than that. */
function pieces(text: string): string[] {
  if (text.length <= MAX_LENGTH) return text === '' ? [] : [text]
  const found: string[] = []
  for (let start = 0; start < text.length; ) {
    const last = text.lastIndexOf('\n', start + MAX_LENGTH - 1) + 1
    const end = last > start ? last : text.indexOf('\n', start) + 1
    found.push(text.slice(start, end))
    start = end
  }
  return found
}
