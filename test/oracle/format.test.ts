// Formatter, getMessage and level names against CPython's answers.
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { getLevelName } from '@pino-handlers/core'
import { BufferingFormatter, Formatter, type FormatterOptions } from '@pino-handlers/core/formatter'
import { getMessage, Tuple } from '@pino-handlers/core/python'
import { numberOf, recordOf, textOf } from './record-view.js'
import { type Case, casesOf, decode, decodeObject, differing, type Input } from './vectors.js'

// What has no counterpart here, by rule, with the reason.
const excluded: readonly { readonly reason: string; applies(one: Case): boolean }[] = [
  {
    reason: 'logrecord: a record is read from a line of pino, so there is no constructor with pathname, args and sinfo',
    applies: ({ kind }) => kind === 'logrecord',
  },
  {
    reason: 'level: addLevelName has no counterpart, the tables of levels are constant and customLevels are pino’s',
    applies: ({ kind, input }) => kind === 'level' && 'add' in input,
  },
  {
    reason:
      'level: _checkLevel guards setLevel, whose counterpart is the check of the option `level` with errors of its own',
    applies: ({ kind, input }) => kind === 'level' && 'check' in input,
  },
]

const answers: Readonly<Record<string, (input: Input, one: Case) => unknown>> = {
  format: formatted,
  validate({ fmt, style }) {
    new Formatter(optionsOf({ fmt, style }))
    return { ok: true }
  },
  asctime(input) {
    const { created, msecs, datefmt } = decodeObject(input)
    inZone(input.tz)
    const formatter = new Formatter({ utc: input.gmtime === true })
    return formatter.formatTime({ created: numberOf(created), msecs: numberOf(msecs) }, textOf(datefmt))
  },
  time(input) {
    const { at, datefmt } = decodeObject(input)
    inZone(input.tz)
    const formatter = new Formatter()
    return listOf(at).map((created) => formatter.formatTime({ created: numberOf(created), msecs: 0 }, textOf(datefmt)))
  },
  message: ({ msg, args }) => getMessage(decode(msg), decode(args)),
  level({ getLevelName: level }) {
    return typeof level === 'number' || typeof level === 'string' || level === null ? getLevelName(level) : undefined
  },
  handler: ({ attrs }) => new Formatter().format(recordOf(decodeObject(attrs))),
  buffering({ n, fmt }) {
    const records = Array.from({ length: numberOf(n) }, (_, i) => recordOf({ msg: `r${i}`, args: null }))
    return new BufferingFormatter(new Formatter(optionsOf({ fmt }))).format(records)
  },
}

describe('Formatter answers as CPython does', () => {
  const cases = casesOf('format')
  const kinds = new Set([...Object.keys(answers), ...cases.map(({ kind }) => kind)])
  for (const kind of kinds) {
    it(kind, (t) => {
      const asked = asking(
        t,
        cases.filter((one) => one.kind === kind),
      )
      if (asked.length > 0) assert.deepEqual(differing(asked, answerOf(kind)), [])
    })
  }
})

function asking(t: TestContext, cases: readonly Case[]): readonly Case[] {
  for (const { reason, applies } of excluded) {
    const count = cases.filter(applies).length
    if (count > 0) t.diagnostic(`${count} of ${cases.length} left out: ${reason}`)
  }
  return cases.filter((one) => !excluded.some(({ applies }) => applies(one)))
}

function answerOf(kind: string): (input: Input, one: Case) => unknown {
  const answer = answers[kind]
  if (!answer) throw new Error(`The vectors have the kind "${kind}", which this adapter does not know.`)
  return answer
}

function formatted(input: Input, { expect }: Case): unknown {
  if (input.tz !== undefined) inZone(input.tz)
  else inZone('UTC')
  const attrs = decodeObject(input.attrs)
  // Where Python formats a traceback of its own, its text is given: ours comes from pino's serialized error.
  const { exc_text } = decodeObject(expect)
  const raised = input.raises !== undefined && typeof exc_text === 'string'
  const formatter = new Formatter(optionsOf(input))
  const out = formatter.format(recordOf(raised ? { ...attrs, exc_text } : attrs))
  return raised ? { out, exc_text } : { out }
}

function optionsOf(input: Input): FormatterOptions {
  const given = decodeObject(input)
  const options: Record<string, unknown> = {
    fmt: given.fmt,
    datefmt: given.datefmt,
    style: given.style,
    defaults: given.defaults,
    validate: given.validate,
    utc: given.gmtime,
    defaultTimeFormat: given.default_time_format,
    defaultMsecFormat: given.default_msec_format,
  }
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

function inZone(tz: unknown): void {
  process.env.TZ = String(tz)
}

function listOf(value: unknown): readonly unknown[] {
  return value instanceof Tuple ? value.items : Array.isArray(value) ? value : []
}
