// Targets of others in pino's worker, and the end of a process.

import assert from 'node:assert/strict'
import { on, once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import type { Stats } from '@pino-handlers/core'
import { directoryQueue, memoryQueue } from '@pino-handlers/core/queue'
import type { HandlerExtras, HandlerSpec, QueueListenerOptions } from '@pino-handlers/queue-listener'
import pino from 'pino'
import type { ListenerExit } from '../../../test/fixtures/listener-exit.js'
import type { WorkerApp } from '../../../test/fixtures/worker-app.js'
import { KILLED } from '../../../test/support/platform.js'
import { fixture, type Run, runFixture } from '../../../test/support/run-node.js'
import { files, tempDir } from '../../../test/support/temp-dir.js'
import { until } from '../../../test/support/until.js'
import { assertAllBalanced, booksOf } from './child.js'
import { NEVER } from './listen.js'

const target = '@pino-handlers/queue-listener'
const COUNT = 1000

/** Logs through a listener in pino's worker. */
function runApp(options: QueueListenerOptions, app: Partial<WorkerApp> = {}): Promise<Run> {
  return runFixture('worker-app', {
    transport: { target, options },
    pino: { base: null, timestamp: false },
    records: COUNT,
    ending: 'end',
    ...app,
  } satisfies WorkerApp)
}

const lines = (count: number): string => Array.from({ length: count }, (_, n) => `{"level":30,"msg":"${n}"}\n`).join('')

/** A TCP server that keeps what it gets. */
async function startServer(t: TestContext): Promise<{ port: number; text: () => string }> {
  let text = ''
  const connections = new Set<Socket>()
  const server = createServer((connection) => {
    connections.add(connection)
    connection.setEncoding('utf8').on('data', (more: string) => {
      text += more
    })
    connection.on('error', () => connection.destroy())
  })
  t.after(() => {
    for (const connection of connections) connection.destroy()
    server.close()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  assert.ok(address && typeof address === 'object')
  return { port: address.port, text: () => text }
}

describe('queueListener in a worker', () => {
  it('writes to pino/file, pino-pretty, pino-roll and pino-socket', async (t) => {
    const dir = tempDir(t)
    const server = await startServer(t)
    const run = await runApp({
      handlers: [
        { target: 'pino/file', options: { destination: join(dir, 'plain') } },
        {
          target: 'pino-pretty',
          options: { destination: join(dir, 'pretty'), colorize: false, singleLine: true },
        },
        { target: 'pino-roll', options: { file: join(dir, 'rolled'), mkdir: true } },
        { target: 'pino-socket', options: { mode: 'tcp', address: '127.0.0.1', port: server.port } },
      ],
    })

    await until(() => server.text().length >= lines(COUNT).length)
    const rolled = readdirSync(dir).filter((name) => name.startsWith('rolled'))
    assert.deepEqual(
      {
        stderr: run.stderr,
        plain: readFileSync(join(dir, 'plain'), 'utf8'),
        pretty: readFileSync(join(dir, 'pretty'), 'utf8'),
        rolled: rolled.map((name) => readFileSync(join(dir, name), 'utf8')),
        socket: server.text(),
      },
      {
        stderr: '',
        plain: lines(COUNT),
        pretty: Array.from({ length: COUNT }, (_, n) => `INFO: ${n}\n`).join(''),
        rolled: [lines(COUNT)],
        socket: lines(COUNT),
      },
    )
  })

  it("gives pino's configuration to a target that expects it, however slowly it loads", async (t) => {
    const dir = tempDir(t)
    const run = await runApp(
      { handlers: [{ target: fixture('listener-config-target'), options: { path: join(dir, 'a.log') } }] },
      {
        pino: { customLevels: { notice: 35 }, messageKey: 'text', errorKey: 'problem' },
        records: [['notice', 'hello']],
      },
    )

    assert.deepEqual([run.stderr, files(dir)], ['', { 'a.log': '35 problem hello\n' }])
  })

  it("knows the labels of pino's own levels, and with customLevels others", async (t) => {
    const dir = tempDir(t)
    const file = (name: string, range: HandlerExtras): HandlerSpec => {
      return { target: '@pino-handlers/file', options: { filename: join(dir, name) }, ...range }
    }
    const handlers = [file('low', { maxLevel: 'notice' }), file('high', { level: 'error' })]
    const customLevels = { notice: 35 }
    await runApp(
      { handlers, customLevels },
      {
        pino: { base: null, timestamp: false, customLevels },
        records: [
          ['info', 'a'],
          ['notice', 'b'],
          ['warn', 'c'],
          ['error', 'd'],
        ],
      },
    )

    assert.deepEqual(files(dir), {
      low: '{"level":30,"msg":"a"}\n{"level":35,"msg":"b"}\n',
      high: '{"level":50,"msg":"d"}\n',
    })
  })

  it('flushes all its handlers when pino flushes', async (t) => {
    const dir = tempDir(t)
    const run = await runApp(
      {
        handlers: [
          { target: '@pino-handlers/file', options: { filename: join(dir, 'a'), bufferSize: '1MB' } },
          { target: 'pino/file', options: { destination: join(dir, 'b') } },
        ],
      },
      { ending: 'flush' },
    )

    assert.deepEqual([run.signal, files(dir)], [KILLED, { a: lines(COUNT), b: lines(COUNT) }])
  })

  for (const ending of ['exit', 'throw'] as const) {
    it(`delivers all records when the process ends by '${ending}' right after the last`, async (t) => {
      const dir = tempDir(t)
      await runApp(
        {
          handlers: [
            { target: '@pino-handlers/file', options: { filename: join(dir, 'a') } },
            { target: 'pino/file', options: { destination: join(dir, 'b') } },
            { target: fixture('listener-rejecting') },
          ],
          onError: 'ignore',
        },
        { ending },
      )

      assert.deepEqual(files(dir), { a: lines(COUNT), b: lines(COUNT) })
    })
  }

  it('tells what is wrong with its handlers', async () => {
    const handlers = [{ target: '@pino-handlers/file', options: {} }]
    const run = await runApp({ handlers }, { records: 0, ending: 'error' })

    const text =
      '[queue-listener] option "handlers" has "file", which refuses its options: [file] option "filename" is required: '
    const [[event, message]] = JSON.parse(run.stdout)
    assert.deepEqual([event, String(message).slice(0, text.length)], ['error', text])
  })
})

describe('queueListener with a queue in a worker', () => {
  it('takes by itself, beside what pino writes', async (t) => {
    const dir = tempDir(t)
    const name = 'listener-worker-test'
    const handlers = [{ target: '@pino-handlers/file', options: { filename: join(dir, 'a') } }]
    const options: QueueListenerOptions = { handlers, queue: { type: 'memory', name } }
    const transport = pino.transport<QueueListenerOptions>({ target, options })
    const over = once(transport, 'close')
    const stats = statsOf(transport)
    // Neither a worker nor a queue keeps the process alive.
    const alive = setInterval(() => {}, 1000)
    const queue = memoryQueue(name)
    const logger = pino({ base: null, timestamp: false }, transport)
    for (let n = 0; n < COUNT; n++) {
      logger.info(String(n))
      if (n % 100 === 0) await queue.put([{ id: String(n), data: `{"level":50,"msg":"${n}"}\n`, count: 1 }], NEVER)
    }
    transport.end()
    await over
    queue.close(NEVER)
    clearInterval(alive)

    const written = readFileSync(join(dir, 'a'), 'utf8').split(/(?<=\n)/)
    assertAllBalanced(await stats)
    assert.deepEqual(
      [written.filter((each) => each.includes(':30')).join(''), written.filter((each) => each.includes(':50')).length],
      [lines(COUNT), COUNT / 100],
    )
  })
})

/** The last books of the listener. */
async function statsOf(transport: NodeJS.EventEmitter): Promise<Stats> {
  for await (const [stats] of on(transport, 'stats')) if (stats.handler === 'queue-listener') return stats
  throw new Error('there are no stats')
}

describe('queueListener in a process', () => {
  for (const first of ['listener', 'handler'] as const) {
    it(`hands over at process.exit() what pino has written and what is in its queue, made after the ${first}`, async (t) => {
      const dir = tempDir(t)
      const queue: ListenerExit['queue'] = { type: 'memory', name: 'between' }
      const run = await runFixture('listener-exit', { dir, count: COUNT, first, queue } satisfies ListenerExit)

      assert.deepEqual([run.code, run.stderr, files(dir)], [0, '', { direct: lines(COUNT), queued: lines(COUNT) }])
    })
  }

  it('tells at process.exit() what a handler still held, in its own books', async () => {
    const run = await runFixture('listener-stuck', {})
    const stats: Stats = JSON.parse(run.stdout)
    assertAllBalanced(stats)

    assert.deepEqual(
      [run.stderr, booksOf(stats)],
      [
        '[queue-listener/stuck] the process ended with 3 records that could not be delivered\n',
        [
          ['queue-listener/stuck', 3, 0, { exit: 3 }],
          ['queue-listener/fine', 3, 3, {}],
        ],
      ],
    )
  })

  it('tells a queue on the disk at process.exit() what its handlers have', async (t) => {
    const [dir, path] = [tempDir(t), join(tempDir(t), 'queue')]
    const queue: ListenerExit['queue'] = { type: 'directory', path }
    const run = await runFixture('listener-exit', {
      dir,
      count: COUNT,
      first: 'listener',
      queue,
    } satisfies ListenerExit)
    const rest = directoryQueue({ path })
    const left = rest.takeNow?.()
    rest.close(NEVER)

    assert.deepEqual([run.stderr, files(dir), left], ['', { direct: lines(COUNT), queued: lines(COUNT) }, []])
  })
})
