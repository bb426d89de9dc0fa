// Pickled frames against what CPython's SocketHandler made of the same records. Kinds retry and dgram are in tests of their own.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LogRecord } from '@pino-handlers/core'
import { Float, getMessage, typeName } from '@pino-handlers/core/python'
import { frame, pickle, pickleFrames } from '@pino-handlers/core/wire'
import { noPython, problems } from '../support/python-frames.js'
import { BASE, type Case, casesOf, decodeObject, differing } from './vectors.js'

const cases = casesOf('pickle')
const kind = (name: string): Case[] => cases.filter((one) => one.kind === name)

// What is answered otherwise here, by rule, with the reason.
const deviations: readonly { readonly reason: string; applies(one: Case): boolean }[] = [
  {
    reason: 'bytes are refused: they need a global, which a receiver that unpickles plain data only would refuse',
    applies: ({ input }) => JSON.stringify(input).includes('"$":"bytes"'),
  },
]

describe('pickles answer as CPython’s do', { skip: noPython }, () => {
  it('pickle: the dictionary', (t) => {
    const same = kind('pickle').filter((one) => !deviates(one) && !isError(one))
    t.diagnostic(`${same.length} cases`)

    const questions = same.map((one) => {
      const want = wanted(one)
      return { id: one.id, frames: frame(pickle(sent(one, want))), values: [want] }
    })

    assert.deepEqual(problems(questions), [])
  })

  it('pickle: the record of a line, where a line can say it', (t) => {
    const same = kind('pickle').filter((one) => !deviates(one) && !isError(one) && fitsLine(wanted(one)))
    t.diagnostic(`${same.length} cases`)
    assert.ok(same.length > 0)

    const questions = same.map((one) => {
      const { created, msecs, relativeCreated, ...want } = wanted(one)
      const record = new LogRecord(lineOf(want, created))
      const times = {
        created: new Float(record.created),
        msecs: new Float(record.msecs),
        relativeCreated: new Float(record.relativeCreated),
      }
      const { data } = pickleFrames().stream({ records: [record], entries: [], text: '', count: 1 }, raise)
      return { id: one.id, frames: bytesOf(data), values: [inOrder({ ...want, ...times }, wanted(one))] }
    })

    assert.deepEqual(problems(questions), [])
  })

  for (const { reason, applies } of deviations) {
    it(`otherwise: ${reason}`, () => {
      const refused = kind('pickle')
        .filter((one) => !isError(one))
        .filter(applies)

      for (const one of refused)
        assert.throws(() => pickle(sent(one, wanted(one))), /^Error: cannot pickle bytes/, one.id)
    })
  }
})

it('pickle: CPython’s error for arguments that do not fit', () => {
  const failing = kind('pickle').filter(isError)

  assert.deepEqual(
    differing(failing, ({ attrs }) => {
      const { msg, args } = { ...BASE, ...decodeObject(attrs) }
      return getMessage(msg, args)
    }),
    [],
  )
})

it('errors: a record that cannot be pickled is reported, the one before it is not', () => {
  const failing = kind('errors').filter(({ input }) => input.fail === 'pickle' && input.closeOnError === false)

  for (const { id, expect } of failing) {
    const format = pickleFrames({
      makePickle(record) {
        if (record.msg === 'bad') throw new Error('no')
        return Buffer.from('ok')
      },
    })
    const reported = ['ok', 'bad'].map((msg) => {
      const records = [new LogRecord(JSON.stringify({ msg }))]
      const errors: unknown[] = []
      format.stream({ records, entries: [], text: '', count: 1 }, (error) => errors.push(error))
      return errors.length
    })
    const { columns, rows } = tableOf(expect)
    assert.deepEqual(
      reported,
      rows.map((row) => row[columns.indexOf('reported')]),
      id,
    )
  }
})

function deviates(one: Case): boolean {
  return deviations.some(({ applies }) => applies(one))
}

function isError({ expect }: Case): boolean {
  return decodeObject(expect).error !== undefined
}

