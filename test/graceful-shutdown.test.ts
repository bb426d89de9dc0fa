// What gracefulShutdown delivers, and how the process ends. Each application is a process of its own.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, readFileSync, symlinkSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { gracefulShutdown, type Stats } from '@pino-handlers/core'
import file, { fileTarget } from '@pino-handlers/file'
import pino from 'pino'
import type { ShutdownApp } from './fixtures/shutdown-app.js'
import { assertBalanced } from './support/books.js'
import { lineServerPath, linesReceived, startLineServer } from './support/line-server.js'
import { fixture, type Run, run as runCommand } from './support/run-node.js'
import { tempDir } from './support/temp-dir.js'
import { until } from './support/until.js'
import { linesPosted, startWebServer } from './support/web-server.js'

type Where = ShutdownApp['where']
type Ending = ShutdownApp['ending']

const COUNT = 1000
const wheres: readonly Where[] = ['worker', 'targets', 'file', 'multistream', 'http']
const hasSignals = process.platform !== 'win32'

interface Ended {
  /** The number that it exits with, as the listeners of 'exit' get it. */
  readonly code: number
  readonly signal?: NodeJS.Signals
  readonly reason: string
  /** What the loggers say of it, each once. */
  readonly said: readonly string[]
  readonly skip?: boolean
  /** Where it is tried, if that need not be everywhere: it differs from another ending by its name only. */
  readonly only?: readonly Where[]
}

const endings: Readonly<Partial<Record<Ending, Ended>>> = {
  SIGTERM: {
    code: 143,
    signal: 'SIGTERM',
    reason: 'SIGTERM',
    said: ['SIGTERM: shutting down', 'SIGTERM: shutting down'],
    skip: !hasSignals,
  },
  SIGINT: {
    code: 130,
    signal: 'SIGINT',
    reason: 'SIGINT',
    said: ['SIGINT: shutting down', 'SIGINT: shutting down'],
    skip: !hasSignals,
    only: ['worker'],
  },
  throw: {
    code: 1,
    reason: 'uncaughtException',
    said: ['uncaught exception', 'uncaught exception'],
    only: ['worker', 'multistream', 'http'],
  },
  // The exit code was 0.
  strange: {
    code: 1,
    reason: 'uncaughtException',
    said: ['uncaught exception', 'uncaught exception'],
    only: ['targets'],
  },
  reject: {
    code: 1,
    reason: 'unhandledRejection',
    said: ['unhandled rejection', 'unhandled rejection'],
    only: ['worker'],
  },
  drain: { code: 0, reason: 'beforeExit', said: [], only: ['worker', 'http'] },
}

