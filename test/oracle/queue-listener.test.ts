// Which handlers of a listener get which records, and what start and stop do, against CPython's answers. What goes into a
// queue is asked in queue.test.ts.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { memoryQueue, type Queue, type QueueBatch } from '@pino-handlers/core/queue'
import queueListener, { type QueueListener } from '@pino-handlers/queue-listener'
import { line } from '../support/lines.js'
import { until } from '../support/until.js'
import { type Case, casesOf, type Difference, differing, type Input } from './vectors.js'

describe('QueueListener answers as CPython does', () => {
  const cases = casesOf('queue')
  const asked = (kind: string): readonly Case[] => cases.filter((one) => one.kind === kind)

  it('dispatch', async () => {
    assert.deepEqual(await differingLater(asked('dispatch'), dispatch), [])
  })

  // CPython's sentinel in its queue ends a listener that is to be started yet. Here there is none: a stop is a call.
  it('lifecycle', async () => {
    const withoutSentinel = asked('lifecycle').filter(
      ({ input }) => !stepsOf(input).some(([step]) => step === 'sentinel'),
    )
    assert.deepEqual(await differingLater(withoutSentinel, lifecycle), [])
  })
})

interface PythonHandler {
  readonly level: number
  /** A filter that lets through this level and above. */
  readonly filter?: number
}

// Levels are compared as they are: those of pino are the same in their order.
async function dispatch({ respect, handlers, records }: Input): Promise<unknown> {
  const children = (handlers as readonly PythonHandler[]).map(({ level, filter }) => ({
    level,
    stream: new Kept(filter),
  }))
  const listener = queueListener({ handlers: children, respectHandlerLevel: respect === true })
  for (const [index, level] of (records as readonly number[]).entries())
    listener.handle(line(String(index), { level }).trimEnd())
  await listener[Symbol.asyncDispose]()
  return children.map(({ stream }) => stream.indexes)
}

/** A handler with a filter of its own, which keeps the indexes of the records that it gets. */
class Kept {
  readonly indexes: number[] = []
  readonly #least: number

  constructor(least = 0) {
    this.#least = least
  }

  write(chunk: string): void {
    for (const each of chunk.split('\n').slice(0, -1)) {
      const { level, msg } = JSON.parse(each)
      if (level >= this.#least) this.indexes.push(Number(msg))
    }
  }
}

type Step = readonly [name: string, count?: number]

function stepsOf({ steps }: Input): readonly Step[] {
  return steps as readonly Step[]
}

// CPython tells how many were handled once its queue is empty, if somebody takes from it.
async function lifecycle(input: Input): Promise<unknown> {
  const queue = new CountedQueue()
  const handled = new Kept()
  const listener = queueListener({ handlers: [handled], queue })
  const answers: unknown[] = []
  let alive = false
  for (const [step, count = 0] of stepsOf(input)) {
    const raised = await attempt(step, count, listener, queue)
    if (step === 'start') alive = true
    if (step === 'stop' || (step === 'with' && !raised.raised)) alive = false
    if (alive) await until(() => queue.waiting === 0)
    const { indexes } = handled
    answers.push({ ...raised, handled: indexes.length, alive, queued: queue.waiting })
  }
  await listener[Symbol.asyncDispose]()
  return answers
}

interface Raised {
  readonly raised?: string
}

// A second start raises a RuntimeError there. Its context manager starts and stops, and may be entered again.
async function attempt(step: string, count: number, listener: QueueListener, queue: CountedQueue): Promise<Raised> {
  const puts = step === 'put' || step === 'with' ? count : 0
  try {
    if (step === 'start' || step === 'with') await listener.start()
    for (let n = 0; n < puts; n++) queue.add(line(String(n)))
    if (step === 'stop' || step === 'with') await listener.stop()
    return {}
  } catch {
    return { raised: 'RuntimeError' }
  }
}

/** A queue in memory that knows how many of its batches nobody has handled. */
class CountedQueue implements Queue {
  readonly label = 'counted queue'
  waiting = 0
  readonly #queue = memoryQueue()
  #made = 0

  add(data: string): void {
    this.waiting++
    this.#made++
    this.#queue.put([{ id: String(this.#made), data, count: 1 }], new AbortController().signal)
  }

  put(batches: readonly QueueBatch[], signal: AbortSignal): void | Promise<void> {
    return this.#queue.put(batches, signal)
  }

  take(signal: AbortSignal): Promise<readonly QueueBatch[]> {
    return this.#queue.take(signal)
  }

  takeNow(): readonly QueueBatch[] {
    return this.#queue.takeNow?.() ?? []
  }

  acknowledge(batches: readonly QueueBatch[]): void {
    this.waiting -= batches.length
    this.#queue.acknowledge(batches)
  }

  close(signal: AbortSignal): void {
    this.#queue.close(signal)
  }
}

/** {@link differing} for answers that take their time. */
async function differingLater(
  cases: readonly Case[],
  answer: (input: Input) => Promise<unknown>,
): Promise<Difference[]> {
  const answers = new Map<Case, unknown>()
  for (const one of cases) answers.set(one, await answer(one.input))
  return differing(cases, (_, one) => answers.get(one))
}
