// Grafana Loki: streams of lines, which their labels tell apart.

import { levelRow } from '@pino-handlers/core'
import { type Collector, nanoseconds, plainText, type Shipment } from './collector.js'

/**
 * Loki's push API. Labels are those of the streams, beside `level`, pino's label: one stream for each level, since there
 * should be few. Loki refuses a batch in which some records are too old as a whole, though it has taken the others.
 */
export const loki: Collector = {
  url: '/loki/api/v1/push',
  contentType: 'application/json',
  checkLabel(name) {
    if (!/^[a-z_]\w*$/i.test(name))
      throw new Error(`must have names of letters, digits and _ for 'loki', got '${name}'`)
    if (name === 'level') throw new Error("has 'level', which comes from the records")
  },
  body,
}

function body({ lines, labels, timeAt, levelAt }: Shipment): string {
  const streams = new Map<string, [time: string, line: string][]>()
  for (const [index, line] of lines.entries()) {
    const level = levelRow(levelAt(index)).label
    const values = streams.get(level) ?? []
    values.push([nanoseconds(timeAt(index)), plainText(line)])
    streams.set(level, values)
  }
  return JSON.stringify({
    streams: [...streams].map(([level, values]) => ({ stream: { ...labels, level }, values })),
  })
}