describe('gracefulShutdown', { concurrency: 2 }, () => {
  for (const where of wheres) {
    for (const [ending, { code, signal = null, reason, said, skip = false, only = wheres }] of Object.entries(
      endings,
    )) {
      if (!only.includes(where)) continue
      it(`delivers everything: ${where}, ${ending}`, { skip }, async (t) => {
        const { run, messages, report } = await runApp(t, { where, ending: ending as Ending, records: COUNT })

        const expected = [...numbers(COUNT), ...said, 'from before']
        assert.deepEqual(
          { code: run.code, signal: run.signal, stdout: run.stdout, messages: await messages(expected.length) },
          {
            code: signal ? null : code,
            signal,
            stdout: `before ${reason}\nexit ${code}\n`,
            messages: expected,
          },
        )
        const crash = /Error: on purpose\n {4}at |Uncaught:\na value that cannot be shown\n/
        assert.equal(crash.test(run.stderr), reason.startsWith('un'))
        assert.doesNotMatch(run.stderr, /TimeoutNegativeWarning|MaxListenersExceededWarning/)
        // The last books of a worker that pino ends while the process exits reach nobody.
        if (existsSync(report)) assertAllBalanced(report)
        else assert.ok(ending === 'drain')
      })
    }
  }

  for (const where of ['worker', 'file'] as const) {
    it(`leaves what process.exit() delivers to before: ${where}`, async (t) => {
      const { run, messages } = await runApp(t, { where, ending: 'exit', records: COUNT })

      assert.deepEqual(
        { code: run.code, messages: await messages(COUNT + 1), stderr: run.stderr },
        { code: 5, messages: [...numbers(COUNT), 'from before'], stderr: '' },
      )
    })
  }

  it('ends with a number where another listener would get the signal', { skip: !hasSignals }, async (t) => {
    const { run, messages } = await runApp(t, { where: 'worker', ending: 'SIGTERM', records: 3, listener: true })

    assert.deepEqual([run.code, run.signal, (await messages(6)).at(-1)], [143, null, 'from before'])
  })

  it('ends with a number as the first process of a container', { skip: process.platform !== 'linux' }, async (t) => {
    const container = ['unshare', '--pid', '--fork', '--kill-child']
    if (spawnSync('unshare', [...container.slice(1), 'true']).status !== 0)
      return t.skip('unshare --pid is not permitted here')
    const { run, messages } = await runApp(t, { where: 'worker', ending: 'SIGTERM', records: 3 }, container)

    assert.deepEqual([run.code, run.signal, (await messages(6)).at(-1)], [143, null, 'from before'])
  })

  it('closes by hand, and the process goes on', async (t) => {
    const { run, messages } = await runApp(t, { where: 'multistream', ending: 'close', records: 3 })

    assert.deepEqual(
      { code: run.code, stdout: run.stdout, messages: await messages(4) },
      { code: 0, stdout: 'before close\nexit 0\n', messages: ['0', '1', '2', 'from before'] },
    )
  })

  it('does not wait for a server that stands still: multistream', { skip: !hasSignals }, async (t) => {
    const run = await endStalled(t, 'multistream', 1)

    assert.deepEqual(
      [run.signal, run.stdout, run.stderr.includes('not all records were delivered within 1 s')],
      ['SIGTERM', 'waiting\nbefore SIGTERM\nexit 143\n', true],
    )
  })

  // Its closeTimeout of 9 seconds does not count: pino would wait for it, and the last books say what was lost.
  for (const where of ['worker-socket', 'targets-socket', 'multistream-worker'] as const) {
    it(`lets a worker lose and count what a server does not take in time: ${where}`, {
      skip: !hasSignals,
    }, async (t) => {
      const report = join(tempDir(t), 'report.json')
      const run = await endStalled(t, where, 3, report)

      const closed = /^\[socket\] closed with (\d+) records that could not be delivered$/m.exec(run.stderr)
      const { socket } = JSON.parse(readFileSync(report, 'utf8'))
      assert.deepEqual(
        [run.signal, run.stdout, run.stderr.includes('not all'), Number(closed?.[1])],
        ['SIGTERM', 'waiting\nbefore SIGTERM\nexit 143\n', false, socket.dropped.closed],
      )
      assertAllBalanced(report)
    })
  }

  it('lets the system end it by a second signal while pino waits for a worker', { skip: !hasSignals }, async (t) => {
    const path = join(tempDir(t), 'asked')
    const { child, closed, output } = startWaiting(t, { where: 'stuck', path })

    await until(() => output.stdout.includes('waiting'))
    child.kill('SIGTERM')
    await until(() => existsSync(path))
    child.kill('SIGTERM')

    assert.deepEqual([await closed, output.stdout], [[null, 'SIGTERM'], 'waiting\nbefore SIGTERM\n'])
  })

  it('waits for the loggers of another copy of the package', { skip: !hasSignals }, async (t) => {
    const dir = tempDir(t)
    const core = join(import.meta.dirname, '../../packages/core')
    for (const part of ['dist', 'package.json']) cpSync(join(core, part), join(dir, part), { recursive: true })
    symlinkSync(join(core, 'node_modules'), join(dir, 'node_modules'), 'junction')
    const copy = pathToFileURL(join(dir, 'dist/index.js')).href
    const { run } = await runApp(t, { where: 'worker', ending: 'SIGTERM', records: 3, copy })

    assert.deepEqual([run.signal, run.stdout], ['SIGTERM', 'before SIGTERM\nbefore of the copy\nexit 143\n'])
  })

  for (const where of ['worker-socket', 'multistream'] as const) {
    it(`is forced by a second signal: ${where}`, { skip: !hasSignals }, async (t) => {
      const path = await startStalledServer(t, tempDir(t))
      const { child, closed, output } = startWaiting(t, { where, path })

      await until(() => output.stdout.includes('waiting'))
      child.kill('SIGTERM')
      await until(() => output.stdout.includes('before'))
      // One that follows at once may be an echo of the first.
      const timer = setInterval(() => child.kill('SIGTERM'), 100)
      t.after(() => clearInterval(timer))

      assert.deepEqual([await closed, output.stdout], [[null, 'SIGTERM'], 'waiting\nbefore SIGTERM\n'])
    })
  }

  for (const where of ['worker', 'targets'] as const) {
    it(`has delivered what was logged when flush resolves: ${where}`, async (t) => {
      const path = join(tempDir(t), 'app.log')
      const target = fileTarget({ filename: path, bufferSize: '1MB' })
      const other = fileTarget({ filename: `${path}.2`, bufferSize: '1MB' })
      const logger = pino(pino.transport(where === 'targets' ? { targets: [target, other] } : target))
      const shutdown = gracefulShutdown(logger)

      for (let n = 0; n < COUNT; n++) logger.info(String(n))
      await shutdown.flush()
      const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
      await shutdown.close()

      assert.deepEqual(
        lines.map((line) => JSON.parse(line).msg),
        numbers(COUNT),
      )
    })
  }

  it('has delivered what was logged when flush resolves', async (t) => {
    const path = join(tempDir(t), 'app.log')
    const handler = file({ filename: path, bufferSize: '1MB' })
    const logger = pino({}, pino.multistream([handler]))
    const shutdown = gracefulShutdown(logger)
    t.after(() => shutdown.close())

    logger.info('hello')
    await shutdown.flush()

    assert.equal(JSON.parse(readFileSync(path, 'utf8')).msg, 'hello')
    assertBalanced(handler.stats)
  })

  it('delivers although the logger cannot log what before has thrown', async (t) => {
    const path = join(tempDir(t), 'app.log')
    const handler = file({ filename: path, bufferSize: '1MB' })
    const logger = pino({ base: null }, handler)
    const write = t.mock.method(process.stderr, 'write', () => true)
    const cannotBeLogged = Object.defineProperty(new Error('before'), 'code', {
      enumerable: true,
      get() {
        throw new Error('code cannot be read')
      },
    })
    const shutdown = gracefulShutdown(logger, { before: () => Promise.reject(cannotBeLogged) })

    logger.info('hello')
    await shutdown.close()

    assert.deepEqual(
      [JSON.parse(readFileSync(path, 'utf8')).msg, write.mock.calls.map((call) => call.arguments[0])],
      ['hello', ['[graceful-shutdown] the logger has failed\n']],
    )
    assertBalanced(handler.stats)
  })

  it('goes on when the worker has ended before', async (t) => {
    const path = join(tempDir(t), 'app.log')
    const transport = pino.transport(fileTarget({ filename: path }))
    const logger = pino({ base: null }, transport)
    logger.info('hello')
    // A worker does not keep the process alive.
    const alive = setInterval(() => {}, 60_000)
    t.after(() => clearInterval(alive))
    transport.end()
    await once(transport, 'close')
    const shutdown = gracefulShutdown(logger, {
      async before() {
        logger.info('too late')
        // pino says in a later turn that it was.
        await setImmediate()
        await setImmediate()
      },
    })

    await shutdown.close()

    assert.equal(JSON.parse(readFileSync(path, 'utf8')).msg, 'hello')
  })

  it('refuses what is no logger, and options that it does not have', () => {
    const logger = pino({ enabled: false })
    // @ts-expect-error a stream is no logger
    assert.throws(() => gracefulShutdown(process.stdout), /takes a logger of pino/)
    assert.throws(
      // @ts-expect-error it is called timeout
      () => gracefulShutdown(logger, { timeOut: 5 }),
      /\[graceful-shutdown\] unknown option "timeOut"; did you mean "timeout"\?/,
    )
    assert.throws(
      () => gracefulShutdown(logger, { timeout: -1 }),
      /option "timeout" must be a number of seconds, 0 or more, got -1/,
    )
    assert.throws(
      () => gracefulShutdown(logger, { signals: ['SIGKILL'] }),
      /option "signals" must be a list of signals such as \['SIGTERM', 'SIGINT'\], got \[ 'SIGKILL' \]/,
    )
  })
})

