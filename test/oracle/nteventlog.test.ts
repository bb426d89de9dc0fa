// nt-eventlog against what CPython's NTEventLogHandler called: the registry, and events with their type, category, id and
// strings. The message file of Python, which comes with pywin32, is ours where none was given.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { Handler, type LogRecord, resolveOptions } from '@pino-handlers/core'
import { Formatter } from '@pino-handlers/core/formatter'
import { getMessage, PythonError } from '@pino-handlers/core/python'
import ntEventlog, { type EventType, getEventType } from '@pino-handlers/nt-eventlog'
import {
  DEFAULT_DLLNAME,
  ensureSource,
  eventSink,
  fitContents,
  MAX_WORD,
  sourceChecks,
  sourceDefaults,
} from '@pino-handlers/nt-eventlog/wire'
import { FakeWindows } from '../../packages/nt-eventlog/test/fake-windows.js'
import { assertBalanced } from '../support/books.js'
import { commonSettings } from '../support/settings.js'
import { recordOf } from './record-view.js'
import { BASE, type Case, casesOf, decodeObject } from './vectors.js'

const SERVICES = 'SYSTEM\\CurrentControlSet\\Services\\EventLog\\'

type Event = readonly [source: string, id: number, category: number, type: number, strings: readonly string[]]

type Attributes = Readonly<Record<string, unknown>>

interface Report {
  readonly appname: string
  readonly dllname?: string | null
  readonly logtype?: string | null
  readonly fmt?: string
  readonly records: readonly Attributes[]
  readonly typemap?: Readonly<Record<string, number>>
  readonly messageID?: number
  readonly category?: number
}

describe('NTEventLogHandler', () => {
  const cases = casesOf('nteventlog')
  const asked = (kind: string): readonly Case[] => cases.filter((one) => one.kind === kind)

  for (const one of asked('report')) {
    const input = reportOf(one.input)
    if (isRefused(input)) {
      it(`${one.id}: refuses at construction what Python takes (D12)`, () => {
        const { appname, dllname, logtype } = input
        assert.throws(
          () => resolveOptions('nt-eventlog', sourceChecks, sourceDefaults, { appname, dllname, logtype }),
          {
            name: 'HandlerOptionError',
          },
        )
      })
      continue
    }
    it(`${one.id}: registers and reports`, async () => {
      const { source, events, errors, logtype } = decodeObject(one.expect)
      const [appname, dllname] = source as string[]
      const ours = (events as Event[]).map((event) => withinLimits(event))
      const registered = [appname, input.dllname ? dllname : DEFAULT_DLLNAME, logtype]
      const expected = { source: registered, events: ours, errors: errors ?? [] }

      const answers = await Promise.all(typemapsOf(input).map((typemap) => answer({ ...input, ...typemap })))
      assert.deepEqual(answers.find((each) => isDeepStrictEqual(each, expected)) ?? answers[0], expected)
    })
  }

  it('getEventType', () => {
    const answers = asked('type').map(({ id, input }) => ({
      id,
      type: getEventType(Number(input)),
      id_: 1,
      category: 0,
    }))
    const expected = asked('type').map(({ id, expect }) => {
      const { type, id: id_, category } = decodeObject(expect)
      return { id, type, id_, category }
    })
    assert.deepEqual(answers, expected)
  })

  for (const { id, input, expect } of asked('init')) {
    const winerror = Number(input.winerror)
    const { raised } = decodeObject(expect)
    const does = raised ? 'reports an error that Python raises' : 'goes on'
    it(`${id}: ${does} when the registry refuses with ${winerror}`, async () => {
      const windows = new FakeWindows()
      windows.fail.setSource = winerror
      const handler = handlerOf({ appname: 'MyApp', records: [] }, windows)
      const failures: unknown[] = []
      handler.on('failure', ({ kind, code }) => failures.push({ kind, code }))

      handler.write(lineOf({ ...BASE }))
      await ended(handler)

      assert.deepEqual(
        { failures, events: windows.events.length },
        { failures: raised ? [{ kind: 'register', code: `WIN32_${winerror}` }] : [], events: 1 },
      )
    })
  }

  for (const { id } of asked('absent')) {
    it(`${id}: is a handler that does nothing`, {
      skip: process.platform === 'win32' && 'it is not absent',
    }, async () => {
      const handler = ntEventlog({ appname: 'MyApp', onUnsupported: 'silent' })

      handler.write(lineOf({ ...BASE }))
      await ended(handler)

      const { delivered, dropped, lastError } = handler.stats
      assert.deepEqual({ delivered, dropped, lastError }, { delivered: 1, dropped: {}, lastError: null })
    })
  }

  for (const { id, expect } of asked('close')) {
    it(`${id}: removes nothing from the registry`, async () => {
      const windows = new FakeWindows()
      await ended(handlerOf({ appname: 'MyApp', records: [] }, windows))

      const calls = decodeObject(expect).calls as unknown[]
      assert.deepEqual([windows.calls, calls.length], [[`setSource ${SERVICES}Application\\MyApp`], 1])
    })
  }
})

