// The rotating-file handler that compresses its backups while it goes on.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import * as zlib from 'node:zlib'
import type { Handler } from '@pino-handlers/core'
import { files, tempDir } from '../../../test/support/temp-dir.js'
import { until } from '../../../test/support/until.js'
import { close, inOrder, joined, roll, textOf } from './rolling.js'

const records = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => `${n} ${'the same text in each record '.repeat(n % 5)}\n`)

/** Writes records so that what is compressed gets its turns between them. */
async function writeSlowly(handler: Handler, lines: readonly string[]): Promise<void> {
  for (const [n, line] of lines.entries()) {
    handler.write(line)
    if (n % 10 === 9) await setImmediate()
  }
}

/** Calls `action` when a file is read for the n-th time. */
async function atRead(t: TestContext, count: number, action: () => void): Promise<void> {
  const handle = await open(process.execPath)
  const prototype = Object.getPrototypeOf(handle)
  await handle.close()
  const original = Reflect.get(prototype, 'read')
  let reads = 0
  t.mock.method(prototype, 'read', function (this: unknown, ...args: unknown[]) {
    if (++reads === count) action()
    return Reflect.apply(original, this, args)
  })
}

/** The files of a folder with their texts, of compressed ones the text that they were made of. */
function texts(dir: string): Record<string, string> {
  return Object.fromEntries(readdirSync(dir).map((name) => [name, textOf(join(dir, name))]))
}

describe('compress of rotating-file', () => {
  for (const [compress, ending, has] of [
    ['gzip', '.gz', 'createGzip'],
    ['brotli', '.br', 'createBrotliCompress'],
    ['zstd', '.zst', 'createZstdCompress'],
  ] as const) {
    const skip = has in zlib ? false : 'not in this Node'
    it(`leaves each record once and in order, while backups move on and at the end: ${compress}`, {
      skip,
    }, async (t) => {
      const lines = records(2000)
      const { dir, handler, events } = roll(t, { maxBytes: 2000, backupCount: 500, compress, closeTimeout: 9 })
      await writeSlowly(handler, lines)
      // Closing waits only so long, which on a busy machine is enough for a few.
      await until(() => readdirSync(dir).filter((name) => /\.\d+$/.test(name)).length < 4)
      await close(handler)

      const [last, ...backups] = inOrder(dir).reverse()
      assert.ok(backups.length > 50, `${backups.length} backups`)
      assert.deepEqual([last, backups.filter((name) => !name.endsWith(ending))], ['app.log', []])
      assert.equal(joined(dir), lines.join(''))
      assert.equal(readdirSync(dir).length, backups.length + 1)
      assert.deepEqual(
        events.filter((event) => event !== 'size app.log.1'),
        ['closed'],
      )
    })
  }

  it('finds a backup again that has moved on and is deleted beside it', async (t) => {
    const { dir, handler } = roll(t, { maxBytes: 3, backupCount: 2, compress: 'gzip' })
    await atRead(t, 1, () => handler.write('c\nd\n'))
    handler.write('a\nb\n')
    await until(() => existsSync(join(dir, 'app.log.1.gz')))
    await close(handler)
    assert.deepEqual(texts(dir), { 'app.log': 'd\n', 'app.log.1.gz': 'c\n', 'app.log.2.gz': 'b\n' })
  })

  it('keeps within the limits meanwhile: only the newest records are there, and no leftovers', async (t) => {
    const lines = records(2000)
    for (const limits of [{ maxFiles: 4 }, { maxTotalBytes: 3000 }, { backupCount: 4 }]) {
      const { dir, handler } = roll(t, { maxBytes: 2000, compress: 'gzip', ...limits })
      await writeSlowly(handler, lines)
      await close(handler)

      const kept = joined(dir)
      assert.equal(kept, lines.join('').slice(-kept.length))
      const names = readdirSync(dir)
      assert.deepEqual(
        names.filter((name) => !/^app\.log(\.\d+\.gz)?$/.test(name)),
        [],
      )
      assert.ok(names.length >= 2 && names.length <= ('maxTotalBytes' in limits ? 30 : 5), names.join())
    }
  })

  it('takes over at the start what is plain still, and finishes what was nearly done', async (t) => {
    const dir = tempDir(t)
    const write = (name: string, data: string | Buffer): void => {
      writeFileSync(join(dir, name), data)
      utimesSync(join(dir, name), 1e9, 1e9)
    }
    write('app.log', 'new\n')
    write('app.log.1', 'plain\n')
    write('app.log.2', 'done\n')
    write('app.log.2.gz', zlib.gzipSync('done\n'))
    write('app.log.3.gz', zlib.gzipSync('compressed\n'))
    // Its process is long gone.
    write('app.log.999999999-1-00000000-00000000.tmp-gz', 'half of it')
    const { handler } = roll(t, { maxBytes: 100, backupCount: 5, compress: 'gzip' }, dir)
    await close(handler)
    const { 'app.log.999999999-1-00000000-00000000.tmp-gz': foreign, ...rest } = texts(dir)
    // Of another host, whose process may be alive, for ten seconds.
    assert.equal(foreign, 'half of it')
    assert.deepEqual(rest, {
      'app.log': 'new\n',
      'app.log.1.gz': 'plain\n',
      'app.log.2.gz': 'done\n',
      'app.log.3.gz': 'compressed\n',
    })
  })

  it('leaves a backup plain that cannot be compressed, says so, and goes on', async (t) => {
    const { dir, handler, events } = roll(t, { maxBytes: 3, backupCount: 5, compress: 'gzip' })
    await atRead(t, 1, () => {
      throw Object.assign(new Error('EIO: made up, read'), { code: 'EIO' })
    })
    handler.write('a\nb\n')
    await setImmediate()
    await close(handler)
    assert.deepEqual(
      [files(dir), events],
      [{ 'app.log': 'b\n', 'app.log.1': 'a\n' }, ['size app.log.1', 'compress EIO', 'closed']],
    )
    assert.equal(
      handler.stats.lastError,
      `cannot compress '${join(dir, 'app.log.1')}': EIO: made up, read; it stays as it is`,
    )
  })

  it('ends in time, with what is not done left plain for the next run', async (t) => {
    const dir = tempDir(t)
    const large = Buffer.alloc(40_000_000, 'no two of these lines are alike: 0123456789\n')
    for (const n of [1, 2, 3]) writeFileSync(join(dir, `app.log.${n}`), large)
    const { handler } = roll(t, { maxBytes: 100, backupCount: 5, compress: 'brotli', closeTimeout: 0.05 }, dir)
    await close(handler)
    const plain = readdirSync(dir).filter((name) => /^app\.log\.\d$/.test(name))
    assert.ok(plain.length > 0 && plain.every((name) => readFileSync(join(dir, name)).length === large.length))
  })
})