// Alone, since the others of this process add and remove listeners, too.
describe('gracefulShutdown, its listeners', () => {
  it('adds one listener for each event, and takes it away with the last logger', (t) => {
    const dir = tempDir(t)
    const events = ['SIGTERM', 'SIGINT', 'beforeExit', 'uncaughtException']
    const counts = (): number[] => events.map((event) => process.listenerCount(event))
    const before = counts()
    const handler = file({ filename: join(dir, 'app.log') })
    t.after(() => handler.end())

    const shutdowns = Array.from({ length: 12 }, () => gracefulShutdown(pino(handler)))
    const during = counts()
    for (const shutdown of shutdowns) shutdown.remove()

    assert.deepEqual([during, counts()], [before.map((count) => count + 1), before])
  })
})

/** What ran, and the messages that it has delivered, once there are so many. */
interface Delivered {
  readonly run: Run
  readonly report: string
  messages(count: number): Promise<unknown[]>
}

async function runApp(
  t: TestContext,
  app: Omit<ShutdownApp, 'path'>,
  container: readonly string[] = [],
): Promise<Delivered> {
  const dir = tempDir(t)
  const report = join(dir, 'report.json')
  const isServed = app.where === 'multistream'
  const path = isServed ? startLineServer(t, dir) : join(dir, 'app.log')
  const host = app.where === 'http' ? await startWebServer(t, dir) : ''
  const input = JSON.stringify({ ...app, path, host, report } satisfies ShutdownApp)
  const [command = process.execPath, ...words] = [...container, process.execPath, fixture('shutdown-app'), input]
  const run = await runCommand(command, words)
  const read = async (count: number): Promise<readonly string[]> => {
    if (app.where === 'http') return linesPosted(dir, count)
    return isServed ? linesReceived(dir, count) : readFileSync(path, 'utf8').trimEnd().split('\n')
  }
  const messages = async (count: number): Promise<unknown[]> => (await read(count)).map((line) => JSON.parse(line).msg)
  return { run, report, messages }
}

