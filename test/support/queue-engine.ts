// What is true of every queue whose other end is a server that can fail.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import type { Stats } from '@pino-handlers/core'
import type { QueueOption } from '@pino-handlers/core/queue'
import queue from '@pino-handlers/queue'
import queueListener, { type QueueListener } from '@pino-handlers/queue-listener'
import { assertAllBalanced, Child } from '../../packages/queue-listener/test/child.js'
import type { ListenerNews, ListenerOptions } from '../fixtures/processes-listener.js'
import type { WriterNews, WriterOptions, WriterOrder } from '../fixtures/processes-writer.js'
import { numbered } from './lines.js'
import { joined, runsIn } from './number-runs.js'
import { SuiteScope } from './suite-scope.js'
import { tempDir } from './temp-dir.js'
import { ToldProcess } from './told-process.js'
import { until } from './until.js'

/** A server of the test's own. */
export interface EngineServer {
  start(): Promise<void>
  kill(): Promise<void>
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void
}

/** Whose queue it is. */
export interface Engine<S extends EngineServer> {
  readonly name: string
  readonly skip: string | false
  start(t: Pick<TestContext, 'after'>): Promise<S>
  /** The option for a queue; `who` is the one that takes, and keeps this name. */
  option(server: S, queueName: string, group: string, who?: string): QueueOption
}

const QUICK = { retryStart: 0.05, retryMax: 0.2, closeTimeout: 9, onError: 'ignore' } as const
const COUNT = 2000

