// memory against what CPython's MemoryHandler and BufferingHandler have handed on, and when.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import memory, { isFull, type MemoryHandler, shouldFlush } from '@pino-handlers/memory'
import { assertBalanced } from '../support/books.js'
import { type Case, casesOf, type Input } from './vectors.js'

type Step = readonly [verb: string, argument?: number | boolean]

/** What the target has got in a step, as numbers of records, and how many are held after it. */
interface Seen {
  readonly got: readonly number[]
  readonly buffered: number
}

type Answer = readonly Seen[] | 'refused'

// What is answered otherwise here: how CPython's answer becomes ours.
const deviations: readonly { readonly reason: string; apply(answer: Answer, one: Case): Answer }[] = [
  {
    reason: 'D12: a flushLevel or capacity that is no number fails at construction; CPython throws at each record',
    apply: (answer, { input }) => (isUsable(input) ? answer : 'refused'),
  },
  {
    reason: 'D10: what is not flushed at the end is counted as dropped; CPython keeps it for ever',
    apply: (answer, { input }) => withoutHeld(answer, stepsOf(input), (index, end) => index >= end, false),
  },
  {
    reason: 'D10: what comes after the end is counted as dropped; CPython holds it, for a target to come',
    apply: (answer, { input }) => withoutHeld(answer, stepsOf(input), (index, end) => index > end, true),
  },
]

describe('memory answers as CPython does', () => {
  const cases = casesOf('memory')

  it('memory', async (t) => {
    const changed = new Map<string, string[]>()
    for (const one of cases.filter(({ kind }) => kind === 'memory')) {
      let expected = answerOf(one)
      const isOfRules = isUsable(one.input) && !isTaken(one.input)
      for (const { reason, apply } of isOfRules ? deviations.slice(0, 1) : deviations) {
        const ours = apply(expected, one)
        if (JSON.stringify(ours) !== JSON.stringify(expected))
          changed.set(reason, [...(changed.get(reason) ?? []), one.id])
        expected = ours
      }
      const got = isOfRules ? byRules(one.input) : await byHandler(one.input)
      assert.deepEqual(got, expected, one.id)
    }
    for (const [reason, ids] of changed) t.diagnostic(`${ids.join(', ')} otherwise: ${reason}`)
  })

  it('buffering', () => {
    for (const { id, input, expect } of cases.filter(({ kind }) => kind === 'buffering')) {
      let buffered = 0
      const seen = stepsOf(input).map(([verb]) => {
        if (verb === 'emit') buffered++
        // What a BufferingHandler flushes is gone.
        if (verb !== 'emit' || isFull(buffered, capacityOf(input))) buffered = 0
        return { got: [], buffered }
      })
      assert.deepEqual(seen, expect, id)
    }
  })
})

interface Numbered {
  readonly n: number
  readonly level: number
}

// The handler takes no capacity below 1, and only whole ones; the rules take any.
function byRules(input: Input): Answer {
  const flushLevel = levelOf(input.flushLevel)
  const state = { held: [] as Numbered[], target: input.target === true, count: 0 }
  return stepsOf(input).map(([verb, argument]) => {
    const record = { n: state.count, level: levelOf(argument) }
    const isHandled = verb === 'emit' && record.level >= lowestOf(input)
    if (verb === 'setTarget') state.target = argument === true
    if (verb === 'emit') state.count++
    if (isHandled) state.held.push(record)
    const flushes =
      verb === 'emit'
        ? isHandled && shouldFlush(state.held.length, capacityOf(input), record.level, flushLevel)
        : verb === 'flush' || ((verb === 'close' || verb === 'shutdown') && input.flushOnClose !== false)
    const flushed = flushes && state.target ? state.held.splice(0) : []
    if (verb === 'close' || verb === 'shutdown') state.target = false
    const got = flushed.filter(({ level }) => level >= lowestOfTarget(input)).map(({ n }) => n)
    return { got, buffered: state.held.length }
  })
}

async function byHandler(input: Input): Promise<Answer> {
  const got: number[] = []
  const target = {
    write(line: string): void {
      const { level, n }: Numbered = JSON.parse(line)
      if (level >= lowestOfTarget(input)) got.push(n)
    },
  }
  const create = (): MemoryHandler =>
    memory({
      capacity: capacityOf(input),
      target: input.target === true ? target : null,
      onError: 'ignore',
      ...(input.flushLevel === undefined ? {} : { flushLevel: levelOf(input.flushLevel) }),
      ...(typeof input.flushOnClose === 'boolean' ? { flushOnClose: input.flushOnClose } : {}),
      level: lowestOf(input),
    })
  if (!isUsable(input)) {
    assert.throws(create, { name: 'HandlerOptionError' })
    return 'refused'
  }
  const handler = create()
  let count = 0
  const seen: Seen[] = []
  for (const [verb, argument] of stepsOf(input)) {
    if (verb === 'emit') handler.write(`{"level":${levelOf(argument)},"n":${count++}}\n`)
    if (verb === 'flush') await new Promise((resolve) => handler.flush(resolve))
    if (verb === 'setTarget') handler.setTarget(argument === true ? target : null)
    if ((verb === 'close' || verb === 'shutdown') && !handler.writableEnded) {
      handler.end()
      await once(handler, 'close')
    }
    seen.push({ got: got.splice(0), buffered: handler.stats.queued })
  }
  handler.end()
  if (!handler.closed) await once(handler, 'close')
  assertBalanced(handler.stats)
  return seen
}

/** The answer with nothing held, and with nothing got if `gets` says so, in the steps that `isOther` names. */
function withoutHeld(
  answer: Answer,
  steps: readonly Step[],
  isOther: (index: number, end: number) => boolean,
  forgets: boolean,
): Answer {
  const end = steps.findIndex(([verb]) => verb === 'close' || verb === 'shutdown')
  if (answer === 'refused' || end === -1) return answer
  return answer.map((seen, index) => {
    if (!isOther(index, end)) return seen
    return { got: forgets ? [] : seen.got, buffered: 0 }
  })
}

function answerOf({ expect }: Case): Answer {
  return expect as readonly Seen[]
}

function stepsOf(input: Input): readonly Step[] {
  return input.steps as readonly Step[]
}

function capacityOf({ capacity }: Input): number {
  return typeof capacity === 'number' ? capacity : Number.NaN
}

// pino's levels are Python's and ten more; without one it is ERROR's.
function levelOf(levelno: unknown): number {
  if (levelno === undefined) return 50
  return typeof levelno === 'number' ? Math.max(0, levelno + 10) : Number.NaN
}

// Python's handle() does not look at the handler's level: that is for its logger to do.
function lowestOf({ via, handlerLevel }: Input): number {
  return via === 'logger' && handlerLevel !== undefined ? levelOf(handlerLevel) : 0
}

// What its filter lets through; its level is not looked at.
function lowestOfTarget({ targetFilter }: Input): number {
  return targetFilter === undefined ? 0 : levelOf(targetFilter)
}

function isUsable(input: Input): boolean {
  return !Number.isNaN(capacityOf(input)) && !Number.isNaN(levelOf(input.flushLevel))
}

// Whether the handler takes the capacity.
function isTaken(input: Input): boolean {
  return Number.isInteger(capacityOf(input)) && capacityOf(input) >= 1
}
