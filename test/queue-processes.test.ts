// Several processes that log through a queue to one that listens, some of which are killed.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import type { Stats } from '@pino-handlers/core'
import type { QueueOption } from '@pino-handlers/core/queue'
import type { ClusterInput } from './fixtures/processes-cluster.js'
import type { ListenerNews, ListenerOptions } from './fixtures/processes-listener.js'
import type { WriterNews, WriterOptions, WriterOrder } from './fixtures/processes-writer.js'
import { assertBalanced } from './support/books.js'
import { joined, runsIn } from './support/number-runs.js'
import { tempDir } from './support/temp-dir.js'
import { ToldProcess } from './support/told-process.js'
import { until } from './support/until.js'

// The path of a socket: on Windows it would be a pipe, which is the same to the queue.
const skip = process.platform === 'win32' && 'needs Unix sockets'

const QUICK = { retryStart: 0.05, retryMax: 0.2, closeTimeout: 9, onError: 'ignore' } as const

// How often a listener is killed, and what each writer logs in between: so many records, of at least so many characters.
const KILLS = 3
const SHARE = 15_000
const LINE = 150

// Characters of both writers that may come twice when a listener is killed, as docs/several-processes.md says: what it had
// handled and not acknowledged, or what each writer to a socket had put.
const TWICE = { directory: (1024 + 256) * 1024, socket: 2 * 4 * 1024 * 1024 }

type Writer = ToldProcess<WriterOrder, WriterNews>
type Listener = ToldProcess<object, ListenerNews>

async function startWriter(t: TestContext, queue: QueueOption): Promise<Writer> {
  const options: WriterOptions = { ...QUICK, queue, statsInterval: 0.02 }
  const writer: Writer = new ToldProcess(t, 'processes-writer', options)
  await writer.hear((news) => news === 'ready')
  return writer
}

async function startListener(t: TestContext, options: ListenerOptions): Promise<Listener> {
  const listener: Listener = new ToldProcess(t, 'processes-listener', options)
  await listener.hear((news) => news === 'ready')
  return listener
}

/** Lets a listener handle what is in its queue; returns its last books. */
async function stop(listener: Listener): Promise<Stats> {
  listener.tell({})
  return stats(await listener.hear((news) => news !== 'ready'))
}

function lastBooks({ news }: Writer): Stats {
  return stats(news.at(-1) ?? 'ready')
}

/** The books of a listener and of its handlers. */
function allOf(books: Stats): readonly Stats[] {
  return [books, ...(books.targets ?? [])]
}

function stats(news: ListenerNews | WriterNews): Stats {
  assert.ok(typeof news === 'object')
  return news
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

/** A folder's files, oldest first: `out.log.2`, `out.log.1`, `out.log`. */
function readBackups(dir: string): string {
  const number = (name: string): number => Number(/\d+$/.exec(name)?.[0] ?? 0)
  const names = readdirSync(dir).sort((a, b) => number(b) - number(a))
  return names.map((name) => readFileSync(join(dir, name), 'utf8')).join('')
}

describe('queue and queue-listener in processes of their own', () => {
  it('brings each record of a cluster through a socket into one rotating file, in the order of each worker', {
    skip,
  }, async (t) => {
    const dir = tempDir(t)
    const logs = join(dir, 'logs')
    const queue = { type: 'socket', path: join(dir, 'queue') } as const
    const target = '@pino-handlers/rotating-file'
    const options = { filename: join(logs, 'out.log'), maxBytes: '2MB', backupCount: 100, mkdir: true }
    const listener = await startListener(t, { queue, handlers: [{ target, options }] })
    const count = 25_000

    const input: ClusterInput = { workers: 4, count, options: { ...QUICK, queue } }
    const cluster: Writer = new ToldProcess(t, 'processes-cluster', input)
    const ended = await cluster.end()
    const books = await stop(listener)

    for (const each of [...cluster.news.map(stats), ...allOf(books)]) assertBalanced(each)
    assert.deepEqual(
      {
        ended,
        runs: [...runsIn(readBackups(logs)).values()],
        delivered: [
          ...cluster.news.map((news) => stats(news).delivered),
          books.targets?.map(({ delivered }) => delivered),
        ],
      },
      {
        ended: [0, ''],
        runs: Array.from({ length: 4 }, () => [[0, count - 1]]),
        delivered: [count, count, count, count, [4 * count]],
      },
    )
  })

  for (const [kind, reason] of [
    ['directory', false],
    ['socket', skip],
  ] as const) {
    it(`loses nothing when the listener of a ${kind} is killed, and repeats only what was under way`, {
      skip: reason,
    }, async (t) => {
      const dir = tempDir(t)
      const queue = { type: kind, path: join(dir, 'queue') }
      const file = (life: number): string => join(dir, `${life}.log`)
      const listen = (life: number): Promise<Listener> =>
        startListener(t, { queue, handlers: [{ target: '@pino-handlers/file', options: { filename: file(life) } }] })
      const writers = await Promise.all([startWriter(t, queue), startWriter(t, queue)])
      const order = (what: WriterOrder): void => {
        for (const writer of writers) writer.tell(what)
      }

      for (let life = 0; life < KILLS; life++) {
        const listener = await listen(life)
        order({ log: SHARE })
        await until(() => sizeOf(file(life)) > SHARE * LINE)
        await listener.kill()
      }
      const last = await listen(KILLS)
      order({ log: SHARE, end: true })
      const ended = await Promise.all(writers.map((writer) => writer.end()))
      const books = await stop(last)

      const lives = Array.from({ length: KILLS + 1 }, (_, life) => runsIn(readFileSync(file(life), 'utf8')))
      const outcomes = writers.map(({ pid }) => joined(lives.map((runs) => runs.get(pid) ?? [])))
      const twice = lives.map((_, life) => outcomes.reduce((sum, outcome) => sum + (outcome.twice[life] ?? 0), 0))
      const count = (KILLS + 1) * SHARE
      for (const each of [...writers.map(lastBooks), ...allOf(books)]) assertBalanced(each)
      assert.deepEqual(
        {
          ended,
          delivered: writers.map((writer) => lastBooks(writer).delivered),
          found: outcomes.map(({ found }) => found),
          tooMany: twice.filter((records) => records * LINE > TWICE[kind]),
        },
        {
          ended: [
            [0, ''],
            [0, ''],
          ],
          delivered: [count, count],
          found: [count, count],
          tooMany: [],
        },
      )
    })
  }

  it('has all that a writer had put into a directory before it was killed', async (t) => {
    const dir = tempDir(t)
    const queue = { type: 'directory', path: join(dir, 'queue') } as const
    const filename = join(dir, 'out.log')
    const writer = await startWriter(t, queue)

    writer.tell({ log: 60_000 })
    await writer.hear((news) => news !== 'ready' && news.delivered > 5000)
    await writer.kill()
    const { delivered } = lastBooks(writer)
    const handlers = [{ target: '@pino-handlers/file', options: { filename } }]
    const books = await stop(await startListener(t, { queue, handlers }))

    const runs = [...runsIn(readFileSync(filename, 'utf8')).values()]
    const last = runs[0]?.[0]?.[1] ?? Number.NaN
    for (const each of allOf(books)) assertBalanced(each)
    assert.deepEqual(
      { runs, isThere: last + 1 >= delivered, received: books.received },
      { runs: [[[0, last]]], isThere: true, received: last + 1 },
    )
  })
})
