// The requests of presets.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Batch, Monitor, PINO_SHAPE } from '@pino-handlers/core'
import { type HttpRequest, PRESETS, type Preset, type PresetSettings, presetForm } from '@pino-handlers/http/wire'

const LINES = ['{"level":30,"time":1508025600123,"msg":"a"}', '{"level":60,"time":1508025600124,"msg":"b"}']
const [A = '', B = ''] = LINES
const NOW = 1511111111111

function requestOf(
  preset: Preset,
  lines: readonly string[] = LINES,
  settings: PresetSettings = {},
  key?: string,
): HttpRequest {
  const context = { format: undefined, terminator: '\n', monitor: new Monitor('http', 'ignore'), shape: PINO_SHAPE }
  const batch = new Batch(lines.map((line) => `${line}\n`).join(''), lines.length, context)
  const form = presetForm(preset, settings, () => NOW)
  return form.request(
    form.parcel(batch, () => {}),
    key,
  )
}

function bodyOf(preset: Preset, lines?: readonly string[], settings?: PresetSettings, key?: string): string {
  return String(requestOf(preset, lines, settings, key).body)
}

// One of LINES as OTLP has it.
function exported(ms: number, level: number, severityNumber: number, severityText: string, msg: string): object {
  return {
    timeUnixNano: `1508025600${ms}000000`,
    severityNumber,
    severityText,
    body: { stringValue: msg },
    attributes: [
      { key: 'level', value: { intValue: String(level) } },
      { key: 'time', value: { intValue: `1508025600${ms}` } },
    ],
  }
}

