// What holds of rotating-file whatever is written to it.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import fc from 'fast-check'
import { onWindows } from '../../../test/support/platform.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { close, inOrder, joined, roll } from './rolling.js'

// Records that say which they are: a byte more or less, and no two are the same.
function record(number: number, size: number): string {
  const start = `${number} `
  return `${start.padEnd(Math.max(size - 1, start.length), 'é.')}\n`
}

function openDescriptors(): number {
  return onWindows ? 0 : readdirSync('/dev/fd').length
}

/** What is wrong with the files of a folder: those that reach the cap with more than one record, and that are torn. */
function faults(dir: string, maxBytes: number): string[] {
  return inOrder(dir).flatMap((name) => {
    const bytes = readFileSync(join(dir, name))
    const records = bytes.toString().match(/\n/g)?.length ?? 0
    const isTorn = bytes.length > 0 && (bytes.at(-1) !== 10 || !/^\d+ /.test(bytes.toString()))
    return (bytes.length >= maxBytes && records > 1) || isTorn
      ? [`${name}: ${bytes.length} bytes, ${records} records`]
      : []
  })
}

interface Run {
  readonly batches: readonly (readonly number[])[]
  readonly maxBytes: number
  readonly delay: boolean
  readonly bufferSize: number
  readonly command: boolean
}

const size = fc.oneof(fc.nat(40), fc.nat(400), fc.constantFrom(98, 99, 100, 101))
const run = fc.record({
  /** Batches of records, by their sizes. */
  batches: fc.array(fc.array(size, { minLength: 1, maxLength: 12 }), { maxLength: 5 }),
  maxBytes: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.constantFrom(99, 100, 101, 1000)),
  delay: fc.boolean(),
  bufferSize: fc.constantFrom(0, 0, 64, 500),
  command: fc.boolean(),
})
const runs = fc.array(run, { minLength: 1, maxLength: 3 })

async function play(t: TestContext, dir: string, all: readonly Run[], backupCount: number): Promise<string[]> {
  const written: string[] = []
  for (const { batches, command, ...options } of all) {
    const { handler, events } = roll(t, { ...options, backupCount }, dir)
    for (const batch of batches) {
      const records = batch.map((size, index) => record(written.length + index, size))
      written.push(...records)
      handler.write(records.join(''))
    }
    if (command) handler.command('rotate')
    await close(handler)
    assert.deepEqual(
      events.filter((event) => !/^(size|manual) app\.log\.1$/.test(event)),
      ['closed'],
    )
  }
  return written
}

describe('rotating-file, whatever is written in however many runs,', () => {
  const others = [
    'app.log.01',
    'app.log.x',
    'app.log.1.bak',
    'app.log.3 (copy)',
    'app.logs.1',
    'xapp.log.1',
    'app.log.',
  ]

  it('has each record once and in order when there are enough backups', async (t) => {
    const before = openDescriptors()
    await fc.assert(
      fc.asyncProperty(runs, async (all) => {
        const dir = tempDir(t)
        for (const name of others) writeFileSync(join(dir, name), name)

        const written = await play(t, dir, all, 100_000)

        assert.equal(joined(dir), written.join(''))
        assert.deepEqual(faults(dir, Math.max(...all.map(({ maxBytes }) => maxBytes))), [])
        assert.deepEqual(
          others.filter((name) => readFileSync(join(dir, name), 'utf8') !== name),
          [],
        )
      }),
      { numRuns: 40 },
    )
    assert.equal(openDescriptors(), before)
  })

  it('has the newest records, in order, in backupCount backups', async (t) => {
    await fc.assert(
      fc.asyncProperty(run, fc.integer({ min: 1, max: 4 }), async (one, backupCount) => {
        const dir = tempDir(t)
        const written = (await play(t, dir, [one], backupCount)).join('')
        const kept = joined(dir)
        const names = inOrder(dir)

        assert.equal(kept, written.slice(written.length - kept.length))
        assert.ok(names.length <= backupCount + 1, names.join())
        assert.deepEqual(faults(dir, one.maxBytes), [])
        // All of them are there, unless all backups are.
        if (!names.includes(`app.log.${backupCount}`)) assert.equal(kept.length, written.length)
      }),
      { numRuns: 40 },
    )
  })
})

describe('rotating-file in a burst', () => {
  it('holds the cap for 100,000 lines in one tick, over 5 restarts, in order and with no more descriptors', async (t) => {
    const dir = tempDir(t)
    const maxBytes = 1_000_000
    const written: string[] = []
    let random = 20171015
    const next = (): number => {
      random = (Math.imul(random, 1103515245) + 12345) & 0x7fffffff
      return random / 0x80000000
    }
    const before = openDescriptors()
    for (let restart = 0; restart < 6; restart++) {
      const { handler } = roll(t, { maxBytes, backupCount: 1000 }, dir)
      const open = openDescriptors()
      const lines = Array.from({ length: restart === 5 ? 100_000 : 2000 }, (_, n) => {
        const start = `${written.length + n} `
        return `${start.padEnd(9 + Math.floor(next() * 1991), 'x')}\n`
      })
      for (const line of lines) handler.write(line)
      for (const line of lines) written.push(line)
      assert.equal(openDescriptors(), open)
      await close(handler)
    }
    assert.equal(openDescriptors(), before)

    const names = inOrder(dir)
    const sizes = names.map((name) => statSync(join(dir, name)).size)
    assert.ok(names.length > 100, `${names.length} files`)
    assert.deepEqual(
      sizes.filter((bytes) => bytes >= maxBytes),
      [],
    )
    // A file ends only where the next record would not have fitted.
    assert.deepEqual(
      sizes.slice(0, -1).filter((bytes) => bytes < maxBytes - 2000),
      [],
    )
    // Too long to be shown.
    assert.ok(joined(dir) === written.join(''), 'the files have other records than were written')
  })
})
