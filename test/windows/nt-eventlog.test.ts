// nt-eventlog with a real Node for Windows under Wine: pino, its worker, koffi, advapi32.dll. Wine stores no events, so
// what counts is what arrives there: a recorder in front of it has every argument, and Wine's own trace agrees.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import type { Stats } from '@pino-handlers/core'
import type { WindowsEvents } from '../fixtures/windows-events.js'
import { assertBalanced } from '../support/books.js'
import { type EventLogCall, Wine, type WineOptions, type WineRun } from './wine.js'

const PROGRAM = 'build/test/fixtures/windows-events.js'
const hook = (name: string): string => `./build/test/fixtures/windows-hooks.js#${name}`
const hooks = {
  getEventCategory: hook('category'),
  getMessageID: hook('id'),
  strings: hook('strings'),
  data: hook('data'),
}

describe('nt-eventlog on Windows', () => {
  for (const where of ['worker', 'in-process'] as const) {
    it(`writes an event for each record (${where})`, async (t) => {
      const wine = Wine.start(t)
      if (!wine) return
      const { calls, stats, stderr } = await log(wine, {
        where,
        options: { appname: 'shöp' },
        pino: { customLevels: { notice: 35, alert: 65 } },
        records: ['trace', 'debug', 'info', 'notice', 'warn', 'error', 'fatal', 'alert'].map((level) => [level, level]),
      })

      const [opened, ...rest] = calls
      const closed = rest.pop()
      assert.deepEqual(
        [opened?.source, rest.map(eventOf), closed?.handle === opened?.handle, closed?.live, stats.delivered, stderr],
        [
          'shöp',
          [
            [4, 0, 1, ['trace'], null],
            [4, 0, 1, ['debug'], null],
            [4, 0, 1, ['info'], null],
            [4, 0, 1, ['notice'], null],
            [2, 0, 1, ['warn'], null],
            [1, 0, 1, ['error'], null],
            [1, 0, 1, ['fatal'], null],
            [1, 0, 1, ['alert'], null],
          ],
          true,
          0,
          8,
          '',
        ],
      )
    })
  }

  it('writes what functions, long texts and odd characters ask for', async (t) => {
    const wine = Wine.start(t)
    if (!wine) return
    const all = Uint8Array.from({ length: 256 }, (_, index) => index)
    const { calls, stats } = await log(wine, {
      where: 'worker',
      options: { appname: 'shop', typemap: { info: 'audit-success' }, ...hooks },
      records: [
        ['info', '😀 naïve \u0000 \ud800', { category: 65_535, id: 65_535 }],
        ['warn', 'x'.repeat(40_000)],
        ['warn', 'many', { count: 300 }],
        ['warn', 'raw', { bytes: 256 }],
        ['warn', 'none', { count: 0 }],
        ['warn', 'wrong', { category: 70_000, id: -1 }],
      ],
    })

    const events = reports(calls).map(eventOf)
    const [, long, many] = events.map(([, , , strings]) => strings)
    assert.deepEqual(
      [events[0], long?.map(({ length }) => length), long?.[0]?.slice(-26), many?.length, many?.slice(-2)],
      [
        [8, 65_535, 65_535, ['😀 naïve ␀ \ud800'], null],
        [31_838],
        'x[... 8187 characters cut]',
        256,
        ['255. string', '[... 45 strings cut]'],
      ],
    )
    assert.deepEqual(events.slice(3), [
      [2, 0, 1, ['raw'], Buffer.from(all).toString('hex')],
      [2, 0, 1, [], null],
      [2, 0, 1, ['wrong'], null],
    ])
    assert.deepEqual([calls.map(({ error }) => error).filter(Boolean), calls.at(-1)?.live, stats.delivered], [[], 0, 6])
  })

  it('loses none of 10,000 events and leaves no handle open', async (t) => {
    const wine = Wine.start(t)
    if (!wine) return
    const { calls, stats } = await log(wine, {
      where: 'worker',
      options: { appname: 'shop' },
      records: 10_000,
    })

    const texts = reports(calls).map(({ strings }) => strings?.[0])
    assert.deepEqual([stats.delivered, calls.length, calls.at(-1)?.live], [10_000, 10_002, 0])
    assert.deepEqual(
      texts,
      Array.from({ length: 10_000 }, (_, index) => String(index)),
    )
  })

  it('has the same events in the trace of Wine', async (t) => {
    const wine = Wine.start(t)
    if (!wine) return
    const events: WindowsEvents = {
      where: 'in-process',
      options: { appname: 'shop', ...hooks },
      records: [
        ['info', 'one', { category: 3, id: 77 }],
        ['error', 'two', { count: 3, bytes: 5 }],
      ],
    }
    const recorded = await log(wine, events)
    const traced = await log(wine, events, { record: false, env: { WINEDEBUG: 'fixme+advapi,+eventlog' } })

    const seen = [...traced.stderr.matchAll(/ReportEventW \((.+)\)/g)].map(([, args = '']) =>
      args.split(',').map(Number).slice(1, 7),
    )
    assert.deepEqual(
      seen,
      reports(recorded.calls).map(({ type, category, eventId, strings, data }) => [
        type,
        category,
        eventId,
        0,
        strings?.length,
        (data?.length ?? 0) / 2,
      ]),
    )
  })

  it('tells of a call that fails, with its number and its words', async (t) => {
    const wine = Wine.start(t)
    if (!wine) return
    const told: unknown[] = []
    for (const call of ['REGISTER', 'REPORT', 'DEREGISTER']) {
      const events: WindowsEvents = { where: 'worker', options: { appname: 'shop' }, records: [['info', 'one']] }
      const { calls, stats, stderr } = await log(wine, events, { env: { [`EVREC_FAIL_${call}`]: '5' } })
      told.push([calls.map(nameOf), stats.delivered, stats.dropped, stderr])
    }

    const [register, report, deregister] = ['RegisterEventSourceW', 'ReportEventW', 'DeregisterEventSource']
    const words = (call: string | undefined): string => `[nt-eventlog] ${call}: Access denied. (Win32 error 5)\n`
    assert.deepEqual(told, [
      [[register], 0, { failed: 1 }, words(register)],
      [[register, report, deregister, register, report, deregister], 0, { failed: 1 }, words(report)],
      [[register, report, deregister], 1, {}, words(deregister)],
    ])
  })

  it('warns and counts where koffi was not installed', async (t) => {
    const wine = Wine.start(t)
    if (!wine) return
    const { code, stdout, stderr, calls } = await wine.node(['build/test/fixtures/windows-without-koffi.js'])

    const missing = 'the Windows event log needs the package "koffi", which is not there: npm install koffi'
    assert.deepEqual(
      [code, stdout, stderr, calls],
      [0, '1 delivered\n', `[nt-eventlog] ${missing} (this is not koffi): records are counted, not written\n`, []],
    )
  })

  it('registers its source, which stays until it is unregistered', async (t) => {
    const wine = Wine.start(t)
    if (!wine) return
    const appname = `shop-${randomUUID()}`
    await log(wine, { where: 'worker', options: { appname }, records: [['info', 'one']] })
    const { code, stdout, stderr } = await wine.node(['build/test/fixtures/windows-source.js', appname])

    const values = {
      EventMessageFile: ['REG_EXPAND_SZ', '%SystemRoot%\\System32\\EventCreate.exe'],
      TypesSupported: ['REG_DWORD', '0x7'],
    }
    assert.deepEqual(
      [code, stderr, JSON.parse(stdout || 'null')],
      [0, '', { atStart: values, unregistered: null, twice: null, registered: values, atEnd: null }],
    )
  })
})

interface Logged extends WineRun {
  readonly stats: Stats
}

async function log(wine: Wine, events: WindowsEvents, options?: WineOptions): Promise<Logged> {
  const run = await wine.node([PROGRAM, wine.write('events.json', JSON.stringify(events))], options)
  assert.equal(run.code, 0, JSON.stringify(run).slice(0, 2000))
  const stats: Stats = JSON.parse(run.stdout)
  assertBalanced(stats)
  return { ...run, stats }
}

type Event = readonly [type: unknown, category: unknown, id: unknown, strings: readonly string[], data: unknown]

function eventOf({ type, category, eventId, strings = [], data }: EventLogCall): Event {
  return [type, category, eventId, strings, data]
}

function reports(calls: readonly EventLogCall[]): readonly EventLogCall[] {
  return calls.filter(({ call }) => call === 'ReportEventW')
}

function nameOf({ call }: EventLogCall): string {
  return call
}