describe('presetForm', () => {
  it('posts to where each collector takes records, unless it is told otherwise', () => {
    const requests = PRESETS.map((preset) => {
      const { method, path, headers } = requestOf(preset)
      return [preset, method, path, headers]
    })
    const own = requestOf('loki', LINES, { url: '/logs/push?tenant=1', headers: [['x-scope-orgid', 'a']] })
    const json = [['content-type', 'application/json']]
    assert.deepEqual(
      [requests, own.path, own.headers],
      [
        [
          ['loki', 'POST', '/loki/api/v1/push', json],
          [
            'elasticsearch',
            'POST',
            '/logs-pino-default/_bulk?filter_path=errors,items.*.status,items.*.error',
            [['content-type', 'application/x-ndjson']],
          ],
          ['splunk-hec', 'POST', '/services/collector/event', json],
          ['datadog', 'POST', '/api/v2/logs', json],
          ['otlp', 'POST', '/v1/logs', json],
        ],
        '/logs/push?tenant=1',
        [...json, ['x-scope-orgid', 'a']],
      ],
    )
  })

  it('makes the body that each collector takes', () => {
    assert.deepEqual(Object.fromEntries(PRESETS.map((preset) => [preset, bodyOf(preset)])), {
      loki: JSON.stringify({
        streams: [
          { stream: { level: 'info' }, values: [['1508025600123000000', A]] },
          { stream: { level: 'fatal' }, values: [['1508025600124000000', B]] },
        ],
      }),
      elasticsearch: [
        '{"create":{}}',
        `{"@timestamp":"2017-10-15T00:00:00.123Z",${A.slice(1)}`,
        '{"create":{}}',
        `{"@timestamp":"2017-10-15T00:00:00.124Z",${B.slice(1)}`,
        '',
      ].join('\n'),
      'splunk-hec': `{"time":1508025600.123,"event":${A}}\n{"time":1508025600.124,"event":${B}}`,
      datadog: JSON.stringify([
        { ddsource: 'nodejs', status: 'info', timestamp: 1508025600123, message: A },
        { ddsource: 'nodejs', status: 'critical', timestamp: 1508025600124, message: B },
      ]),
      otlp: JSON.stringify({
        resourceLogs: [
          { scopeLogs: [{ logRecords: [exported(123, 30, 9, 'info', 'a'), exported(124, 60, 21, 'fatal', 'b')] }] },
        ],
      }),
    })
  })

  it('puts labels where each collector has them', () => {
    const bodies = {
      loki: JSON.parse(bodyOf('loki', [A], { labels: { job: 'shop' } })).streams[0].stream,
      elasticsearch: bodyOf('elasticsearch', [A], { labels: { 'service.name': 'shop' } }).split('\n')[1],
      'splunk-hec': bodyOf('splunk-hec', [A], { labels: { host: 'h', sourcetype: '_json', region: 'eu' } }),
      datadog: JSON.parse(
        bodyOf('datadog', [A], { labels: { service: 'shop', hostname: 'h', ddtags: 'team:web', env: 'prod' } }),
      ),
      otlp: JSON.parse(bodyOf('otlp', [A], { labels: { 'service.name': 'shop' } })).resourceLogs[0].resource,
    }
    assert.deepEqual(bodies, {
      loki: { job: 'shop', level: 'info' },
      elasticsearch: `{"@timestamp":"2017-10-15T00:00:00.123Z","service.name":"shop",${A.slice(1)}`,
      'splunk-hec': `{"time":1508025600.123,"host":"h","sourcetype":"_json","fields":{"region":"eu"},"event":${A}}`,
      datadog: [
        {
          ddsource: 'nodejs',
          service: 'shop',
          hostname: 'h',
          ddtags: 'team:web,env:prod',
          status: 'info',
          timestamp: 1508025600123,
          message: A,
        },
      ],
      otlp: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
    })
  })

  it('refuses labels that Loki does not take', () => {
    assert.throws(() => presetForm('loki', { labels: { 'service.name': 'shop' } }), {
      message: "must have names of letters, digits and _ for 'loki', got 'service.name'",
    })
    assert.throws(() => presetForm('loki', { labels: { level: 'x' } }), /has 'level', which comes from the records/)
  })

  it('sends a text that is no JSON as a text, with the time of now', () => {
    const lines = ['plain "text"']
    const [, document] = bodyOf('elasticsearch', lines).split('\n')
    assert.deepEqual(
      {
        loki: JSON.parse(bodyOf('loki', lines)).streams[0].values,
        elasticsearch: document,
        'splunk-hec': bodyOf('splunk-hec', lines),
        datadog: JSON.parse(bodyOf('datadog', lines))[0].message,
        otlp: JSON.parse(bodyOf('otlp', lines)).resourceLogs[0].scopeLogs[0].logRecords,
      },
      {
        loki: [['1511111111111000000', 'plain "text"']],
        elasticsearch: '{"@timestamp":"2017-11-19T17:05:11.111Z","msg":"plain \\"text\\""}',
        'splunk-hec': '{"time":1511111111.111,"event":"plain \\"text\\""}',
        datadog: 'plain "text"',
        otlp: [
          {
            timeUnixNano: '1511111111111000000',
            severityNumber: 9,
            severityText: 'info',
            body: { stringValue: 'plain "text"' },
          },
        ],
      },
    )
  })

  it('keeps the fields of a document, and gives it the same _id each time that it is sent', () => {
    const lines = [
      '{"@timestamp":"2020-01-01T00:00:00Z","service.name":"own","msg":"@timestamp"}',
      '{}',
      '{"a":{"env":1}}',
    ]
    assert.equal(
      bodyOf('elasticsearch', lines, { labels: { 'service.name': 'shop', env: 'prod' } }, 'key'),
      [
        '{"create":{"_id":"key-0"}}',
        `{"env":"prod",${lines[0]?.slice(1)}`,
        '{"create":{"_id":"key-1"}}',
        '{"@timestamp":"2017-11-19T17:05:11.111Z","service.name":"shop","env":"prod"}',
        '{"create":{"_id":"key-2"}}',
        '{"@timestamp":"2017-11-19T17:05:11.111Z","service.name":"shop","env":"prod","a":{"env":1}}',
        '',
      ].join('\n'),
    )
  })

  it("makes OTLP's values of all that JSON can say, and its trace of a record's", () => {
    const fields = { n: 1, f: 1.5, big: 1e300, yes: true, none: null, list: [1, 'a'], deep: { x: { y: 'z' } } }
    const trace = { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331', trace_flags: '01' }
    const lines = [
      JSON.stringify({ ...trace, ...fields, text: 'a' }),
      JSON.stringify({ trace_id: 'short', text: 'b' }),
      JSON.stringify({ text: 1 }),
    ]
    const { resourceLogs } = JSON.parse(bodyOf('otlp', lines, { messageKey: 'text' }))
    const at = { timeUnixNano: '1511111111111000000', severityNumber: 9, severityText: 'info' }
    assert.deepEqual(resourceLogs[0].scopeLogs[0].logRecords, [
      {
        ...at,
        body: { stringValue: 'a' },
        attributes: [
          { key: 'n', value: { intValue: '1' } },
          { key: 'f', value: { doubleValue: 1.5 } },
          { key: 'big', value: { doubleValue: 1e300 } },
          { key: 'yes', value: { boolValue: true } },
          { key: 'none', value: {} },
          { key: 'list', value: { arrayValue: { values: [{ intValue: '1' }, { stringValue: 'a' }] } } },
          {
            key: 'deep',
            value: {
              kvlistValue: {
                values: [{ key: 'x', value: { kvlistValue: { values: [{ key: 'y', value: { stringValue: 'z' } }] } } }],
              },
            },
          },
        ],
        traceId: trace.trace_id,
        spanId: trace.span_id,
        flags: 1,
      },
      { ...at, body: { stringValue: 'b' }, attributes: [{ key: 'trace_id', value: { stringValue: 'short' } }] },
      { ...at, body: { stringValue: '{"text":1}' } },
    ])
  })

  it('has for OTLP the line of a record that is nested very deeply', () => {
    const [at32, at33, deepest] = [31, 32, 100_000].map(
      (depth) => `{"msg":"a","x":${'['.repeat(depth)}1${']'.repeat(depth)}}`,
    )
    const { logRecords } = JSON.parse(bodyOf('otlp', [at32 ?? '', at33 ?? '', deepest ?? ''])).resourceLogs[0]
      .scopeLogs[0]
    assert.deepEqual(
      logRecords.map(({ body }: { body: { stringValue: string } }) => body.stringValue),
      ['a', at33, deepest],
    )
  })

  it('puts levels of your own with the next lower one', () => {
    const lines = [5, 10, 20, 35, 40, 50, 70].map((level) => JSON.stringify({ level }))
    const streams: { stream: { level: string }; values: unknown[] }[] = JSON.parse(bodyOf('loki', lines)).streams
    const logs: { status: string }[] = JSON.parse(bodyOf('datadog', lines))
    const { logRecords } = JSON.parse(bodyOf('otlp', lines)).resourceLogs[0].scopeLogs[0]
    assert.deepEqual(
      [
        streams.map(({ stream, values }) => [stream.level, values.length]),
        logs.map(({ status }) => status),
        logRecords.map(({ severityNumber }: { severityNumber: number }) => severityNumber),
      ],
      [
        [
          ['trace', 2],
          ['debug', 1],
          ['info', 1],
          ['warn', 1],
          ['error', 1],
          ['fatal', 1],
        ],
        ['trace', 'trace', 'debug', 'info', 'warning', 'error', 'critical'],
        [1, 1, 5, 9, 13, 17, 21],
      ],
    )
  })
})
