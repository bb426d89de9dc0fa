// The timed-rotating-file handler in processes of their own: several on one file, killed at any moment, idle.

import assert from 'node:assert/strict'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { KilledApp } from '../../../test/fixtures/timed-killed.js'
import { assertBalanced } from '../../../test/support/books.js'
import { bundledFixture } from '../../../test/support/bundled-fixture.js'
import { line } from '../../../test/support/lines.js'
import { KILLED } from '../../../test/support/platform.js'
import { runFixture } from '../../../test/support/run-node.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { at, close, messages, open } from './timed.js'

describe('timed-rotating-file of several processes with shared', () => {
  it('is rolled over by one of them at the end of each period, and has each record once', async (t) => {
    const dir = tempDir(t)
    const names = ['a', 'b', 'c', 'd']

    const runs = await Promise.all(
      names.map((name) => runFixture('timed-shared', { filename: join(dir, 'app.log'), name, seconds: 4 })),
    )

    assert.deepEqual(
      runs.map(({ code, stderr }) => [code, stderr]),
      names.map(() => [0, '']),
    )
    const said = runs.map(({ stdout }) => JSON.parse(stdout))
    for (const { stats } of said) assertBalanced(stats)
    const { 'app.log': last = '', ...backups } = messages(dir)
    const rotated = said.flatMap((each) => each.rotated).sort()
    assert.deepEqual(
      rotated,
      Object.keys(backups).map((name) => `time ${name}`),
    )
    // Each has written in four seconds; late records of the first may be in the file of the second.
    assert.ok(rotated.length >= 2, `${rotated.length} rollovers`)
    // An index would be a second rollover in one period.
    assert.deepEqual(
      Object.keys(backups).filter((name) => !/^app\.log\.\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d$/.test(name)),
      [],
    )
    const records = [...Object.values(backups), last].flatMap((text) => text.split(' ')).filter((msg) => msg !== '')
    const expected = said.flatMap(({ count }, index) => numbers(count).map((n) => `${names[index]}:${n}`))
    assert.deepEqual(records.sort(), expected.sort())
  })
})

describe('timed-rotating-file in a process that is killed', () => {
  it('has lost nothing that it had written, and goes on in the right period, at each step of a rollover', async (t) => {
    const app = { begin: at('10:00'), count: 200 }
    const runKilled = await bundledFixture<KilledApp>(t, 'timed-killed')
    const run = async (killAt: number): Promise<{ dir: string; steps: number }> => {
      const dir = tempDir(t)
      const { signal, stdout, stderr } = await runKilled({ ...app, dir, killAt })
      assert.deepEqual([stderr, signal], ['', killAt === 0 ? null : KILLED], `killed at step ${killAt}`)
      return { dir, steps: Number(stdout) }
    }
    const { steps } = await run(0)
    assert.ok(steps >= 3 * 6, `${steps} steps`)
    t.mock.timers.enable({ apis: ['Date'], now: at('10:00') })

    const one = async (killAt: number): Promise<void> => {
      const { dir } = await run(killAt)
      const taken = readFileSync(join(dir, 'taken'), 'utf8').split('\n').length - 1
      rmSync(join(dir, 'taken'))
      // The record under way when it died is written again.
      t.mock.timers.setTime(app.begin + taken * 60_000)
      const log = open(t, { when: 'H' }, dir)
      for (let n = taken; n < app.count; n++) {
        t.mock.timers.setTime(app.begin + n * 60_000)
        log.handler.write(line(String(n), { time: Date.now() }))
      }
      await close(log)

      const found = Object.entries(messages(dir)).map(([name, text]) => [name, [...new Set(text.split(' '))].join(' ')])
      assert.deepEqual(
        Object.fromEntries(found),
        {
          'app.log': numbers(200).slice(180).join(' '),
          'app.log.2017-10-15_10': numbers(60).join(' '),
          'app.log.2017-10-15_11': numbers(120).slice(60).join(' '),
          'app.log.2017-10-15_12': numbers(180).slice(120).join(' '),
        },
        `killed at step ${killAt}, after ${taken} records`,
      )
    }
    for (let killAt = 1; killAt <= steps; killAt++) await one(killAt)
  })
})

describe('a process with timed-rotating-file', () => {
  it('ends by itself, although rotateIdle waits for the next rollover', async (t) => {
    const filename = join(tempDir(t), 'app.log')

    const { code, stderr } = await runFixture('idle', [
      { name: 'timed-rotating-file', options: { filename, rotateIdle: true } },
    ])

    assert.deepEqual([code, stderr], [0, ''])
  })

  for (const [options, isLoaded] of [
    [{ when: 'midnight' }, false],
    [{ cron: '@daily' }, true],
  ] as const) {
    it(`${isLoaded ? 'loads' : 'does not load'} croner with ${JSON.stringify(options)}`, async (t) => {
      const filename = join(tempDir(t), 'app.log')

      const { stdout, stderr } = await runFixture('timed-modules', { options: { filename, ...options } })

      assert.deepEqual([JSON.parse(stdout), stderr], [isLoaded, ''])
    })
  }
})

function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, n) => String(n))
}
