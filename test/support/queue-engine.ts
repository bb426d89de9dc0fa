// What is true of every queue whose other end is a server that can fail.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import type { Stats } from '@pino-handlers/core'
import type { QueueOption } from '@pino-handlers/core/queue'
import queue from '@pino-handlers/queue'
import queueListener, { type QueueListener } from '@pino-handlers/queue-listener'
import { assertAllBalanced, Child } from '../../packages/queue-listener/test/child.js'
import { numbered } from './lines.js'
import { type Kills, surviveKills } from './queue-kills.js'
import { runFixture } from './run-node.js'
import { SuiteScope } from './suite-scope.js'
import { tempDir } from './temp-dir.js'
import { until } from './until.js'

/** A server of the test's own. */
export interface EngineServer {
  readonly url: string
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
  option(url: string, queueName: string, group: string, who?: string): QueueOption
}

const QUICK = { retryStart: 0.05, retryMax: 0.2, closeTimeout: 9, onError: 'ignore' } as const
const COUNT = 2000

// Once, on one version of Node, at length: it takes a minute of the processor.
const isLong = process.env.PINO_HANDLERS_FAULTS === 'long'
const KILLS: Kills = isLong ? { times: 20, records: 100_000 } : { times: 2, records: 8000 }
// Milliseconds that a server stands still, at least.
const STALL = isLong ? 10_000 : 0

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
        async (server: EngineServer, hasFailed: () => boolean): Promise<void> => {
          const end = performance.now() + STALL
          server.signal('SIGSTOP')
          await until(() => hasFailed() && performance.now() >= end).finally(() => server.signal('SIGCONT'))
        },
      ],
    ] as const) {
      it(`loses nothing and keeps the order when the server ${what}`, async () => {
        const server = running()
        const option = engine.option(server.url, randomUUID(), 'all', 'one')
        const child = new Child()
        const listener = await listen(option, child)
        const handler = queue({ queue: option, ...QUICK })
        const lines = numbered(COUNT)

        for (const line of lines.slice(0, COUNT / 2)) handler.write(line)
        await until(() => child.text !== '')
        const failing = fault(server, () => handler.stats.lastError !== null)
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
        children.map((child, n) => listen(engine.option(server.url, name, groups[n] ?? '', String(n)), child)),
      )
      const handler = queue({ queue: engine.option(server.url, name, 'shared'), ...QUICK })

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

    it('lets a process end that has nothing more to put, and does not end its handler', async () => {
      const option = engine.option(running().url, randomUUID(), 'all', 'one')

      assert.deepEqual(await runFixture('queue-idle', option), {
        code: 0,
        signal: null,
        stdout: 'delivered 1\n',
        stderr: '',
      })
    })

    it('keeps records in its spool while the server is away, and sends them on', async (t) => {
      const server = running()
      const name = randomUUID()
      const spool = { path: join(tempDir(t), 'spool') }
      const behindSpool = (url: string): QueueOption => {
        const option = engine.option(url, name, 'all', 'one')
        assert.ok(typeof option === 'object' && 'type' in option)
        return { ...option, spool }
      }
      const away = new URL(server.url)
      away.port = '1'
      const handler = queue({ queue: behindSpool(away.href), ...QUICK })
      const lines = numbered(COUNT)
      for (const line of lines) handler.write(line)
      const before = await ended(handler)

      const child = new Child()
      const listener = await listen(engine.option(server.url, name, 'all', 'one'), child)
      const next = queue({ queue: behindSpool(server.url), ...QUICK })
      next.write(numbered(COUNT + 1).at(-1) ?? '')
      await until(() => child.messages.includes(String(COUNT)))
      const books = [before, await ended(next), await closed(listener)]

      for (const each of books) assertAllBalanced(each)
      assert.deepEqual(
        [child.messages.toSorted((a, b) => Number(a) - Number(b)), before.delivered],
        [[...lines, ''].map((_, n) => String(n)), COUNT],
      )
    })

    it(`loses nothing when listeners and producers are killed at ${KILLS.times} points`, async (t) => {
      await surviveKills(t, engine.option(running().url, randomUUID(), 'all', 'one'), KILLS)
    })
  })
}

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
