// Splunk's HTTP Event Collector: events one behind the other.

import type { HttpAnswer, Judgement } from '../message.js'
import { answerOf, type Collector, type Shipment } from './collector.js'

/**
 * The event endpoint of Splunk's collector. The labels `host`, `source`, `sourcetype` and `index` are an event's own, all
 * others its indexed fields. The token is a header: `authorization: Splunk ...`.
 */
export const splunkHec: Collector = {
  url: '/services/collector/event',
  contentType: 'application/json',
  body,
  judge: judgeEvents,
}

const OWN = new Set(['host', 'source', 'sourcetype', 'index'])

function body({ lines, labels, timeAt }: Shipment): string {
  const own = Object.entries(labels).filter(([name]) => OWN.has(name))
  const fields = Object.entries(labels).filter(([name]) => !OWN.has(name))
  const metadata = { ...Object.fromEntries(own), ...(fields.length > 0 && { fields: Object.fromEntries(fields) }) }
  const more = own.length + fields.length > 0 ? `,${JSON.stringify(metadata).slice(1, -1)}` : ''
  return lines.map((line, index) => `{"time":${seconds(timeAt(index))}${more},"event":${line}}`).join('\n')
}

function seconds(time: number): string {
  return (time / 1000).toFixed(3)
}

// Codes of answers about one event: its format, no event, a blank one, its indexed fields. They count from 0; 'incorrect
// index' counts from 1, and is the same for all events.
const ONE_EVENT: ReadonlySet<unknown> = new Set<unknown>([6, 12, 13, 15])

// What an answer says that refuses one event: those before it were taken, those behind it were not looked at.
function judgeEvents(answer: HttpAnswer, count: number): Judgement | undefined {
  const { code, 'invalid-event-number': index } = answerOf(answer)
  if (answer.status !== 400 || !ONE_EVENT.has(code)) return undefined
  if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= count) return undefined
  return { items: [{ index, status: answer.status, text: answer.text }], unread: index + 1 }
}
