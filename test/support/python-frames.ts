// Python's judgement on frames that were made here.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { Float, Tuple } from '@pino-handlers/core/python'
import { unixOnly } from './platform.js'

/** Frames, and the values that Python has to find in them. */
export interface Question {
  readonly id: string | number
  readonly frames: Uint8Array
  readonly values: readonly unknown[]
}

/** What Python said. */
export interface Judgement {
  readonly id: string | number
  /** What is wrong; null when nothing is. */
  readonly problem: string | null
  /** `levelname:name:message` of each record among the values. */
  readonly texts: readonly string[]
}

const missing = spawnSync('python3', ['--version']).status !== 0

const reason =
  unixOnly('Python has other line ends and another encoding there') || (missing && 'there is no python3 here')

/** The reason to skip a test that needs python3; false where it is there or has to be. */
export const noPython: string | false = process.env.PINO_HANDLERS_REQUIRE_SERVERS !== '1' && reason

/** Has one python3 judge all frames by test/python/check_frames.py, which gets `options`. */
export function judge(questions: readonly Question[], ...options: readonly string[]): Judgement[] {
  const input = questions
    .map(({ id, frames, values }) =>
      JSON.stringify({ id, hex: Buffer.from(frames).toString('hex'), want: encode(values) }),
    )
    .join('\n')
  const { stdout, stderr, error } = spawnSync('python3', [resolve('test/python/check_frames.py'), ...options], {
    input,
    env: { ...process.env, PYTHONIOENCODING: 'utf-8' },
    encoding: 'utf8',
    maxBuffer: 1e9,
  })
  assert.equal(error ?? stderr, '')
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

/** What Python finds wrong with the frames. */
export function problems(questions: readonly Question[], ...options: readonly string[]): Judgement[] {
  const judgements = judge(questions, ...options)
  assert.equal(judgements.length, questions.length)
  return judgements.filter(({ problem }) => problem !== null)
}

/** A value as test/python/_common.py decodes it. */
export function encode(value: unknown): unknown {
  if (typeof value === 'bigint') return { $: 'int', v: String(value) }
  if (typeof value === 'number') return encodeNumber(value)
  if (value instanceof Float) return encodeFloat(value.value)
  if (value instanceof Tuple) return { $: 'tuple', v: value.items.map(encode) }
  if (Array.isArray(value)) return value.map(encode)
  if (typeof value !== 'object' || value === null) return value ?? null
  const entries = value instanceof Map ? [...value] : Object.entries(value)
  return { $: 'dict', v: entries.map(([key, item]) => [encode(key), encode(item)]) }
}

function encodeNumber(value: number): unknown {
  if (!Number.isInteger(value) || Object.is(value, -0)) return encodeFloat(value)
  return { $: 'int', v: String(BigInt(value)) }
}

function encodeFloat(value: number): unknown {
  const text = Object.is(value, -0) ? '-0.0' : String(value)
  return { $: 'float', v: text.replace('Infinity', 'inf').replace('NaN', 'nan') }
}
