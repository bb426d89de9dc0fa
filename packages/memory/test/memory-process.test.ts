// The memory handler in processes of their own: in pino's worker, at the end of a process, and for long.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { Stats } from '@pino-handlers/core'
import type { MemoryOptions } from '@pino-handlers/memory'
import type { WorkerApp } from '../../../test/fixtures/worker-app.js'
import { assertBalanced } from '../../../test/support/books.js'
import { lineServerPath } from '../../../test/support/line-server.js'
import type { AppInput, AppReport } from '../../../test/support/log-app.js'
import { KILLED } from '../../../test/support/platform.js'
import { type Run, runFixture } from '../../../test/support/run-node.js'
import { files, tempDir } from '../../../test/support/temp-dir.js'
import { messages } from './memory-target.js'

const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => String(n))
const target = '@pino-handlers/memory'

/** Options with a file as the target. */
function toFile(dir: string, options: Partial<MemoryOptions> = {}): MemoryOptions {
  const filename = join(dir, 'app.log')
  return { capacity: 1000, target: { target: '@pino-handlers/file', options: { filename } }, ...options }
}

/** The messages in the file. */
function written(dir: string): string[] {
  return messages(
    readFileSync(join(dir, 'app.log'), 'utf8')
      .split('\n')
      .filter((each) => each !== ''),
  )
}

function inWorker(options: object, ending: WorkerApp['ending'], records: WorkerApp['records'] = 100): Promise<Run> {
  const app: WorkerApp = { transport: { target, options }, records, ending }
  return runFixture('worker-app', app)
}

describe('memory in a worker', () => {
  for (const ending of ['end', 'exit', 'throw'] as const) {
    it(`has handed over what it held when the process ends by ${ending}`, async (t) => {
      const dir = tempDir(t)

      await inWorker(toFile(dir), ending)

      assert.deepEqual(written(dir), numbers(100))
    })
  }

  it('writes nothing at the end as a flight recorder, and says nothing of it', async (t) => {
    const dir = tempDir(t)

    const { code, stderr } = await inWorker(toFile(dir, { onFull: 'drop-oldest' }), 'exit')

    assert.deepEqual([files(dir), code, stderr], [{ 'app.log': '' }, 3, ''])
  })

  it('tells its books and those of its target', async (t) => {
    const dir = tempDir(t)

    const { stdout } = await inWorker(toFile(dir, { onFull: 'drop-oldest' }), 'end', [
      ['info', 'a'],
      ['error', 'b'],
      ['info', 'c'],
    ])

    const stats = lastStats(stdout, 'memory')
    assertBalanced(stats)
    const { received, delivered, dropped } = stats
    assert.deepEqual(
      [written(dir), { received, delivered, dropped }, lastStats(stdout, 'file').delivered],
      [['a', 'b'], { received: 3, delivered: 2, dropped: { 'not flushed': 1 } }, 2],
    )
  })

  it('hands over what it holds when the main thread asks for it', async (t) => {
    const dir = tempDir(t)

    const { stdout, signal } = await runFixture('memory-command', { filename: join(dir, 'app.log') })

    assert.deepEqual([stdout, signal, written(dir)], ['false\n', KILLED, ['b', 'c']])
  })

  it('writes to transports that others have made', async (t) => {
    const dir = tempDir(t)
    const pretty = {
      target: 'pino-pretty',
      options: { destination: join(dir, 'pretty.log'), colorize: false, ignore: 'time,pid,hostname' },
    }
    const plain = { target: 'pino/file', options: { destination: join(dir, 'app.log') } }

    const records: [string, string][] = [
      ['info', 'a'],
      ['error', 'b'],
      ['info', 'c'],
    ]
    await inWorker({ capacity: 10, target: pretty }, 'end', records)
    await inWorker({ capacity: 10, target: plain }, 'exit', records)

    assert.deepEqual(
      [readFileSync(join(dir, 'pretty.log'), 'utf8'), written(dir)],
      ['INFO: a\nERROR: b\nINFO: c\n', ['a', 'b', 'c']],
    )
  })

  it('refuses to be without a target, in words that survive the worker', async () => {
    const { stdout } = await inWorker({ capacity: 10 }, 'error', 0)

    assert.match(stdout, /\[memory\] option \\"target\\" must be .*: a worker has no setTarget\(\)/)
  })
})

