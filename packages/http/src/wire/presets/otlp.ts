// OpenTelemetry's protocol over HTTP, in JSON.

import { isObject, levelRow } from '@pino-handlers/core'
import type { HttpAnswer, Judgement } from '../message.js'
import { answerOf, type Collector, fieldsOf, nanoseconds, plainText, type Shipment } from './collector.js'

/**
 * OTLP's logs. Labels are attributes of the resource, such as `service.name`. The message is the body, or the whole line
 * without one and for a record that is nested more than 32 deep; `trace_id`, `span_id` and `trace_flags` are those of the
 * trace, and all other fields attributes.
 */
export const otlp: Collector = {
  url: '/v1/logs',
  contentType: 'application/json',
  body(shipment) {
    const attributes = attributesOf(shipment.labels)
    const logRecords = shipment.lines.map((line, index) => logRecord(line, index, shipment))
    const resource = attributes.length > 0 ? { resource: { attributes } } : {}
    return JSON.stringify({ resourceLogs: [{ ...resource, scopeLogs: [{ logRecords }] }] })
  },
  judge: judgeExport,
}

type Fields = Readonly<Record<string, unknown>>

// Each level is several in the request, and its receiver has a limit as well.
const MAX_DEPTH = 32

function logRecord(line: string, index: number, { messageKey, timeAt, levelAt }: Shipment): object {
  const level = levelAt(index)
  const fields = fieldsOf(line)
  const facts = {
    timeUnixNano: nanoseconds(timeAt(index)),
    severityNumber: severityOf(level),
    severityText: levelRow(level).label,
  }
  const message = fields?.[messageKey]
  if (!fields || typeof message !== 'string' || !isWithin(fields, MAX_DEPTH))
    return { ...facts, body: { stringValue: plainText(line) } }
  const { [messageKey]: _, ...others } = fields
  const { trace, attributes } = traceOf(others)
  return { ...facts, body: { stringValue: message }, attributes, ...trace }
}

interface TraceFact {
  /** Hexadecimal digits. */
  readonly length: number
  of(hex: string): object
}

const TRACE: ReadonlyMap<string, TraceFact> = new Map<string, TraceFact>([
  ['trace_id', { length: 32, of: (hex) => ({ traceId: hex }) }],
  ['span_id', { length: 16, of: (hex) => ({ spanId: hex }) }],
  ['trace_flags', { length: 2, of: (hex) => ({ flags: Number.parseInt(hex, 16) }) }],
])

// One of a wrong length would have the whole request refused: it is an attribute like others.
function traceOf(fields: Fields): { trace: object; attributes: readonly object[] } {
  const trace = {}
  const attributes: object[] = []
  for (const [name, value] of Object.entries(fields)) {
    const fact = TRACE.get(name)
    if (fact && isHex(value, fact.length)) Object.assign(trace, fact.of(value))
    else attributes.push({ key: name, value: anyValue(value) })
  }
  return { trace, attributes }
}

function isHex(value: unknown, length: number): value is string {
  return typeof value === 'string' && value.length === length && /^[\da-f]+$/i.test(value)
}

// pino's 10 to 60 as TRACE, DEBUG, INFO, WARN, ERROR, FATAL, which are four apart.
function severityOf(level: number): number {
  return Math.min(Math.max(Math.floor(level / 10), 1), 6) * 4 - 3
}

function isWithin(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return depth > 0 && Object.values(value).every((each) => isWithin(each, depth - 1))
}

function attributesOf(fields: Fields): readonly object[] {
  return Object.entries(fields).map(([key, value]) => ({ key, value: anyValue(value) }))
}

// Whole numbers of 64 bits are strings in the JSON of protocol buffers; null is a value without a type.
function anyValue(value: unknown): object {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } }
  return isObject(value) ? { kvlistValue: { values: attributesOf(value) } } : {}
}

// What an answer says that refuses some records without saying which.
function judgeExport(answer: HttpAnswer, count: number): Judgement | undefined {
  const { partialSuccess } = answerOf(answer)
  if (answer.status !== 200 || !isObject(partialSuccess)) return undefined
  // A count of 64 bits is a string. With 0 the message is only a hint.
  const rejected = Number(partialSuccess.rejectedLogRecords ?? 0)
  if (!(rejected >= 1)) return undefined
  return { items: [], unnamed: Math.min(Math.floor(rejected), count), text: String(partialSuccess.errorMessage ?? '') }
}
