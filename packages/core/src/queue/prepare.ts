// What becomes of a record on its way into or out of a queue.

import { Batch } from '../batch.js'
import { show } from '../options.js'
import { LogRecord } from '../record.js'

/**
 * Makes of a record what goes on: the record itself, another object, a line of JSON or text; null or undefined leaves it
 * out. Python: `QueueHandler.prepare` and `QueueListener.prepare`.
 */
export type Prepare = (record: LogRecord) => string | object | null | undefined

/** The batch of what `prepare` makes of each record; what it leaves out counts as filtered, what it throws as invalid. */
export function preparedBatch(batch: Batch, prepare: Prepare): Batch {
  const { monitor } = batch.context
  let leftOut = 0
  let text = ''
  let count = 0
  for (const record of batch.records) {
    try {
      const line = lineOf(prepare(record))
      if (line === undefined) leftOut++
      else {
        text += `${line}\n`
        count++
      }
    } catch (error) {
      monitor.invalid(1, error)
    }
  }
  monitor.leftOut(leftOut)
  return new Batch(text, count, batch.context)
}

function lineOf(prepared: unknown): string | undefined {
  if (prepared instanceof LogRecord) return prepared.line
  if (prepared === null || prepared === undefined) return undefined
  if (prepared instanceof Promise) throw new TypeError('prepare must not return a promise')
  const line: unknown = typeof prepared === 'object' ? JSON.stringify(prepared) : prepared
  if (typeof line !== 'string')
    throw new TypeError(`prepare must return a record, an object, a line or null, got ${show(prepared)}`)
  if (line.includes('\n')) throw new TypeError(`prepare must return one line, got ${show(line)}`)
  return line
}