describe('memory in the process itself', () => {
  for (const flushOnClose of [true, false]) {
    for (const end of ['end', 'exit', 'return'] as const) {
      it(`${flushOnClose ? 'hands over' : 'drops'} what it holds when the process ends by ${end}, flushOnClose ${flushOnClose}`, async (t) => {
        const dir = tempDir(t)
        const report = join(dir, 'report.json')
        const options = toFile(dir, { flushOnClose })

        const app: AppInput = { where: 'in-process', options, count: 10, end, report }
        const { code, stderr } = await runFixture('memory-app', app)

        const text = readFileSync(join(dir, 'app.log'), 'utf8')
        assert.deepEqual([code, stderr, text.split('\n').length - 1], [0, '', flushOnClose ? 10 : 0])
        if (end === 'end') assertBalanced(reported(report))
      })
    }
  }
})

describe('memory in the process itself, with a record that comes at exit', () => {
  for (const flushOnClose of [true, false]) {
    it(`treats it as those before it, flushOnClose ${flushOnClose}`, async (t) => {
      const dir = tempDir(t)

      const { code, stderr } = await runFixture('memory-late', { filename: join(dir, 'app.log'), flushOnClose })

      assert.deepEqual([code, stderr, written(dir)], [0, '', flushOnClose ? ['in time', 'late'] : []])
    })
  }
})

describe('memory in the process itself, in front of what cannot be reached', () => {
  it('leaves it to its target to tell at exit what is lost', async (t) => {
    const socket = { target: '@pino-handlers/socket', options: { host: lineServerPath(tempDir(t)), port: null } }

    const app: AppInput = { where: 'in-process', options: { capacity: 100, target: socket }, count: 10, end: 'exit' }
    const { code, stderr } = await runFixture('memory-app', app)

    assert.deepEqual([code, stderr], [0, '[socket] the process ended with 10 records that could not be delivered\n'])
  })

  // A SonicBoom that is not open yet throws at exit, and keeps those who come after it from their last word.
  it('tells what is lost when a stream that others have made fails at exit', async (t) => {
    const plain = { target: 'pino/file', options: { destination: join(tempDir(t), 'app.log') } }

    const app: AppInput = { where: 'in-process', options: { capacity: 100, target: plain }, count: 10, end: 'exit' }
    const { stderr } = await runFixture('memory-app', app)

    assert.match(stderr, /^\[memory\] the process ended with 10 records that could not be delivered$/m)
  })
})

describe('memory for long', () => {
  it('takes no more memory after five million records than after one', async () => {
    const { stdout } = await runFixture('memory-in-use', {})

    const { used, received }: { used: number[]; received: number } = JSON.parse(stdout)
    const [first = 0, , , , last = Number.POSITIVE_INFINITY] = used
    assert.equal(received, 5_000_000)
    // What it keeps takes up to 4 MiB; a pointer for each record would be 32 MB.
    assert.ok(last - first < 20, `MB after each million: ${used}`)
  })
})

function lastStats(stdout: string, handler: string): Stats {
  const events: [string, Stats][] = JSON.parse(stdout)
  const found = events.findLast(([name, stats]) => name === 'stats' && stats.handler === handler)
  if (!found) throw new Error(`no stats of ${handler} in ${stdout}`)
  return found[1]
}

function reported(path: string): Stats {
  const { stats }: AppReport = JSON.parse(readFileSync(path, 'utf8'))
  return stats
}
