// Records as the batches that go into a queue.

import { randomBytes } from 'node:crypto'
import { type Batch, countLines, type LogRecord, piecesOf } from '@pino-handlers/core'
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
    piecesOf(textOf(batch, prepare), MAX_LENGTH).map((data): QueueBatch => {
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