/** Tests how a kind of queue gets over the faults of its server and of its users. */
export function queueEngine<S extends EngineServer>(engine: Engine<S>): void {
  const scope = new SuiteScope()
  // One for all tests, each of which has queues of its own: some servers take long to start.
  let started: S | undefined
  const running = (): S => {
    assert.ok(started)
    return started
  }

  describe(`${engine.name} and its server`, { skip: engine.skip }, () => {
    before(async () => {
      started = await engine.start(scope)
    })
    after(() => scope.end())

    for (const [what, fault] of [
      [
        'is killed and comes back',
        async (server: EngineServer): Promise<void> => {
          await server.kill()
          await server.start()
        },
      ],
      [
        'stands still for a while',
        async (server: EngineServer): Promise<void> => {
          server.signal('SIGSTOP')
          await new Promise((resolve) => setTimeout(resolve, 500))
          server.signal('SIGCONT')
        },
      ],
    ] as const) {
      it(`loses nothing and keeps the order when the server ${what}`, async () => {
        const server = running()
        const option = engine.option(server, randomUUID(), 'all', 'one')
        const child = new Child()
        const listener = await listen(option, child)
        const handler = queue({ queue: option, ...QUICK })
        const lines = numbered(COUNT)

        for (const line of lines.slice(0, COUNT / 2)) handler.write(line)
        await until(() => child.text !== '')
        const failing = fault(server)
        for (const line of lines.slice(COUNT / 2)) {
          handler.write(line)
          await new Promise(setImmediate)
        }
        await failing
        await until(() => child.messages.includes(String(COUNT - 1)))
        const books = [await ended(handler), await closed(listener)]

        for (const each of books) assertAllBalanced(each)
        assert.deepEqual(
          [child.messages, books[0]?.delivered, books[0]?.dropped],
          [lines.map((_, n) => String(n)), COUNT, {}],
        )
      })
    }

    it('shares what is put among those who take in one group, and gives everything to each group', async () => {
      const server = running()
      const name = randomUUID()
      const children = Array.from({ length: 3 }, () => new Child())
      const [one, two, other] = children
      const groups = ['shared', 'shared', 'alone']
      const listeners = await Promise.all(
        children.map((child, n) => listen(engine.option(server, name, groups[n] ?? '', String(n)), child)),
      )
      const handler = queue({ queue: engine.option(server, name, 'shared'), ...QUICK })

      const lines = numbered(COUNT)
      for (const line of lines) {
        handler.write(line)
        await new Promise(setImmediate)
      }
      const shared = (): string[] => [...(one?.messages ?? []), ...(two?.messages ?? [])]
      await until(() => shared().length >= COUNT && (other?.messages.length ?? 0) >= COUNT)
      const books = [await ended(handler), ...(await Promise.all(listeners.map(closed)))]

      for (const each of books) assertAllBalanced(each)
      const all = lines.map((_, n) => String(n))
      const byNumber = (a: string, b: string): number => Number(a) - Number(b)
      assert.deepEqual([shared().sort(byNumber), other?.messages, books[0]?.delivered], [all, all, COUNT])
    })

    it('keeps records in its spool while the server is away, and sends them on', async (t) => {
      const server = running()
      const name = randomUUID()
      const option = engine.option(server, name, 'all', 'one')
      assert.ok(typeof option === 'object' && 'type' in option)
      await server.kill()
      const spool = { path: join(tempDir(t), 'spool') }
      const handler = queue({ queue: { ...option, spool }, ...QUICK })
      const lines = numbered(COUNT)
      for (const line of lines) handler.write(line)
      const before = await ended(handler)

      await server.start()
      const child = new Child()
      const listener = await listen(option, child)
      const next = queue({ queue: { ...option, spool }, ...QUICK })
      next.write(numbered(COUNT + 1).at(-1) ?? '')
      await until(() => child.messages.includes(String(COUNT)))
      const books = [before, await ended(next), await closed(listener)]

      for (const each of books) assertAllBalanced(each)
      assert.deepEqual(
        [child.messages.toSorted((a, b) => Number(a) - Number(b)), before.delivered],
        [[...lines, ''].map((_, n) => String(n)), COUNT],
      )
    })

    it('loses nothing when listeners and a producer are killed', async (t) => {
      const server = running()
      const option = engine.option(server, randomUUID(), 'all', 'one')
      const dir = tempDir(t)
      const file = (life: number): string => join(dir, `${life}.log`)
      const startListener = async (life: number): Promise<ToldProcess<object, ListenerNews>> => {
        const handlers = [{ target: '@pino-handlers/file', options: { filename: file(life) } }]
        const options: ListenerOptions = { queue: option, handlers, ...TARGET }
        const listener = new ToldProcess<object, ListenerNews>(t, 'processes-listener', options)
        await listener.hear((news) => news === 'ready')
        return listener
      }
      const options: WriterOptions = { ...QUICK, queue: option, statsInterval: 0.02 }
      const writers = [0, 1].map(() => new ToldProcess<WriterOrder, WriterNews>(t, 'processes-writer', options))
      for (const writer of writers) await writer.hear((news) => news === 'ready')
      const [mortal, survivor] = writers
      assert.ok(mortal && survivor)

      for (const life of [0, 1]) {
        const listener = await startListener(life)
        for (const writer of writers) writer.tell({ log: SHARE })
        await until(() => (statSync(file(life), { throwIfNoEntry: false })?.size ?? 0) > SHARE * 50)
        await listener.kill()
      }
      await mortal.kill()
      const last = await startListener(2)
      survivor.tell({ log: SHARE, end: true })
      const end = await survivor.end()
      const acknowledged = (writer: typeof mortal): number => {
        const news = writer.news.at(-1)
        return typeof news === 'object' ? news.delivered : 0
      }
      const runs = (): ReturnType<typeof runsIn>[] =>
        [0, 1, 2].map((life) =>
          runsIn(statSync(file(life), { throwIfNoEntry: false }) ? readFileSync(file(life), 'utf8') : ''),
        )
      const found = ({ pid }: typeof mortal): number => joined(runs().map((each) => each.get(pid) ?? [])).found
      await until(() => found(survivor) >= 3 * SHARE && found(mortal) >= acknowledged(mortal), 60_000)
      last.tell({})
      const books = await last.hear((news) => news !== 'ready')

      assert.ok(typeof books === 'object')
      assertAllBalanced(books)
      assert.deepEqual([end, found(survivor)], [[0, ''], 3 * SHARE])
    })
  })
}

const SHARE = 5000
const TARGET = { retryStart: 0.05, retryMax: 0.2, closeTimeout: 9, onError: 'ignore' } as const

async function listen(option: QueueOption, child: Child): Promise<QueueListener> {
  const listener = queueListener({ handlers: [child], queue: option, ...TARGET })
  await listener.start()
  return listener
}

async function closed(listener: QueueListener): Promise<Stats> {
  await listener[Symbol.asyncDispose]()
  return listener.stats
}

async function ended(handler: ReturnType<typeof queue>): Promise<Stats> {
  await new Promise<void>((resolve) => handler.end(() => resolve()))
  return handler.stats
}