function wanted({ expect }: Case): Record<string, unknown> {
  const { dict } = decodeObject(expect)
  assert.ok(isDict(dict))
  return dict
}

function isDict(value: unknown): value is Record<string, unknown> {
  return typeName(value) === 'dict' && !(value instanceof Map)
}

// What Python's makePickle takes from the record: the merged message, and the text of an exception as Python gives it.
function sent({ input }: Case, want: Record<string, unknown>): Record<string, unknown> {
  const { message, ...attrs } = { ...BASE, ...decodeObject(input.attrs) }
  const exc_text = input.raises === undefined ? attrs.exc_text : want.exc_text
  return { ...attrs, msg: getMessage(attrs.msg, attrs.args), args: null, exc_info: null, exc_text }
}

// A line has no tuples, no infinities, no float that is integral, no dict but with texts as keys; its attributes have the
// types that logging gives them, and none is null that LogRecord has words for.
function fitsLine(want: Record<string, unknown>): boolean {
  const { created, msecs, relativeCreated, ...rest } = want
  const is = (type: string, ...names: string[]): boolean => names.every((name) => typeof rest[name] === type)
  const orNull = (type: string, ...names: string[]): boolean =>
    names.every((name) => rest[name] === null || typeof rest[name] === type)
  return (
    LEVELS.get(String(want.levelno))?.name === want.levelname &&
    is('string', 'name', 'msg', 'pathname', 'filename', 'module', 'funcName') &&
    is('number', 'lineno') &&
    orNull('string', 'stack_info', 'threadName', 'processName') &&
    orNull('number', 'thread', 'process') &&
    (rest.exc_text === null || /[^\n]$/.test(String(rest.exc_text))) &&
    ['level', 'time', 'pid', 'err', 'message', 'asctime'].every((name) => !(name in rest)) &&
    isJson(rest)
  )
}

function isJson(value: unknown): boolean {
  const type = typeName(value)
  if (type === 'list' && Array.isArray(value)) return value.every(isJson)
  if (type === 'dict') return isDict(value) && Object.values(value).every(isJson)
  return type === 'float'
    ? typeof value === 'number' && Number.isFinite(value)
    : ['str', 'int', 'bool', 'NoneType'].includes(type)
}

const LEVELS: ReadonlyMap<string, { readonly pino: number; readonly name: string }> = new Map([
  ['10', { pino: 20, name: 'DEBUG' }],
  ['20', { pino: 30, name: 'INFO' }],
  ['30', { pino: 40, name: 'WARNING' }],
  ['40', { pino: 50, name: 'ERROR' }],
  ['50', { pino: 60, name: 'CRITICAL' }],
])

function lineOf(want: Record<string, unknown>, created: unknown): string {
  const { args, exc_info, exc_text, process, levelname, levelno, ...rest } = want
  const err = exc_text === null ? {} : { err: { stack: exc_text } }
  const own = { level: LEVELS.get(String(levelno))?.pino, time: Number(created) * 1000, pid: process }
  const fields = Object.entries({ ...own, ...rest, ...err })
  return `{${fields.map(([key, value]) => `${JSON.stringify(key)}:${jsonOf(value)}`).join(',')}}`
}

// As pino writes it: a bigint is a number.
function jsonOf(value: unknown): string {
  if (typeof value === 'bigint') return String(value)
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}:${jsonOf(item)}`)
    .join(',')}}`
}

function inOrder(values: Record<string, unknown>, like: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.keys(like).map((key) => [key, values[key]]))
}

function bytesOf(data: string | Uint8Array): Uint8Array {
  return typeof data === 'string' ? Buffer.from(data) : data
}

function raise(error: unknown): never {
  throw error
}

function tableOf(expect: unknown): { columns: readonly unknown[]; rows: readonly (readonly unknown[])[] } {
  const { columns, rows } = decodeObject(expect)
  assert.ok(Array.isArray(columns) && Array.isArray(rows))
  return { columns, rows }
}
