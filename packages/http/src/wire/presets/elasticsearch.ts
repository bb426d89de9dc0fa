// Elasticsearch and OpenSearch: documents in bulk, each of which has an answer of its own.

import { isObject } from '@pino-handlers/core'
import type { HttpAnswer, ItemAnswer, Judgement } from '../message.js'
import { answerOf, type Collector, fieldsOf, type Shipment } from './collector.js'

/**
 * The bulk API, by default for the data stream `logs-pino-default`, which templates of Elasticsearch know. Labels are
 * fields of the documents. `@timestamp` is made of the time, and the `_id` is the same when a record is sent again.
 */
export const elasticsearch: Collector = {
  // Of the answer only what is read.
  url: '/logs-pino-default/_bulk?filter_path=errors,items.*.status,items.*.error',
  contentType: 'application/x-ndjson',
  body: (shipment) => shipment.lines.map((line, index) => itemOf(line, index, shipment)).join(''),
  judge: judgeBulk,
}

function itemOf(line: string, index: number, { labels, messageKey, key, timeAt }: Shipment): string {
  const id = key === undefined ? {} : { _id: `${key}-${index}` }
  const added = { '@timestamp': new Date(timeAt(index)).toISOString(), ...labels }
  return `${JSON.stringify({ create: id })}\n${documentOf(line, added, messageKey)}\n`
}

// Two fields of one name are an error for Elasticsearch; those of the record stay.
function documentOf(line: string, added: Readonly<Record<string, string>>, messageKey: string): string {
  if (!line.startsWith('{')) return JSON.stringify({ ...added, [messageKey]: JSON.parse(line) })
  const isPlain = !Object.keys(added).some((name) => line.includes(JSON.stringify(name)))
  const fields = isPlain ? {} : (fieldsOf(line) ?? {})
  const missing = Object.entries(added).filter(([name]) => !Object.hasOwn(fields, name))
  const rest = line.slice(1).trimStart()
  if (missing.length === 0) return line
  return `${JSON.stringify(Object.fromEntries(missing)).slice(0, -1)}${rest === '}' ? '' : ','}${rest}`
}

// What a bulk answer says of its items, though its status is 200. A conflict means that the document is there, since it
// was sent before. Of an answer that cannot be read, but tells of errors, all are refused.
function judgeBulk(answer: HttpAnswer, count: number): Judgement | undefined {
  if (answer.status !== 200) return undefined
  const { errors, items } = answerOf(answer)
  if (Array.isArray(items)) return errors === true ? { items: items.flatMap(refusalOf) } : undefined
  if (!/"errors"\s*:\s*true/.test(answer.text)) return undefined
  const text = 'some documents of the batch were refused, and the answer cannot be read'
  return { items: Array.from({ length: count }, (_, index) => ({ index, status: 400, text })) }
}

function refusalOf(item: unknown, index: number): readonly ItemAnswer[] {
  const [result] = isObject(item) ? Object.values(item) : []
  const { status, error } = isObject(result) ? result : {}
  if (typeof status !== 'number' || (status >= 200 && status < 300) || status === 409) return []
  return [{ index, status, text: JSON.stringify(error ?? null) }]
}
