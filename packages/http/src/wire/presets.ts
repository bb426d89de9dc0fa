// The forms of well-known log collectors.

import type { Parcel } from '@pino-handlers/core'
import { jsonLines } from './json-form.js'
import { type Header, type RequestForm, withHeaders } from './message.js'
import type { Collector, Labels } from './presets/collector.js'
import { datadog } from './presets/datadog.js'
import { elasticsearch } from './presets/elasticsearch.js'
import { loki } from './presets/loki.js'
import { otlp } from './presets/otlp.js'
import { splunkHec } from './presets/splunk-hec.js'

const COLLECTORS = {
  loki,
  elasticsearch,
  'splunk-hec': splunkHec,
  datadog,
  otlp,
} as const satisfies Readonly<Record<string, Collector>>

/** The collectors whose forms are known. */
export type Preset = 'loki' | 'elasticsearch' | 'splunk-hec' | 'datadog' | 'otlp'

/** The names of all presets. */
export const PRESETS: readonly Preset[] = ['loki', 'elasticsearch', 'splunk-hec', 'datadog', 'otlp']

/** What stands in a request beside the records. */
export interface PresetSettings {
  /** Path and query. Default: where the collector takes records, such as `/loki/api/v1/push`. */
  readonly url?: string | undefined
  readonly headers?: readonly Header[] | undefined
  /** Where the records come from, by the names that the collector has for it. Default: none. */
  readonly labels?: Labels | undefined
  /** Where the message is in a line. Default: 'msg'. */
  readonly messageKey?: string | undefined
}

/**
 * The form of a collector. A record without a time has that of `now`, in milliseconds since the epoch.
 * @throws {Error} for a label that the collector cannot take; its message continues the sentence `option "labels" ...`.
 */
export function presetForm(preset: Preset, settings: PresetSettings = {}, now: () => number = Date.now): RequestForm {
  const collector: Collector = COLLECTORS[preset]
  const { url = collector.url, headers = [], labels = {} } = settings
  for (const name of Object.keys(labels)) collector.checkLabel?.(name)
  const { contentType, judge } = collector
  // The same for all records, but in a worker pino says it after the handler was made.
  let messageKey = settings.messageKey ?? 'msg'
  return {
    batched: true,
    parcel(batch) {
      messageKey = settings.messageKey ?? batch.context?.shape.messageKey ?? messageKey
      return jsonLines(batch)
    },
    request: (parcel, key) => ({
      method: 'POST',
      path: url,
      headers: withHeaders([['content-type', contentType]], headers),
      body: collector.body({
        lines: linesOf(parcel),
        labels,
        messageKey,
        key,
        timeAt: (index) => parcel.timeAt(index) ?? now(),
        levelAt: (index) => parcel.levelAt(index),
      }),
    }),
    ...(judge && { judge }),
  }
}

function linesOf({ entries }: Parcel): readonly string[] {
  return entries.map((entry) => entry.trimEnd())
}
