// The vectors that CPython answered: where they are, and their values, which JSON cannot carry, as ours.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isObject } from '@pino-handlers/core'
import { Float, PythonError, Tuple } from '@pino-handlers/core/python'

/** One question to CPython and its answer. */
export interface Case {
  readonly id: string
  readonly kind: string
  readonly input: Input
  /** The newest CPython's answer, encoded: `decode` or compare it with what `encodeError` makes of an exception. */
  readonly expect: unknown
}

/** The members of a question, still encoded. */
export type Input = Readonly<Record<string, unknown>>

/** A case that our answer differs from. */
export interface Difference {
  readonly id: string
  readonly input: unknown
  readonly expected: unknown
  readonly got: unknown
}

/** The folder of the vectors: `ORACLE_VECTORS`, for those that are kept aside, or the ones in this repository. */
const folder: string = resolve(process.env.ORACLE_VECTORS ?? 'test/vectors')

/** The cases of a topic; a topic without a file is an error, so that a wrong folder does not pass for success. */
export function casesOf(topic: string): readonly Case[] {
  const file = join(folder, `${topic}.json`)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new Error(`There are no vectors for "${topic}": ${file} cannot be read. ORACLE_VECTORS names their folder.`, {
      cause,
    })
  }
  const { cases }: { cases: Case[] } = JSON.parse(text)
  return cases
}

/** The cases that are answered differently; an exception of Python's counts as an answer, any other is thrown. */
export function differing(cases: readonly Case[], answer: (input: Input, one: Case) => unknown): Difference[] {
  return cases.flatMap((one) => {
    const got = attempt(() => answer(one.input, one))
    return same(got, one.expect) ? [] : [{ id: one.id, input: one.input, expected: one.expect, got }]
  })
}

function attempt(answer: () => unknown): unknown {
  try {
    return answer()
  } catch (error) {
    if (error instanceof PythonError) return { error: error.name, message: error.message }
    throw error
  }
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isObject(value)) return value
  return Object.keys(value)
    .sort()
    .map((key) => [key, sorted(value[key])])
}

/** A value of Python as the generators encode it (`dec` in their `_common.py`), as ours. */
export function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode)
  if (!isObject(value)) return value
  const { $: tag, v, n, hex } = value
  if (tag === undefined) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decode(item)]))
  switch (tag) {
    case 'float':
      return new Float(Number(String(v).replace('inf', 'Infinity')))
    case 'int':
      return BigInt(String(v))
    case 'tuple':
      return new Tuple(array(v).map(decode))
    case 'bytes':
      return new Uint8Array(Buffer.from(String(hex), 'hex'))
    case 'repeat':
      return String(v).repeat(Number(n))
    case 'dict':
      return new Map(array(v).map((pair) => [decode(array(pair)[0]), decode(array(pair)[1])]))
    default:
      throw new Error(`The vectors have a value of the unknown type "${String(tag)}".`)
  }
}

/** The members of an encoded object, decoded. */
export function decodeObject(value: unknown): Record<string, unknown> {
  const decoded = decode(value)
  return isObject(decoded) ? decoded : {}
}

function array(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`The vectors have ${JSON.stringify(value)} where a list belongs.`)
  return value
}

/** Every record of the vectors is this one, with other attributes over it. Python: `BASE` in `_common.py`. */
export const BASE: Readonly<Record<string, unknown>> = {
  name: 'app.db',
  msg: 'hello %s',
  args: new Tuple(['world']),
  levelname: 'INFO',
  levelno: 20,
  pathname: '/srv/app/db.py',
  filename: 'db.py',
  module: 'db',
  exc_info: null,
  exc_text: null,
  stack_info: null,
  lineno: 42,
  funcName: 'query',
  created: 1508025600.123,
  msecs: new Float(123),
  relativeCreated: 4567.891,
  thread: 140000000000001,
  threadName: 'MainThread',
  processName: 'MainProcess',
  process: 4242,
}
