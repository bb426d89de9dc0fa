// The file handler when its file cannot be written: full disks, failing devices, missing folders and permissions.

import assert from 'node:assert/strict'
import fs, { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { describe, it, type TestContext } from 'node:test'
import type { Failure, Handler } from '@pino-handlers/core'
import file from '@pino-handlers/file'
import { assertBalanced } from '../../../test/support/books.js'
import { line, numbered } from '../../../test/support/lines.js'
import { noFullDevice, unixOnly } from '../../../test/support/platform.js'
import { onSmallFileSystem } from '../../../test/support/small-file-system.js'
import { files, tempDir } from '../../../test/support/temp-dir.js'

async function close(handler: Handler): Promise<void> {
  await finished(handler.end())
  assertBalanced(handler.stats)
}

/** What `handler` says of itself, in order. */
function heard(handler: Handler): unknown[] {
  const events: unknown[] = []
  handler.on('state', ({ state }) => events.push(state))
  handler.on('failure', ({ kind, code }: Failure) => events.push(`${kind} ${code}`))
  handler.on('drop', ({ reason, count }) => events.push(`${count} ${reason}`))
  return events
}

/** A path that is /dev/full, which takes nothing. */
function fullDevice(t: TestContext): string {
  const filename = join(tempDir(t), 'app.log')
  symlinkSync('/dev/full', filename)
  return filename
}

/**
 * Makes writing fail with `code` until the returned function is called; `pieces` are the bytes that each write takes
 * before that.
 */
function breakWrites(t: TestContext, code: string, pieces: readonly number[] = []): () => void {
  const left = [...pieces]
  const { writeSync } = fs
  const broken = t.mock.method(fs, 'writeSync', (fd: number, data: string | Uint8Array) => {
    const bytes = left.shift()
    if (bytes !== undefined) return writeSync(fd, Buffer.from(data as string).subarray(0, bytes))
    throw Object.assign(new Error(`${code}: made up, write`), { code })
  })
  return () => broken.mock.restore()
}

describe('file on a full device', { skip: noFullDevice }, () => {
  it('holds records within maxQueueBytes and drops the oldest', async (t) => {
    const records = numbered(10)
    const maxQueueBytes = 3 * Buffer.byteLength(records[0] ?? '')
    const handler = file({ filename: fullDevice(t), maxQueueBytes, onError: 'ignore' })
    const events = heard(handler)

    for (const record of records) handler.write(record)
    const { state, queued, dropped } = handler.stats
    await close(handler)

    assert.deepEqual(
      { state, queued, dropped, events, after: handler.stats.dropped },
      {
        state: 'degraded',
        queued: 4,
        dropped: { overflow: 6 },
        events: ['degraded', 'write ENOSPC', '1 overflow', '4 closed', '5 overflow', 'closed'],
        after: { overflow: 6, closed: 4 },
      },
    )
  })

  it('ends at once, although it may wait for closeTimeout', async (t) => {
    // No time passes.
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const handler = file({ filename: fullDevice(t), closeTimeout: 9, onError: 'ignore' })
    handler.write(line('one'))
    await close(handler)
    assert.deepEqual(handler.stats.dropped, { closed: 1 })
  })

  it("emits 'error' only with onError 'throw', and lives on", async (t) => {
    const handler = file({ filename: fullDevice(t), onError: 'throw' })
    const errors: Error[] = []
    handler.on('error', (error) => errors.push(error))
    handler.write(line('one'))
    handler.write(line('two'))
    await close(handler)
    const [first] = errors
    assert.ok(first)
    assert.match(
      first.message,
      /^cannot write to '.*app\.log': ENOSPC: no space left on device, write; holding records until it works again$/,
    )
    assert.deepEqual(handler.stats.dropped, { closed: 2 })
  })
})

describe('file after a failure', () => {
  for (const code of ['ENOSPC', 'EIO', 'EDQUOT']) {
    it(`writes all that it held when ${code} is over`, async (t) => {
      const dir = tempDir(t)
      const records = numbered(5)
      const handler = file({ filename: join(dir, 'app.log'), onError: 'ignore' })
      const events = heard(handler)
      handler.write(records.slice(0, 1).join(''))
      const repair = breakWrites(t, code)
      for (const record of records.slice(1, 4)) handler.write(record)
      const during = files(dir)['app.log']
      repair()
      handler.flushSync()
      handler.write(records.slice(4).join(''))
      await close(handler)
      assert.deepEqual(
        { during, after: files(dir)['app.log'], events, delivered: handler.stats.delivered },
        {
          during: records[0],
          after: records.join(''),
          events: ['degraded', `write ${code}`, 'open', 'closed'],
          delivered: 5,
        },
      )
    })
  }

  for (const encoding of ['utf-8', 'latin1', 'utf-16']) {
    it(`has no torn or doubled bytes of a write that broke off, in ${encoding}`, async (t) => {
      const filename = join(tempDir(t), 'app.log')
      const [one, two, three] = [line('für eins') + line('für zwei'), line('für drei'), line('für vier')]
      const handler = file({ filename, encoding, onError: 'ignore' })
      const repair = breakWrites(t, 'ENOSPC', [7, 5])
      handler.write(one)
      handler.flushSync()
      repair()
      handler.write(two)
      handler.flushSync()
      handler.write(three)
      await close(handler)
      const bytes = readFileSync(filename)
      const text = encoding === 'utf-16' ? bytes.toString('utf16le').slice(1) : bytes.toString(encoding as 'latin1')
      assert.deepEqual([text, handler.stats.delivered], [one + two + three, 4])
    })
  }

  it('counts as delivered what is whole in the file when it ends before that', async (t) => {
    const dir = tempDir(t)
    const [one = '', two = ''] = numbered(2)
    const handler = file({ filename: join(dir, 'app.log'), onError: 'ignore' })
    breakWrites(t, 'ENOSPC', [one.length + 9])
    handler.write(one + two)
    await close(handler)
    const { delivered, dropped, bytes } = handler.stats
    assert.deepEqual(
      { text: files(dir)['app.log'], delivered, dropped, bytes },
      { text: one + two.slice(0, 9), delivered: 1, dropped: { closed: 1 }, bytes: one.length + 9 },
    )
  })

  it('tries again after 1, 2, 4 ... at most 30 seconds', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const handler = file({ filename: join(tempDir(t), 'app.log'), onError: 'ignore' })
    const repair = breakWrites(t, 'EIO')
    handler.write(line('one'))
    const attempts: number[] = []
    for (let second = 1; second <= 130; second++) {
      const { retries } = handler.stats
      t.mock.timers.tick(1000)
      if (handler.stats.retries > retries) attempts.push(second)
    }
    assert.deepEqual(attempts, [1, 3, 7, 15, 31, 61, 91, 121])
    repair()
    t.mock.timers.tick(30_000)
    assert.equal(handler.stats.delivered, 1)
    await close(handler)
  })

  it('writes late records when the folder is made after the first', async (t) => {
    const dir = tempDir(t)
    const handler = file({ filename: join(dir, 'later', 'app.log'), delay: true, onError: 'ignore' })
    const events = heard(handler)
    handler.write(line('one'))
    handler.write(line('two'))
    mkdirSync(join(dir, 'later'))
    handler.flushSync()
    await close(handler)
    assert.deepEqual(
      { files: files(join(dir, 'later')), events },
      { files: { 'app.log': line('one') + line('two') }, events: ['degraded', 'open ENOENT', 'open', 'closed'] },
    )
  })

  const skip = unixOnly('folders have no permission bits')
  it('writes when the permission to open the file comes', { skip }, async (t) => {
    const dir = join(tempDir(t), 'locked')
    mkdirSync(dir, { mode: 0o500 })
    t.after(() => process.seteuid?.(process.getuid?.() ?? 0))
    const handler = file({ filename: join(dir, 'app.log'), delay: true, onError: 'ignore' })
    const events = heard(handler)
    // Permissions do not hold root.
    if (process.getuid?.() === 0) process.seteuid?.(65534)
    handler.write(line('one'))
    if (process.getuid?.() === 0) process.seteuid?.(0)
    chmodSync(dir, 0o700)
    handler.flushSync()
    await close(handler)
    assert.deepEqual(
      { files: files(dir), events },
      { files: { 'app.log': line('one') }, events: ['degraded', 'open EACCES', 'open', 'closed'] },
    )
  })

  it('writes all when a full file system has space again', (t) =>
    onSmallFileSystem(t, '256k', async (dir) => {
      const filename = join(dir, 'app.log')
      const handler = file({ filename, onError: 'ignore' })
      const events = heard(handler)
      writeFileSync(join(dir, 'ballast'), Buffer.alloc(200 * 1024))
      const records = numbered(1000)
      for (const record of records) handler.write(record)
      const { state } = handler.stats
      rmSync(join(dir, 'ballast'))
      handler.flushSync()
      await close(handler)
      assert.deepEqual(
        { state, whole: readFileSync(filename, 'utf8') === records.join(''), events },
        { state: 'degraded', whole: true, events: ['degraded', 'write ENOSPC', 'open', 'closed'] },
      )
    }))
})
