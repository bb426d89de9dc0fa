// What goes into a queue and comes out behind it, against CPython's answers. The listener's kinds are asked in
// queue-listener.test.ts.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { LogRecord } from '@pino-handlers/core'
import { Formatter } from '@pino-handlers/core/formatter'
import { getMessage, PythonError } from '@pino-handlers/core/python'
import queue, { type Queue, type QueueBatch, type QueueOptions } from '@pino-handlers/queue'
import { line, numbered } from '../support/lines.js'
import { BASE, type Case, casesOf, type Difference, decodeObject, differing, type Input } from './vectors.js'

process.env.TZ = 'UTC'

const PINO_LEVELS: Readonly<Record<string, number>> = { DEBUG: 20, INFO: 30, WARNING: 40, ERROR: 50, CRITICAL: 60 }

// What prepare may change.
const PREPARED = ['msg', 'message', 'args', 'exc_info', 'exc_text', 'stack_info'] as const

describe('QueueHandler answers as CPython does', () => {
  const cases = casesOf('queue')
  const asked = (kind: string): readonly Case[] => cases.filter((one) => one.kind === kind)

  it('prepare', async () => {
    assert.deepEqual(await differingLater(asked('prepare'), prepared), [])
  })

  // Without a formatter CPython formats early all the same. Here the line goes in as it is: it is text already.
  it('prepare without a formatter leaves the record as it was', async () => {
    const plain = asked('prepare').filter(
      ({ input, expect }) => input.fmt === undefined && !('error' in Object(expect)),
    )
    const lines = plain.map(({ input }) => lineOf(input))

    assert.deepEqual(await Promise.all(lines.map((each) => queued(each))), lines)
  })

  it('final', async () => {
    assert.deepEqual(await differingLater(asked('final'), final), [])
  })

  it('full', async () => {
    assert.deepEqual(await differingLater(asked('full'), full), [])
  })
})

// Without a format CPython takes its default one. `same_object` and `mutated` say what happens to the record that other
// handlers get: here nothing, since they get the line, which is a value.
async function prepared(input: Input, { expect }: Case): Promise<unknown> {
  const before = attributesOf(input)
  const given = attempt(() => lineOf(input))
  if (given instanceof PythonError) return { error: given.name }
  const { mutated } = decodeObject(expect)
  const text = await queued(given, { formatter: input.fmt === undefined ? {} : { fmt: String(input.fmt) } })
  const after = new LogRecord(text.trimEnd())
  const changed = PREPARED.filter((name) => JSON.stringify(after[name]) !== JSON.stringify(before[name] ?? null))
  // CPython leaves the formatted time on the record. Here who wants it takes it from the time, which stays.
  const times = Object.hasOwn(decodeObject(mutated), 'asctime') ? { asctime: after.asctime } : {}
  return {
    queued: { ...Object.fromEntries(changed.map((name) => [name, after[name]])), ...times },
    same_object: false,
    mutated,
  }
}

// A record that came through a queue, and one that did not, each formatted by a handler.
async function final(input: Input): Promise<unknown> {
  const { queueFmt, handlerFmt } = input
  const given = lineOf(input)
  const text = await queued(given, typeof queueFmt === 'string' ? { formatter: { fmt: queueFmt } } : {})
  const formatted = (each: string, fmt: unknown): string =>
    `${new Formatter(typeof fmt === 'string' ? { fmt } : {}).format(new LogRecord(each.trimEnd()))}\n`
  return { listener: formatted(text, handlerFmt), next_handler: formatted(given, '%(levelname)s|%(message)s') }
}

// With maxQueueRecords 0 nothing waits for room. Python's error for each record is a count here.
async function full({ size, emits }: Input): Promise<unknown> {
  // A size of 0 or less is no limit.
  const target = new BoundedQueue(Number(size) > 0 ? Number(size) : Number.POSITIVE_INFINITY)
  const handler = queue({ queue: target, maxQueueRecords: 0, reportDrops: false, onError: 'ignore' })
  for (const each of numbered(Number(emits))) {
    handler.write(each)
    await new Promise((resolve) => handler.flush(resolve))
  }
  const { overflow = 0 } = handler.stats.dropped
  handler.end()
  await once(handler, 'close')
  return { queued: target.batches.length, errors: Array.from({ length: overflow }, () => 'Full') }
}

/** What a handler with `options` puts into its queue for one line. */
async function queued(given: string, options: Partial<QueueOptions> = {}): Promise<string> {
  const target = new BoundedQueue(Number.POSITIVE_INFINITY)
  const handler = queue({ ...options, queue: target })
  handler.end(given)
  await once(handler, 'close')
  return target.batches.map(({ data }) => data).join('')
}

/** The attributes of the record that CPython was given. */
function attributesOf(input: Input): Record<string, unknown> {
  const raised = input.raises === true ? { exc_info: 'ValueError: deliberate' } : {}
  return { ...BASE, ...decodeObject(input.attrs), ...raised }
}

/** The same record as a line of pino, which has merged the message. */
function lineOf(input: Input): string {
  const { msg, args, levelname, created, exc_text, stack_info, name, process: pid } = attributesOf(input)
  // Text that is there already is not made again.
  const error = exc_text || (input.raises === true ? { type: 'ValueError', message: 'deliberate' } : undefined)
  const extras = Object.entries(decodeObject(input.attrs)).filter(([key]) => !Object.hasOwn(BASE, key))
  return line(getMessage(msg, args), {
    ...Object.fromEntries(extras),
    level: PINO_LEVELS[String(levelname)],
    time: Math.round(Number(created) * 1000),
    name,
    pid,
    err: error,
    stack_info: stack_info ?? undefined,
  })
}

function attempt<T>(answer: () => T): T | PythonError {
  try {
    return answer()
  } catch (error) {
    if (error instanceof PythonError) return error
    throw error
  }
}

/** {@link differing} for answers that take their time. */
async function differingLater(
  cases: readonly Case[],
  answer: (input: Input, one: Case) => Promise<unknown>,
): Promise<Difference[]> {
  const answers = new Map<Case, unknown>()
  for (const one of cases) answers.set(one, await answer(one.input, one))
  return differing(cases, (_, one) => answers.get(one))
}

/** Python's `queue.Queue(maxsize)`, of batches with one record each. */
class BoundedQueue implements Queue {
  readonly label = 'bounded queue'
  readonly batches: QueueBatch[] = []
  readonly #size: number

  constructor(size: number) {
    this.#size = size
  }

  put(batches: readonly QueueBatch[]): void {
    if (this.batches.length + batches.length > this.#size) throw new Error('Full')
    this.batches.push(...batches)
  }

  async take(): Promise<readonly QueueBatch[]> {
    return this.batches.splice(0)
  }

  acknowledge(): void {}

  close(): void {}
}
