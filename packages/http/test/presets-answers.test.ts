// What the answers of collectors mean, and those of all servers.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type HttpAnswer,
  type Judgement,
  type Preset,
  presetForm,
  retryDelay,
  verdictOf,
} from '@pino-handlers/http/wire'

function judged(preset: Preset, count: number, status: number, body: unknown): Judgement | undefined {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const answer: HttpAnswer = { status, retryAfter: undefined, text }
  return presetForm(preset).judge?.(answer, count)
}

describe('what an answer says of each record', () => {
  it('Elasticsearch: items of a bulk answer with status 200; what is there already is taken', () => {
    const items = [
      { create: { status: 201 } },
      { create: { status: 429, error: { type: 'busy' } } },
      { create: { status: 400, error: { type: 'bad' } } },
      { create: { status: 409, error: { type: 'version_conflict_engine_exception' } } },
      { create: { status: 503 } },
    ]
    assert.deepEqual(
      [
        judged('elasticsearch', 5, 200, { errors: true, items }),
        judged('elasticsearch', 5, 200, { errors: false, items }),
        judged('elasticsearch', 5, 200, {}),
        judged('elasticsearch', 2, 200, '{"errors":true,"items":[{"create":{"sta'),
        judged('elasticsearch', 5, 400, { errors: true, items }),
      ],
      [
        {
          items: [
            { index: 1, status: 429, text: '{"type":"busy"}' },
            { index: 2, status: 400, text: '{"type":"bad"}' },
            { index: 4, status: 503, text: 'null' },
          ],
        },
        undefined,
        undefined,
        {
          items: [0, 1].map((index) => ({
            index,
            status: 400,
            text: 'some documents of the batch were refused, and the answer cannot be read',
          })),
        },
        undefined,
      ],
    )
  })

  it('Splunk: the first event that is invalid, behind which none was looked at', () => {
    const invalid = { text: 'Invalid data format', code: 6, 'invalid-event-number': 2 }
    assert.deepEqual(
      [
        judged('splunk-hec', 5, 400, invalid),
        judged('splunk-hec', 2, 400, invalid),
        judged('splunk-hec', 5, 400, { text: 'Incorrect index', code: 7, 'invalid-event-number': 1 }),
        judged('splunk-hec', 5, 400, { text: 'No data', code: 5 }),
        judged('splunk-hec', 5, 200, { text: 'Success', code: 0 }),
        judged('splunk-hec', 5, 503, { text: 'Server is busy', code: 9 }),
      ],
      [
        { items: [{ index: 2, status: 400, text: JSON.stringify(invalid) }], unread: 3 },
        undefined,
        undefined,
        undefined,
        undefined,
        undefined,
      ],
    )
  })

  it('OTLP: how many records were refused, not which', () => {
    const partial = (partialSuccess: object): Judgement | undefined => judged('otlp', 5, 200, { partialSuccess })
    assert.deepEqual(
      [
        partial({ rejectedLogRecords: '2', errorMessage: 'too old' }),
        partial({ rejectedLogRecords: 9 }),
        partial({ rejectedLogRecords: '0', errorMessage: 'a hint' }),
        partial({}),
        judged('otlp', 5, 200, {}),
        judged('otlp', 5, 200, 'no JSON'),
        judged('otlp', 5, 400, { message: 'bad' }),
      ],
      [
        { items: [], unnamed: 2, text: 'too old' },
        { items: [], unnamed: 5, text: '' },
        undefined,
        undefined,
        undefined,
        undefined,
        undefined,
      ],
    )
  })

  it('Loki and Datadog: what the status says of all', () => {
    assert.deepEqual(
      [
        presetForm('loki').judge,
        presetForm('datadog').judge,
        [204, 400, 429].map(verdictOf),
        [202, 413].map(verdictOf),
      ],
      [undefined, undefined, ['taken', 'refused', 'again'], ['taken', 'split']],
    )
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
