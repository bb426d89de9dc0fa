// Whether a queue on a server loses anything when those who put and those who take are killed.

import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { QueueOption } from '@pino-handlers/core/queue'
import { assertAllBalanced } from '../../packages/queue-listener/test/child.js'
import type { ListenerNews, ListenerOptions } from '../fixtures/processes-listener.js'
import type { WriterNews, WriterOptions, WriterOrder } from '../fixtures/processes-writer.js'
import type { Taken, WitnessedOptions } from '../fixtures/witnessed-queue.js'
import { firstSeen } from './first-seen.js'
import { fixture } from './run-node.js'
import { tempDir } from './temp-dir.js'
import { ToldProcess } from './told-process.js'
import { until } from './until.js'

/** How much is logged, and how often something is killed while it is. */
export interface Kills {
  readonly times: number
  /** Of all writers, in all. */
  readonly records: number
}

type Writer = ToldProcess<WriterOrder, WriterNews>
type Listener = ToldProcess<object, ListenerNews>

const QUICK = { retryStart: 0.05, retryMax: 0.2, closeTimeout: 9, onError: 'ignore' } as const
const WRITERS = 2
// Characters that a record has at least.
const LINE = 150

/** Kills a listener or a writer at random points, and looks at what arrived. */
export async function surviveKills(t: TestContext, queue: QueueOption, { times, records }: Kills): Promise<void> {
  const dir = tempDir(t)
  const taken = join(dir, 'taken')
  const share = records / times / WRITERS
  const file = (life: number): string => join(dir, `${life}.log`)
  const sizeOf = (life: number): number => statSync(file(life), { throwIfNoEntry: false })?.size ?? 0
  const startListener = async (life: number): Promise<Listener> => {
    const handlers = [{ target: '@pino-handlers/file', options: { filename: file(life) } }]
    const witnessed: WitnessedOptions = { of: queue, path: taken }
    const options: ListenerOptions = { queue: { type: fixture('witnessed-queue'), ...witnessed }, handlers, ...QUICK }
    const listener: Listener = new ToldProcess(t, 'processes-listener', options)
    await listener.hear((news) => news === 'ready')
    return listener
  }
  const startWriter = async (): Promise<Writer> => {
    const options: WriterOptions = { ...QUICK, queue, statsInterval: 0.02 }
    const writer: Writer = new ToldProcess(t, 'processes-writer', options)
    await writer.hear((news) => news === 'ready')
    return writer
  }

  const dead: Writer[] = []
  const writers = await Promise.all(Array.from({ length: WRITERS }, startWriter))
  const logged = new Map(writers.map((writer) => [writer, 0]))
  let life = 0
  let listener = await startListener(life)
  for (let time = 0; time < times; time++) {
    const before = sizeOf(life)
    for (const writer of writers) {
      writer.tell({ log: share })
      logged.set(writer, (logged.get(writer) ?? 0) + share)
    }
    // What was not taken by the listener before is taken by this one.
    const enough = Math.random() * share * LINE
    await until(() => sizeOf(life) - before >= enough)
    if (time % 3 === 1) {
      const mortal = writers.shift()
      await mortal?.kill()
      if (mortal) dead.push(mortal)
      const next = await startWriter()
      logged.set(next, 0)
      writers.push(next)
    } else {
      await listener.kill()
      life++
      listener = await startListener(life)
    }
  }
  for (const writer of writers) writer.tell({ end: true })
  const ends = await Promise.all(writers.map((writer) => writer.end()))

  const seen = (): ReturnType<typeof firstSeen> =>
    firstSeen(
      Array.from({ length: life + 1 }, (_, each) => (existsSync(file(each)) ? readFileSync(file(each), 'utf8') : '')),
    )
  const wanted = [...dead, ...writers].map((writer) => ({
    pid: writer.pid,
    acknowledged: writers.includes(writer) ? (logged.get(writer) ?? 0) : deliveredBy(writer),
  }))
  const missing = (): number[] => {
    const found = seen()
    return wanted.map(({ pid, acknowledged }) => Math.max(0, acknowledged - (found.get(pid)?.found ?? 0)))
  }
  // Reading all files is much work.
  let size = -1
  await until(() => {
    const now = sizeOf(life)
    if (now === size) return false
    size = now
    return missing().every((records) => records === 0)
  })
  listener.tell({})
  const books = await listener.hear((news) => news !== 'ready')

  assert.ok(typeof books === 'object')
  assertAllBalanced(books)
  for (const writer of [...writers, ...dead.filter(hasBooks)]) assertAllBalanced(booksOf(writer))
  const all = [...seen().values()]
  t.diagnostic(`${all.reduce((sum, { twice }) => sum + twice, 0)} records came again`)
  assert.deepEqual(
    [ends, writers.map(deliveredBy), missing(), all.map(({ late }) => late)],
    [writers.map(() => [0, '']), writers.map((writer) => logged.get(writer)), wanted.map(() => 0), all.map(() => 0)],
  )
  // No record came again but with all of its batch, under the same id.
  assert.equal(
    recordsIn(readFileSync(taken, 'utf8')),
    all.reduce((sum, { all }) => sum + all, 0),
  )
}

function booksOf({ news }: Writer): Exclude<WriterNews, 'ready'> {
  const books = news.findLast((each) => each !== 'ready')
  assert.ok(typeof books === 'object')
  return books
}

function deliveredBy(writer: Writer): number {
  return hasBooks(writer) ? booksOf(writer).delivered : 0
}

function hasBooks({ news }: Writer): boolean {
  return news.some((each) => each !== 'ready')
}

// How many records were in the batches, each of which was the same whenever it came.
function recordsIn(witness: string): number {
  const contents = new Map<string, Taken>()
  for (const line of witness.split('\n').slice(0, -1)) {
    const taken: Taken = JSON.parse(line)
    assert.deepEqual(taken, contents.get(taken.id) ?? taken)
    contents.set(taken.id, taken)
  }
  return [...contents.values()].reduce((sum, { count }) => sum + count, 0)
}
