import assert from 'node:assert/strict'
import { cpSync } from 'node:fs'
import { describe, it } from 'node:test'
import type { QueueDirectoryReader } from '../../../test/fixtures/queue-directory-reader.js'
import type { QueueDirectoryWriter } from '../../../test/fixtures/queue-directory-writer.js'
import { bundledFixture } from '../../../test/support/bundled-fixture.js'
import { KILLED } from '../../../test/support/platform.js'
import { type Run, runFixture } from '../../../test/support/run-node.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { until } from '../../../test/support/until.js'
import { batch, endings, NEVER, observe, paths, takeAll } from './queue-directory-kit.js'

const COUNT = 80
const SMALL = { maxBytes: 2 ** 20, segmentBytes: 4096 }
const ALL = Array.from({ length: COUNT }, (_, n) => `w-${n}`)

/** Random steps, of as many as a run takes that nobody kills. */
function randomSteps({ stdout }: Run, count: number): number[] {
  const steps = Number(/^steps (\d+)$/m.exec(stdout)?.[1])
  return Array.from({ length: count }, () => 1 + Math.floor(Math.random() * steps))
}

/** Calls `action` for each value, for two at a time. */
async function twoAtATime<T, R>(values: readonly T[], action: (value: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  const left = [...values]
  const work = async (): Promise<void> => {
    for (let value = left.shift(); value !== undefined; value = left.shift()) results.push(await action(value))
  }
  await Promise.all([work(), work()])
  return results
}

describe('directoryQueue between processes', () => {
  it('has all that was put before its writer was killed, at any of 50 points', async (t) => {
    const dir = tempDir(t)
    const writer = await bundledFixture<QueueDirectoryWriter>(t, 'queue-directory-writer')
    const write = (path: string, killAt: number): Promise<Run> =>
      writer({ options: { path, ...SMALL }, name: 'w', count: COUNT, killAt })
    const killAts = randomSteps(await write(`${dir}/0`, 0), 50)

    const outcomes = await twoAtATime([...killAts.entries()], async ([index, killAt]) => {
      const path = `${dir}/${index + 1}`
      const { signal, stdout } = await write(path, killAt)
      const settled = Number(stdout.trim().split('\n').at(-1))
      const reader = observe(t, { path })
      const ids = takeAll(reader).map(({ id }) => id)
      await reader.queue.close(NEVER)
      const isTorn = reader.told.length === 1 && /the last \d+ bytes of .* are not whole/.test(reader.told[0] ?? '')
      const isRight =
        signal === KILLED &&
        ids.length >= settled &&
        ids.length <= settled + 3 &&
        ids.join() === ALL.slice(0, ids.length).join() &&
        (reader.told.length === 0 || isTorn) &&
        endings(path).length === 0
      return isRight || { killAt, signal, settled, ids, told: reader.told, left: endings(path) }
    })

    assert.deepEqual(new Set(outcomes), new Set([true]))
  })

  it('gives out all that was not acknowledged before its reader was killed, at any of 50 points', async (t) => {
    const dir = tempDir(t)
    await runFixture('queue-directory-writer', {
      options: { path: `${dir}/full`, ...SMALL },
      name: 'w',
      count: COUNT,
      killAt: 0,
    })
    const reader = await bundledFixture<QueueDirectoryReader>(t, 'queue-directory-reader')
    const read = async (name: string, killAt: number): Promise<Run> => {
      cpSync(`${dir}/full`, `${dir}/${name}`, { recursive: true })
      return reader({ path: `${dir}/${name}`, killAt })
    }
    const killAts = randomSteps(await read('whole', 0), 50)

    const outcomes = await twoAtATime([...killAts.entries()], async ([index, killAt]) => {
      const path = `${dir}/${index}`
      const { signal, stdout } = await read(String(index), killAt)
      const taken = [...stdout.matchAll(/^taken (.*)$/gm)].length
      const acknowledged = [...stdout.matchAll(/^acknowledged (.*)$/gm)].length
      const reader = observe(t, { path })
      const ids = takeAll(reader).map(({ id }) => id)
      await reader.queue.close(NEVER)
      const isRight =
        signal === KILLED &&
        ids.length >= COUNT - taken &&
        ids.length <= COUNT - acknowledged &&
        ids.join() === ALL.slice(COUNT - ids.length).join() &&
        reader.told.length === 0 &&
        endings(path).length === 0
      return isRight || { killAt, signal, taken, acknowledged, ids, told: reader.told, left: endings(path) }
    })

    assert.deepEqual(new Set(outcomes), new Set([true]))
  })

  it('keeps a process alive while it waits, and no longer', async (t) => {
    const path = tempDir(t)
    const writer = observe(t, { path })

    const running = runFixture('queue-directory-waiter', { path })
    await until(() => paths(path, 'reader').length === 1)
    writer.queue.put([batch(7)], NEVER)
    const { code, stdout, stderr } = await running

    assert.deepEqual([code, stdout, stderr], [0, '7\n', ''])
  })

  it('takes from several processes at once, in the order of each, while it has room for a part only', async (t) => {
    const path = tempDir(t)
    const reader = observe(t, { path })
    const names = ['a', 'b', 'c']
    const count = 400
    const options = { path, maxBytes: 65_536, segmentBytes: 8192 }

    const writing = Promise.all(
      names.map((name) => runFixture('queue-directory-writer', { options, name, count, killAt: 0 })),
    )
    const over = new AbortController()
    const taken: string[] = []
    writing.then(() => over.abort())
    while (!over.signal.aborted) {
      const batches = await reader.queue.take(over.signal)
      reader.queue.acknowledge(batches)
      taken.push(...batches.map(({ id }) => id))
    }
    taken.push(...takeAll(reader).map(({ id }) => id))
    const runs = await writing
    await reader.queue.close(NEVER)

    assert.deepEqual(
      [names.map((name) => taken.filter((id) => id.startsWith(name))), runs.map(({ stderr }) => stderr), reader.told],
      [names.map((name) => Array.from({ length: count }, (_, n) => `${name}-${n}`)), ['', '', ''], []],
    )
  })
})