/** Ends an application that logs to a server which reads nothing, and that gives itself so many seconds. */
async function endStalled(t: TestContext, where: Where, timeout: number, report?: string): Promise<Run> {
  const path = await startStalledServer(t, tempDir(t))
  const { child, closed, output } = startWaiting(t, { where, path, timeout, ...(report && { report }) })
  await until(() => output.stdout.includes('waiting'))
  child.kill('SIGTERM')
  const [code, signal] = await closed
  return { code, signal, ...output }
}

interface Waiting {
  readonly child: ChildProcess
  readonly closed: Promise<[number | null, NodeJS.Signals | null]>
  readonly output: { stdout: string; stderr: string }
}

/** Starts an application that says 'waiting' when it has logged and its worker is there, and then waits for a signal. */
function startWaiting(t: TestContext, app: Omit<ShutdownApp, 'ending' | 'records'>): Waiting {
  const input: ShutdownApp = { ...app, ending: 'wait', records: 20_000 }
  const child = spawn(process.execPath, [fixture('shutdown-app'), JSON.stringify(input)])
  t.after(() => child.kill('SIGKILL'))
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
    })
  }
  const closed = new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.on('close', (code, signal) => resolve([code, signal]))
  })
  return { child, closed, output }
}

/** The last books of each kind of handler. */
function assertAllBalanced(report: string): void {
  for (const stats of Object.values<Stats>(JSON.parse(readFileSync(report, 'utf8')))) assertBalanced(stats)
}

/** A server that accepts and reads nothing, until the test ends; its path. */
async function startStalledServer(t: TestContext, dir: string): Promise<string> {
  const path = lineServerPath(dir)
  const connections = new Set<Socket>()
  const server = createServer({ pauseOnConnect: true }, (connection) => connections.add(connection))
  t.after(() => {
    for (const connection of connections) connection.destroy()
    server.close()
  })
  server.listen(path)
  await once(server, 'listening')
  return path
}

function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index))
}
