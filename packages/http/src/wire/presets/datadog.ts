// Datadog's intake of logs.

import { levelRow } from '@pino-handlers/core'
import { type Collector, plainText, type Shipment } from './collector.js'

/**
 * The second version of Datadog's intake. The labels `ddsource`, `service` and `hostname` are a log's own, `ddtags` goes
 * before the others, which become tags; without `ddsource` it is 'nodejs'. The line is `message`, which Datadog reads as
 * JSON. The key is a header: `dd-api-key`.
 */
export const datadog: Collector = {
  url: '/api/v2/logs',
  contentType: 'application/json',
  body,
}

const OWN = new Set(['ddsource', 'service', 'hostname'])

function body({ lines, labels, timeAt, levelAt }: Shipment): string {
  const { ddtags, ...others } = labels
  const own = Object.entries(others).filter(([name]) => OWN.has(name))
  const tags = Object.entries(others).filter(([name]) => !OWN.has(name))
  const all = [...(ddtags ? [ddtags] : []), ...tags.map(([name, value]) => `${name}:${value}`)].join(',')
  const origin = { ddsource: 'nodejs', ...Object.fromEntries(own), ...(all && { ddtags: all }) }
  return JSON.stringify(
    lines.map((line, index) => ({
      ...origin,
      status: levelRow(levelAt(index)).levelname.toLowerCase(),
      timestamp: Math.round(timeAt(index)),
      message: plainText(line),
    })),
  )
}
