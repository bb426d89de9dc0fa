// Records as events, and what the log does, over calls that remember what they were asked.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { type CommonSettings, Handler, type Stats } from '@pino-handlers/core'
import { type EventSettings, ensureSource, eventSink } from '@pino-handlers/nt-eventlog/wire'
import { assertBalanced } from '../../../test/support/books.js'
import { line, numbered } from '../../../test/support/lines.js'
import { commonSettings } from '../../../test/support/settings.js'
import { FakeWindows } from './fake-windows.js'

interface Heard {
  readonly windows: FakeWindows
  readonly stats: Stats
  readonly failures: readonly string[]
  readonly states: readonly string[]
}

const format = ({ msg }: { readonly msg: string }): string => msg

function start(windows: FakeWindows, settings: EventSettings & Partial<CommonSettings> = {}): Handler {
  const all = { ...commonSettings({ formatter: format, terminator: '' }), appname: 'shop', ...settings }
  return new Handler({ name: 'nt-eventlog', settings: all, readsRecords: true }, (monitor) => {
    ensureSource(windows, { appname: 'shop', logtype: 'Application' }, monitor)
    return eventSink(windows, all, monitor)
  })
}

async function write(
  lines: readonly string[],
  settings: EventSettings & Partial<CommonSettings> = {},
  windows: FakeWindows = new FakeWindows(),
): Promise<Heard> {
  const handler = start(windows, settings)
  const [failures, states]: [string[], string[]] = [[], []]
  handler.on('failure', ({ kind, code, message }) => failures.push([kind, code, message].filter(Boolean).join(': ')))
  handler.on('state', ({ state }) => states.push(state))
  for (const each of lines) handler.write(each)
  const closed = once(handler, 'close')
  handler.end()
  await closed
  assertBalanced(handler.stats)
  return { windows, stats: handler.stats, failures, states }
}

const LEVELS = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60, notice: 35 }

describe('the events of records', () => {
  it('have the type of their level, category 0, id 1 and the text', async () => {
    const { windows } = await write(Object.entries(LEVELS).map(([label, level]) => line(label, { level })))

    const rest = { source: 'shop', category: 0, id: 1, data: undefined }
    assert.deepEqual(windows.events, [
      { ...rest, type: 4, strings: ['trace'] },
      { ...rest, type: 4, strings: ['debug'] },
      { ...rest, type: 4, strings: ['info'] },
      { ...rest, type: 2, strings: ['warn'] },
      { ...rest, type: 1, strings: ['error'] },
      { ...rest, type: 1, strings: ['fatal'] },
      { ...rest, type: 4, strings: ['notice'] },
    ])
  })

  it('are what the functions say', async () => {
    const { windows, failures } = await write([line('hi', { level: 50, code: 7 })], {
      getEventType: ({ level }) => (level >= 50 ? 'audit-failure' : 'success'),
      getEventCategory: (record) => Number(record.get('code')),
      getMessageID: () => 65_535,
      strings: (record, text) => [text, record.levelname],
      data: () => 'naïve',
    })

    assert.deepEqual(
      [windows.events, failures],
      [
        [
          {
            source: 'shop',
            type: 16,
            category: 7,
            id: 65_535,
            strings: ['hi', 'ERROR'],
            data: Buffer.from('naïve'),
          },
        ],
        [],
      ],
    )
  })

  it('are not lost for a function that is wrong', async () => {
    const wrong: [EventSettings, RegExp][] = [
      [
        { getEventCategory: () => 70_000 },
        /^event: getEventCategory must return a whole number from 0 to 65535, got 70000$/,
      ],
      [{ getMessageID: () => -1 }, /^event: getMessageID must return a whole number from 0 to 65535, got -1$/],
      [{ getMessageID: () => 1.5 }, /got 1\.5$/],
      [{ getEventType: () => 3 as 4 }, /^event: 3 is no event type; known are: success, error, /],
      [{ strings: () => 'text' as unknown as string[] }, /^event: strings must return a list of strings, got 'text'$/],
      [{ data: () => 5 as unknown as string }, /^event: data must return bytes, a string or nothing, got 5$/],
      [
        {
          strings() {
            throw new Error('a bug')
          },
        },
        /^event: a bug$/,
      ],
    ]
    for (const [settings, words] of wrong) {
      const { windows, failures, stats } = await write([line('hi')], settings)
      const expected = [{ source: 'shop', type: 4, category: 0, id: 1, strings: ['hi'], data: undefined }]
      assert.deepEqual([windows.events, failures.length, stats.delivered], [expected, 1, 1])
      assert.match(failures[0] ?? '', words)
    }
  })

  it('have strings of whatever the function lists', async () => {
    const list: unknown[] = [1, null, undefined, { a: 1 }, 2n, true]
    const { windows } = await write([line('hi')], { strings: () => list as string[] })

    assert.deepEqual(windows.events[0]?.strings, ['1', 'null', 'undefined', '[object Object]', '2', 'true'])
  })

  it('have as much data as Windows takes, and tell of the rest', async () => {
    const { windows, failures } = await write([line('hi')], { data: () => new Uint8Array(61_441) })

    assert.deepEqual(
      [windows.events[0]?.data?.length, failures],
      [61_440, ['event: data has 61441 bytes, of which an event takes 61440: the rest is cut']],
    )
  })
})

