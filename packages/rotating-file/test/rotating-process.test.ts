// The rotating-file handler in processes of their own: in a worker, killed at any moment, several on one file.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, it } from 'node:test'
import type { Rotated } from '@pino-handlers/core/rotation'
import type { KilledApp } from '../../../test/fixtures/rotating-killed.js'
import { assertBalanced } from '../../../test/support/books.js'
import { bundledFixture } from '../../../test/support/bundled-fixture.js'
import { KILLED } from '../../../test/support/platform.js'
import { type Run, runFixture } from '../../../test/support/run-node.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { close, inOrder, joined, roll, textOf } from './rolling.js'

describe('rotating-file in a worker', () => {
  it("rolls over when the main thread sends 'rotate', and tells it of each rollover", async (t) => {
    const dir = tempDir(t)
    const { code, stdout, stderr } = await runFixture('rotating-command', { dir })
    assert.deepEqual([code, stderr], [0, ''])
    const { stats, rotated } = JSON.parse(stdout)
    assertBalanced(stats)
    assert.deepEqual(
      rotated.map(({ handler, reason, from, to }: Rotated) => [handler, reason, basename(from), basename(to)]),
      ['start', 'manual', 'size', 'manual'].map((reason) => ['rotating-file', reason, 'app.log', 'app.log.1']),
    )
    assert.equal(stats.delivered, 5)
    const messages = inOrder(dir).map((name) => [name, textOf(join(dir, name)).match(/(?<="msg":")\w+/g)])
    assert.deepEqual(Object.fromEntries(messages), {
      'app.log': ['five'],
      'app.log.1': ['four'],
      'app.log.2': ['two', 'three'],
      'app.log.3': ['one'],
      'app.log.4': ['before'],
    })
  })

  it('has all records in order when the process exits right after the last one', async (t) => {
    const dir = tempDir(t)
    const options = { filename: join(dir, 'app.log'), maxBytes: 20_000, backupCount: 1000, compress: 'gzip' }
    const { code, stderr } = await runFixture('rotating-app', { where: 'worker', options, count: 20_000, end: 'exit' })
    assert.deepEqual([code, stderr, messagesIn(dir)], [0, '', numbers(20_000)])
  })
})

describe('rotating-file in a process that is killed', () => {
  const count = 500
  type RunKilled = (app: KilledApp) => Promise<Run>

  /** Runs the application until it kills itself; how many records the handler had taken by then. */
  async function runKilled(run: RunKilled, dir: string, killAt: number): Promise<{ taken: number; steps: number }> {
    const { signal, stdout, stderr } = await run({ dir, count, killAt, options: optionsFor(dir) })
    assert.deepEqual([stderr, signal], ['', killAt === 0 ? null : KILLED], `killed at step ${killAt}`)
    return { taken: Number(readFileSync(join(dir, 'taken'), 'utf8').trim().split('\n').at(-1)), steps: Number(stdout) }
  }

  const optionsFor = (dir: string): KilledApp['options'] => {
    return { filename: join(dir, 'app.log'), maxBytes: 2000, backupCount: 100, compress: 'gzip' }
  }

  it('has lost nothing that it had written, and the next run finishes the job, at 50 points', async (t) => {
    const run: RunKilled = await bundledFixture(t, 'rotating-killed')
    const { steps } = await runKilled(run, tempDir(t), 0)
    assert.ok(steps > 300, `${steps} steps`)
    let random = 20171017
    const next = (): number => {
      random = (Math.imul(random, 1103515245) + 12345) & 0x7fffffff
      return random / 0x80000000
    }
    const points = Array.from({ length: 50 }, (_, n) => 1 + Math.floor(((n + next()) * (steps - 1)) / 50))

    const one = async (killAt: number): Promise<void> => {
      const dir = tempDir(t)
      const { taken } = await runKilled(run, dir, killAt)
      const before = recordsIn(dir)
      // The record under way when it died may be there.
      assert.ok(before === taken || before === taken + 1, `step ${killAt}: ${before} records of ${taken}`)

      const { handler, events } = roll(t, optionsFor(dir), dir)
      handler.write(`${before}\n`)
      await close(handler)

      assert.deepEqual(
        events.filter((event) => event !== 'size app.log.1'),
        ['closed'],
        `step ${killAt}`,
      )
      assert.equal(recordsIn(dir), before + 1, `after step ${killAt}`)
      const rest = readdirSync(dir).filter((name) => !/^(taken|app\.log(\.\d+\.gz)?)$/.test(name))
      assert.deepEqual(rest, [], `after step ${killAt}`)
      rmSync(dir, { recursive: true })
    }
    await inParallel(3, points, one)
  })

  /** How many records are in the files, of which each is there once and in order. */
  function recordsIn(dir: string): number {
    const names = inOrder(dir).filter((name) => {
      const hasTwin = existsSync(join(dir, `${name}.gz`))
      if (hasTwin) assert.equal(textOf(join(dir, name)), textOf(join(dir, `${name}.gz`)))
      return !hasTwin
    })
    const text = names.map((name) => textOf(join(dir, name))).join('')
    const lines = text.split('\n').map((line) => line.trim())
    assert.deepEqual(lines, [...numbers(lines.length - 1), ''])
    return lines.length - 1
  }
})

describe('rotating-file of several processes with shared', () => {
  it('has each of 4 x 25,000 records once, over 50 rollovers and more, and holds the cap within a batch', async (t) => {
    const dir = tempDir(t)
    const maxBytes = 130_000
    const options = { filename: join(dir, 'app.log'), maxBytes, backupCount: 1000, shared: true }
    const input = { where: 'in-process', options, count: 25_000, padding: 40, end: 'end' }

    const runs = await Promise.all([1, 2, 3, 4].map(() => runFixture('rotating-app', input)))

    assert.deepEqual(
      runs.map(({ code, stderr }) => [code, stderr]),
      Array(4).fill([0, '']),
    )
    const names = inOrder(dir)
    assert.ok(names.length > 50, `${names.length} files`)
    assert.deepEqual(readdirSync(dir).length, names.length)
    assert.deepEqual(uneven(dir, 25_000), [])
    // A record of each of the others may be on its way when one finds that there is room.
    const sizes = names.map((name) => statSync(join(dir, name)).size)
    assert.deepEqual(
      sizes.filter((size) => size >= maxBytes + 4 * 120),
      [],
    )
  })

  it('has each record once from workers that roll over, compress and start by turns', async (t) => {
    const dir = tempDir(t)
    const options = {
      filename: join(dir, 'app.log'),
      maxBytes: 50_000,
      backupCount: 1000,
      shared: true,
      compress: 'gzip',
    }
    const input = { where: 'worker', options, count: 2500, padding: 40, end: 'end' }
    const run = async (): Promise<void> => {
      const { code, stderr } = await runFixture('rotating-app', input)
      assert.deepEqual([code, stderr], [0, ''])
    }
    await Promise.all([1, 2, 3, 4].map(() => run().then(run)))
    assert.deepEqual(uneven(dir, 2500, 8), [])
  })

  /** Which of the numbers are there more or less often than `times`. */
  function uneven(dir: string, count: number, times = 4): string[] {
    const found = new Map<string, number>()
    for (const message of messagesIn(dir)) found.set(message, (found.get(message) ?? 0) + 1)
    const wanted = numbers(count)
    const others = [...found.keys()].filter((message) => Number(message) >= count)
    return [...wanted.filter((message) => found.get(message) !== times), ...others]
  }
})

function messagesIn(dir: string): string[] {
  return joined(dir)
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line).msg.split(' ')[0]]))
}

function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, n) => String(n))
}

async function inParallel<T>(width: number, items: readonly T[], task: (item: T) => Promise<void>): Promise<void> {
  const left = [...items]
  const lane = async (): Promise<void> => {
    for (let item = left.pop(); item !== undefined; item = left.pop()) await task(item)
  }
  await Promise.all(Array.from({ length: width }, lane))
}
