// The requests of presets, and what their answers mean.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Batch, Monitor, PINO_SHAPE } from '@pino-handlers/core'
import { bulkRefused, PRESETS, type Preset, presetForm, retryDelay, verdictOf } from '@pino-handlers/http/wire'

const LINES = ['{"level":30,"time":1508025600123,"msg":"a"}', '{"level":50,"time":1508025600124,"msg":"b"}']

function bodyOf(preset: Preset): string {
  const context = { format: undefined, terminator: '\n', monitor: new Monitor('http', 'ignore'), shape: PINO_SHAPE }
  const batch = new Batch(`${LINES.join('\n')}\n`, LINES.length, context)
  const form = presetForm(preset, { url: '/in', headers: [] })
  return String(form.request(form.parcel(batch, () => {})).body)
}

describe('presetForm', () => {
  it('makes the body that each collector takes', () => {
    const [a = '', b = ''] = LINES
    assert.deepEqual(Object.fromEntries(PRESETS.map((preset) => [preset, bodyOf(preset)])), {
      loki: JSON.stringify({
        streams: [
          { stream: { level: 'info' }, values: [['1508025600123000000', a]] },
          { stream: { level: 'error' }, values: [['1508025600124000000', b]] },
        ],
      }),
      elasticsearch: `{"create":{}}\n${a}\n{"create":{}}\n${b}\n`,
      'splunk-hec': `{"time":1508025600.123,"event":${a}}\n{"time":1508025600.124,"event":${b}}`,
      datadog: JSON.stringify([
        { status: 'info', message: a },
        { status: 'error', message: b },
      ]),
      otlp: JSON.stringify({
        resourceLogs: [
          {
            scopeLogs: [
              {
                logRecords: [
                  {
                    timeUnixNano: '1508025600123000000',
                    severityNumber: 9,
                    severityText: 'info',
                    body: { stringValue: a },
                  },
                  {
                    timeUnixNano: '1508025600124000000',
                    severityNumber: 17,
                    severityText: 'error',
                    body: { stringValue: b },
                  },
                ],
              },
            ],
          },
        ],
      }),
    })
  })

  it('finds the items that a bulk answer with status 200 refuses', () => {
    const items = [
      { create: { status: 201 } },
      { create: { status: 429, error: { type: 'busy' } } },
      { create: { status: 400, error: { type: 'bad' } } },
      { create: { status: 409 } },
    ]
    const answer = { status: 200, retryAfter: undefined, text: JSON.stringify({ errors: true, items }) }
    assert.deepEqual(bulkRefused(answer), [
      { index: 1, status: 429, text: '{"type":"busy"}' },
      { index: 2, status: 400, text: '{"type":"bad"}' },
    ])
  })
})

describe('verdictOf', () => {
  it('tells from a status what becomes of a batch', () => {
    const statuses = [200, 204, 301, 400, 401, 404, 408, 413, 425, 429, 500, 503]
    assert.deepEqual(statuses.map(verdictOf), [
      'taken',
      'taken',
      'refused',
      'refused',
      'refused',
      'refused',
      'again',
      'split',
      'again',
      'again',
      'again',
      'again',
    ])
  })
})

describe('retryDelay', () => {
  it('reads seconds and dates, and at most an hour', () => {
    const now = Date.parse('Wed, 21 Oct 2015 07:28:00 GMT')
    const values = ['5', 'Wed, 21 Oct 2015 07:28:30 GMT', 'Wed, 21 Oct 2015 07:27:00 GMT', '999999', 'soon', undefined]
    assert.deepEqual(
      values.map((value) => retryDelay(value, now)),
      [5, 30, 0, 3600, 0, 0],
    )
  })
})
