// Whole histories of timed-rotating-file against CPython's, under a clock that stands still.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, it, type TestContext } from 'node:test'
import type { Handler } from '@pino-handlers/core'
import timedRotatingFile, { type TimedRotatingFileOptions } from '@pino-handlers/timed-rotating-file'
import { tempDir } from '../support/temp-dir.js'
import { namerOf } from './namers.js'
import { type Case, casesOf, decodeObject } from './vectors.js'

interface Step {
  readonly rolled: boolean
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

// A step as far as it is compared: where CPython's labels are shifted, only how many there are.
interface Compared {
  readonly rolled: boolean
  readonly skew: boolean
  readonly added: readonly string[] | number
  readonly removed: readonly string[]
}

// A step as the vectors have it.
interface Recorded {
  readonly rolled: boolean
  readonly added?: readonly string[]
  readonly removed?: readonly string[]
  readonly skew?: boolean
  readonly clash?: string
}

describe('timed-rotating-file answers as CPython does', () => {
  const cases = casesOf('rollover').filter(({ kind }) => kind === 'sequence')
  const zone = process.env.TZ ?? ''
  afterEach(() => {
    process.env.TZ = zone
  })

  it('sequence', async (t) => {
    for (const one of cases) {
      const { steps, files } = await played(t, one)
      const expected = expectedOf(one)
      assert.deepEqual(compared(steps, expected), expected.steps, `${one.id} ${JSON.stringify(one.input)}`)
      if (expected.files) assert.deepEqual(files, expected.files, one.id)
      // D1: whatever CPython loses or stalls at, every record is in one file.
      const records =
        Object.values(files)
          .join('')
          .match(/^m\d+$/gm) ?? []
      if (decodeObject(one.input).backupCount === 0) assert.equal(new Set(records).size, steps.length, one.id)
    }
  })
})

async function played(t: TestContext, { input }: Case): Promise<{ steps: Step[]; files: Record<string, string> }> {
  const dir = tempDir(t)
  const { tz, when, interval, utc, atTime, backupCount, delay, start, pre, emits, namer } = decodeObject(input)
  process.env.TZ = String(tz)
  for (const [name, mtime, text] of listOf<[string, number, string]>(pre)) {
    writeFileSync(join(dir, name), text)
    utimesSync(join(dir, name), mtime, mtime)
  }
  t.mock.timers.enable({ apis: ['Date'], now: Number(start) * 1000 })
  const options = {
    filename: join(dir, 'app.log'),
    when,
    interval,
    utc,
    atTime,
    backupCount,
    delay,
    namer: namerOf(namer),
  }
  const formatter = { fmt: '%(message)s' }
  const handler = timedRotatingFile({ ...options, formatter } as unknown as TimedRotatingFileOptions)
  let rolled = false
  handler.on('rotate', () => {
    rolled = true
  })
  let before = readdirSync(dir)
  const steps = listOf<number>(emits).map((at, index) => {
    t.mock.timers.setTime(at * 1000)
    rolled = false
    handler.write(`${JSON.stringify({ level: 30, time: at * 1000, msg: `m${index}` })}\n`)
    const after = readdirSync(dir)
    const step = { rolled, added: without(after, before), removed: without(before, after) }
    before = after
    return step
  })
  t.mock.timers.reset()
  await ended(handler)
  return {
    steps,
    files: Object.fromEntries(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name), 'utf8')])),
  }
}

// As far as the port has to agree: up to the first clash, but for labels where CPython shifts them by an hour.
function expectedOf({ input, expect }: Case): { steps: Compared[]; files: unknown } {
  const { steps, files, strict } = decodeObject(expect)
  const odd = decodeObject(input).odd === true
  const all = listOf<Recorded>(steps)
  const clash = all.findIndex((step) => step.clash !== undefined)
  const agreed = odd ? [] : all.slice(0, clash === -1 ? all.length : clash)
  return {
    steps: agreed.map(({ rolled, added = [], removed = [], skew = false }) => ({
      // With delay a rollover may find no file to move: the port has nothing to tell then.
      ...{ rolled: rolled && added.some((name: string) => name !== 'app.log'), skew },
      added: skew ? added.length : added.filter((name: string) => name !== 'app.log'),
      removed: skew ? [] : removed.filter((name: string) => name !== 'app.log'),
    })),
    files: strict ? files : undefined,
  }
}

function compared(steps: readonly Step[], expected: { steps: readonly Compared[] }): Compared[] {
  return expected.steps.map(({ skew }, index) => {
    const { rolled = false, added = [], removed = [] } = steps[index] ?? {}
    const named = added.filter((name) => name !== 'app.log')
    return {
      ...{ rolled, skew },
      added: skew ? named.length : named,
      removed: skew ? [] : removed.filter((name) => name !== 'app.log'),
    }
  })
}

function without(names: readonly string[], others: readonly string[]): string[] {
  return names.filter((name) => !others.includes(name))
}

function ended(handler: Handler): Promise<unknown> {
  const closed = once(handler, 'close')
  handler.end()
  return closed
}

// A list of the vectors, whose members are what the generator makes them.
function listOf<T>(value: unknown): readonly T[] {
  return Array.isArray(value) ? value : []
}