// What names nothing is refused when the handler is made. Only dllname may be None.
function isRefused({ appname, dllname, logtype }: Report): boolean {
  return logtype === null || [appname, dllname, logtype].some((name) => name === '' || name?.includes('\0'))
}

// What Windows does not take is made to fit, or is the default with a failure; CPython calls all the same.
function withinLimits([source, id, category, type, strings]: Event): Event {
  const isWord = (number: number): boolean => number >= 0 && number <= MAX_WORD
  return [source, isWord(id) ? id : 1, isWord(category) ? category : 0, type, fitContents(strings).strings]
}

// The vectors do not say whether a typemap stands in place of CPython's own or was added to it.
function typemapsOf({ typemap }: Report): readonly Pick<Report, 'typemap'>[] {
  if (!typemap) return [{}]
  const own = Object.fromEntries([10, 20, 30, 40, 50].map((levelno) => [levelno, getEventType(levelno)]))
  return [{ typemap: { ...own, ...typemap } }, { typemap }]
}

async function answer(input: Report): Promise<unknown> {
  const { appname, fmt = '%(message)s', records } = input
  const windows = new FakeWindows()
  const formatter = new Formatter({ fmt })
  const [views, errors]: [Attributes[], string[]] = [[], []]
  // Of what a format may ask for, a line of pino's has only a part.
  const format = (record: LogRecord): string =>
    formatter.format(input.fmt === undefined ? record : recordOf(views.shift() ?? {}))
  const handler = handlerOf(input, windows, format)
  for (const attributes of records) {
    const error = attempt(() => formatter.format(recordOf(attributes)))
    if (error !== undefined) {
      errors.push(error)
      continue
    }
    views.push(attributes)
    handler.write(lineOf({ ...BASE, ...attributes }))
  }
  await ended(handler)
  const [[key = '', values] = []] = [...windows.sources]
  return {
    source: [appname, values?.EventMessageFile, key.slice(SERVICES.length, -`\\${appname}`.length)],
    events: windows.events.map(({ source, id, category, type, strings }) => [source, id, category, type, strings]),
    errors,
  }
}

// The name of the exception in which CPython's emit ends.
function attempt(format: () => string): string | undefined {
  try {
    format()
    return undefined
  } catch (error) {
    if (error instanceof PythonError) return error.name
    throw error
  }
}

function handlerOf(input: Report, windows: FakeWindows, format?: (record: LogRecord) => string): Handler {
  const { appname, dllname, logtype, typemap, messageID, category } = input
  const source = resolveOptions('nt-eventlog', sourceChecks, sourceDefaults, {
    appname,
    dllname: dllname ?? undefined,
    logtype,
  })
  const settings = {
    ...commonSettings({ formatter: format, terminator: '' }),
    ...source,
    getEventType: ({ levelno }: LogRecord) => typeOf(getEventType(levelno, typemap)),
    ...(messageID !== undefined && { getMessageID: () => messageID }),
    ...(category !== undefined && { getEventCategory: () => category }),
  }
  return new Handler({ name: 'nt-eventlog', settings, readsRecords: true }, (monitor) => {
    ensureSource(windows, settings, monitor)
    return eventSink(windows, settings, monitor)
  })
}

// The vectors have Windows' numbers.
function typeOf(number: number): EventType {
  return number as EventType
}

function reportOf(input: Case['input']): Report {
  return decodeObject(input) as unknown as Report
}

async function ended(handler: Handler): Promise<void> {
  const closed = once(handler, 'close')
  handler.end()
  await closed
  assertBalanced(handler.stats)
}

// pino's level with the given levelno; what no level has has Python's type of what it does not know either way.
function lineOf(record: Readonly<Record<string, unknown>>): string {
  const { levelno, msg, args, name, process, created, exc_text, stack_info, ...rest } = record
  const level = levelno === 5 ? 10 : Number(levelno) + 10
  const err = exc_text ? { stack: exc_text } : undefined
  const fields = { level, time: Number(created) * 1000, pid: process, name, err, stack_info, ...places(rest) }
  return `${JSON.stringify({ ...fields, msg: getMessage(msg, args) })}\n`
}

function places({ pathname, lineno, funcName }: Readonly<Record<string, unknown>>): object {
  return { pathname, lineno, funcName }
}