describe('the event log', () => {
  it('is opened with the first record and closed at the end', async () => {
    const { windows, stats, states } = await write(numbered(3))

    const events = windows.calls.slice(1)
    assert.deepEqual(
      [events, windows.open, stats.delivered, stats.bytes, states],
      [
        ['registerEventSource', 'reportEvent', 'reportEvent', 'reportEvent', 'deregisterEventSource'],
        0,
        3,
        6,
        ['closed'],
      ],
    )
  })

  it('is not opened for nothing', async () => {
    const { windows } = await write([])
    assert.deepEqual(windows.calls.slice(1), [])
  })

  it('is opened again when its handle is lost', async () => {
    const windows = new FakeWindows()
    const handler = start(windows)
    handler.write(line('one'))
    windows.loseHandles()
    handler.write(line('two') + line('three'))
    const closed = once(handler, 'close')
    handler.end()
    await closed

    assertBalanced(handler.stats)
    const { delivered, retries } = handler.stats
    assert.deepEqual(
      [windows.events.map(({ strings }) => strings[0]), delivered, retries, windows.open],
      [['one', 'two', 'three'], 3, 1, 0],
    )
  })

  it('is opened again once for an event, which is dropped and told of when that is not enough', async () => {
    const windows = new FakeWindows()
    windows.fail.reportEvent = () => (windows.events.length === 1 ? 1502 : undefined)
    const { stats, failures, states } = await write(numbered(3), {}, windows)

    assert.deepEqual(
      [windows.calls.slice(1), stats.delivered, stats.dropped, stats.retries, windows.open, failures, states],
      [
        [
          'registerEventSource',
          'reportEvent',
          ...['reportEvent', 'deregisterEventSource', 'registerEventSource', 'reportEvent'],
          ...['reportEvent', 'deregisterEventSource', 'registerEventSource', 'reportEvent'],
          'deregisterEventSource',
        ],
        1,
        { failed: 2 },
        2,
        0,
        ['write: WIN32_1502: reportEvent: It was told to. (Win32 error 1502)'],
        ['degraded', 'closed'],
      ],
    )
  })

  it('is tried again with each record when it cannot be opened', async () => {
    const windows = new FakeWindows()
    let attempts = 0
    windows.fail.registerEventSource = () => (++attempts <= 2 ? 1722 : undefined)
    const { stats, states } = await write(numbered(3), {}, windows)

    assert.deepEqual(
      [stats.delivered, stats.dropped, stats.retries, states],
      [1, { failed: 2 }, 0, ['degraded', 'open', 'closed']],
    )
  })

  it('tells when it cannot be closed', async () => {
    const windows = new FakeWindows()
    windows.fail.deregisterEventSource = 6
    const { stats, failures } = await write(numbered(1), {}, windows)

    assert.deepEqual(
      [stats.delivered, failures],
      [1, ['close: WIN32_6: deregisterEventSource: It was told to. (Win32 error 6)']],
    )
  })

  it('is not left open by a record that comes late', async () => {
    const windows = new FakeWindows()
    const handler = start(windows)
    const closed = once(handler, 'close')
    handler.end()
    await closed
    handler.write(line('late'))

    assertBalanced(handler.stats)
    assert.deepEqual([windows.events.length, windows.open, handler.stats.state], [1, 0, 'closed'])
  })

  it('emits an error where onError asks for it', async () => {
    const windows = new FakeWindows()
    windows.fail.registerEventSource = 5
    const handler = start(windows, { onError: 'throw' })
    const failed = once(handler, 'error')
    handler.write(line('one'))

    const [{ name, code, winerror }] = await failed
    assert.deepEqual([name, code, winerror], ['Win32Error', 'WIN32_5', 5])
    assert.deepEqual(handler.stats.dropped, { failed: 1 })
    handler.destroy()
  })
})
