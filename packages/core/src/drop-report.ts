// The record that stands for those that were dropped.

import { hostname } from 'node:os'
import { Batch, type BatchContext } from './batch.js'
import type { Loss } from './outbox.js'

const WARN = 40

/** A batch with one record, as if the application had logged it, that says what was lost and when. */
export function dropReport({ count, from, to }: Loss, context: BatchContext): Batch {
  const { shape, monitor } = context
  const what = count === 1 ? 'record' : 'records'
  const [first, last] = [from, to].map((time) => new Date(time).toISOString())
  const fields = {
    [shape.levelKey]: WARN,
    [shape.timeKey]: Date.now(),
    pid: process.pid,
    hostname: hostname(),
    name: `pino-handlers.${monitor.handler}`,
    dropped: count,
    from: first,
    to: last,
    reason: 'overflow',
    [shape.messageKey]: `${count} ${what} dropped between ${first} and ${last}`,
  }
  return new Batch(`${JSON.stringify(fields)}\n`, 1, context)
}
