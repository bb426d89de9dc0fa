// The watched-file handler in the process of its test: when it opens its file again, and what is in the files then.

import assert from 'node:assert/strict'
import fs, {
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  type StatOptions,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { describe, it, type TestContext } from 'node:test'
import type { Failure, Handler } from '@pino-handlers/core'
import watchedFile, { type Reopen, reopenOnSighup, type WatchedFileOptions } from '@pino-handlers/watched-file'
import { assertBalanced } from '../../../test/support/books.js'
import { numbered } from '../../../test/support/lines.js'
import { noSymlinks, onWindows, unixOnly } from '../../../test/support/platform.js'
import { files, tempDir } from '../../../test/support/temp-dir.js'

interface Watched {
  readonly dir: string
  readonly filename: string
  readonly handler: Handler
  /** What it said, in order. */
  readonly events: string[]
}

const [one = '', two = '', three = ''] = numbered(3)
const keepsName = unixOnly('a file that is open keeps its name until it is closed, and its folder with it')

function watch(t: TestContext, options: Partial<WatchedFileOptions> = {}): Watched {
  const dir = tempDir(t)
  const filename = join(dir, 'app.log')
  const handler = watchedFile({ filename, onError: 'ignore', ...options })
  const events: string[] = []
  handler.on('reopen', ({ reason }: Reopen) => events.push(reason))
  handler.on('failure', ({ kind, code }: Failure) => events.push(`${kind} ${code}`))
  handler.on('state', ({ state }) => events.push(state))
  return { dir, filename, handler, events }
}

// The log has its first record, and its folder has another name now.
function withoutFolder(t: TestContext): Watched & { readonly logs: string; readonly old: string } {
  const dir = tempDir(t)
  const [logs, old] = [join(dir, 'logs'), join(dir, 'old')]
  mkdirSync(logs)
  const watched = watch(t, { filename: join(logs, 'app.log') })
  watched.handler.write(one)
  renameSync(logs, old)
  return { ...watched, logs, old }
}

async function close(handler: Handler): Promise<void> {
  await finished(handler.end())
  assertBalanced(handler.stats)
}

/** Replaces a function of node:fs, also where it was imported by its name. */
function mockFs<K extends 'statSync' | 'fstatSync'>(
  t: TestContext,
  name: K,
  fake: (real: (typeof fs)[K]) => unknown,
): () => number {
  const mocked = t.mock.method(fs, name, fake(fs[name]) as never)
  syncBuiltinESMExports()
  t.after(() => {
    mocked.mock.restore()
    syncBuiltinESMExports()
  })
  return () => mocked.mock.callCount()
}

describe('watched-file opens its file again', () => {
  it('when it was moved', async (t) => {
    const { dir, filename, handler } = watch(t)
    const reopens: Reopen[] = []
    handler.on('reopen', (reopen: Reopen) => reopens.push(reopen))

    for (const [n, record] of [one, two, three].entries()) {
      handler.write(record)
      renameSync(filename, `${filename}.${n}`)
      writeFileSync(filename, '')
    }
    await close(handler)

    assert.deepEqual(files(dir), { 'app.log': '', 'app.log.0': one, 'app.log.1': two, 'app.log.2': three })
    const event = { handler: 'watched-file', filename, reason: 'moved' }
    assert.deepEqual(reopens, [
      { ...event, reopens: 1 },
      { ...event, reopens: 2 },
    ])
  })

  it('when it was moved before the first record', async (t) => {
    const { dir, filename, handler, events } = watch(t)

    renameSync(filename, `${filename}.1`)
    handler.write(one)
    await close(handler)

    assert.deepEqual([files(dir), events], [{ 'app.log': one, 'app.log.1': '' }, ['deleted', 'closed']])
  })

  it('when it was deleted', { skip: keepsName }, async (t) => {
    const { dir, filename, handler, events } = watch(t)

    handler.write(one)
    rmSync(filename)
    handler.write(two)
    handler.write(three)
    await close(handler)

    assert.deepEqual([files(dir), events], [{ 'app.log': two + three }, ['deleted', 'closed']])
  })

  it('when its path becomes a link to another file', { skip: noSymlinks }, async (t) => {
    const { dir, filename, handler } = watch(t)

    handler.write(one)
    renameSync(filename, `${filename}.1`)
    symlinkSync('elsewhere.log', filename)
    handler.write(two)
    await close(handler)

    assert.deepEqual(files(dir), { 'app.log': two, 'app.log.1': one, 'elsewhere.log': two })
  })

  it('with its folder, when mkdir is set', { skip: keepsName }, async (t) => {
    const dir = tempDir(t)
    const logs = join(dir, 'deep', 'logs')
    const { handler, events } = watch(t, { filename: join(logs, 'app.log'), mkdir: true })

    handler.write(one)
    rmSync(join(dir, 'deep'), { recursive: true })
    handler.write(two)
    await close(handler)

    assert.deepEqual([files(logs), events], [{ 'app.log': two }, ['deleted', 'closed']])
  })

  it('when its folder is there again, and has all that came meanwhile', async (t) => {
    const { logs, old, handler, events } = withoutFolder(t)

    handler.write(two)
    handler.write(three)
    const { state, queued } = handler.stats
    mkdirSync(logs)
    handler.flushSync()
    await close(handler)

    assert.deepEqual([state, queued], ['degraded', 2])
    assert.deepEqual([files(logs), files(old)], [{ 'app.log': two + three }, { 'app.log': one }])
    assert.deepEqual(events, ['degraded', 'open ENOENT', 'deleted', 'open', 'closed'])
  })

  it('only when a folder that took its name is gone, by the timer of retries', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const { dir, filename, handler, events } = watch(t)

    handler.write(one)
    renameSync(filename, `${filename}.1`)
    mkdirSync(filename)
    handler.write(two)
    rmSync(filename, { recursive: true })
    t.mock.timers.tick(1000)

    assert.deepEqual(files(dir), { 'app.log': two, 'app.log.1': one })
    assert.deepEqual(events, ['degraded', 'open EISDIR', 'moved', 'open'])
    await close(handler)
  })

  it('with the byte order mark of its encoding', async (t) => {
    const { filename, handler } = watch(t, { encoding: 'utf-8-sig' })

    handler.write(one)
    renameSync(filename, `${filename}.1`)
    handler.write(two)
    await close(handler)

    const texts = [filename, `${filename}.1`].map((path) => fs.readFileSync(path, 'utf8'))
    assert.deepEqual(texts, [`\ufeff${two}`, `\ufeff${one}`])
  })
})

describe('watched-file keeps its file', () => {
  for (const mode of ['a', 'w', 'x'] as const) {
    it(`and goes on at its start when it was truncated, in mode ${mode}`, async (t) => {
      const { dir, filename, handler, events } = watch(t, { mode })

      handler.write(one + two)
      truncateSync(filename)
      handler.write(three)
      await close(handler)

      assert.deepEqual([files(dir), events], [{ 'app.log': three }, ['closed']])
    })
  }

  it('and its first record with delay and mode w, which Python empties at the second', async (t) => {
    const { dir, handler } = watch(t, { delay: true, mode: 'w' })

    handler.write(one)
    handler.write(two)
    await close(handler)

    assert.deepEqual(files(dir), { 'app.log': one + two })
  })

  it('when its path cannot be looked at', async (t) => {
    const { dir, handler, events } = watch(t)
    mockFs(t, 'statSync', () => () => {
      throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' })
    })

    handler.write(one)
    handler.write(two)
    await close(handler)

    assert.deepEqual([files(dir), events], [{ 'app.log': one + two }, ['closed']])
  })
})

describe('watched-file continues a file that was made anew', () => {
  for (const [mode, text] of [
    ['a', `header\n${two}`],
    ['w', two],
    ['x', `header\n${two}`],
  ] as const) {
    it(`as mode ${mode} says`, async (t) => {
      const { dir, filename, handler } = watch(t, { mode })

      handler.write(one)
      renameSync(filename, `${filename}.1`)
      writeFileSync(filename, 'header\n')
      handler.write(two)
      await close(handler)

      assert.deepEqual(files(dir), { 'app.log': text, 'app.log.1': one })
    })
  }
})

describe('watched-file looks', () => {
  it('once for each write, whatever the number of its records', async (t) => {
    const { handler } = watch(t)
    handler.write(one)
    const looks = mockFs(t, 'statSync', (real) => real)

    handler.write(numbered(1000).join(''))
    handler.write(two)

    assert.equal(looks(), 2)
    await close(handler)
  })

  it('once in checkInterval', async (t) => {
    let now = 1000
    t.mock.method(performance, 'now', () => now)
    const { dir, filename, handler } = watch(t, { checkInterval: 2.5 })

    handler.write(one)
    renameSync(filename, `${filename}.1`)
    now += 2499
    handler.write(two)
    now += 1
    handler.write(three)

    assert.deepEqual(files(dir), { 'app.log': three, 'app.log.1': one + two })
    await close(handler)
  })

  it('at all digits of an inode number', async (t) => {
    const { handler, events } = watch(t)
    const ino = 2n ** 60n
    mockFs(t, 'fstatSync', (real) => (fd: number, options?: StatOptions) => {
      const stat = real(fd, options)
      return options?.bigint ? Object.assign(stat, { ino }) : stat
    })
    mockFs(t, 'statSync', (real) => (path: string) => Object.assign(real(path, { bigint: true }), { ino: ino + 1n }))

    handler.write(one)

    assert.deepEqual(events, ['moved'])
    await close(handler)
  })

  it('once for each write also where inode numbers change all the time', async (t) => {
    const { dir, handler, events } = watch(t)
    let ino = 1n
    mockFs(t, 'statSync', (real) => (path: string) => Object.assign(real(path, { bigint: true }), { ino: ino++ }))

    for (const record of [one, two, three]) handler.write(record)
    await close(handler)

    assert.deepEqual([files(dir), events], [{ 'app.log': one + two + three }, ['moved', 'moved', 'moved', 'closed']])
  })
})

describe('watched-file loses nothing', () => {
  it('in 10,000 records and 20 moves, and uses no more descriptors', async (t) => {
    const { dir, filename, handler } = watch(t)
    const records = numbered(10_000)
    const open = (): number => (onWindows ? 0 : readdirSync('/dev/fd').length)
    const before = open()

    for (const [n, record] of records.entries()) {
      if (n % 500 === 250) renameSync(filename, `${filename}.${String(n).padStart(5, '0')}`)
      handler.write(record)
    }

    assert.equal(open(), before)
    await close(handler)
    const { 'app.log': last = '', ...moved } = files(dir)
    assert.deepEqual([Object.keys(moved).length, Object.values(moved).join('') + last], [20, records.join('')])
  })

  // Python's own test of this races threads: 500 deletions under a handler that writes.
  it('of its books when the file is deleted all the time', async (t) => {
    const { filename, handler } = watch(t)

    for (let n = 0; n < 500; n++) {
      handler.write(one)
      if (n % 3 !== 0) rmSync(filename, { force: true })
    }
    await close(handler)

    assert.equal(handler.stats.delivered, 500)
  })

  it('but the oldest records beyond maxQueueBytes while it cannot open its file', { skip: keepsName }, async (t) => {
    const dir = tempDir(t)
    const logs = join(dir, 'logs')
    mkdirSync(logs)
    const { handler } = watch(t, { filename: join(logs, 'app.log'), maxQueueBytes: 2 * one.length, reportDrops: false })

    rmSync(logs, { recursive: true })
    for (const record of [one, two, three]) handler.write(record)
    mkdirSync(logs)
    handler.flushSync()
    await close(handler)

    const { delivered, dropped } = handler.stats
    assert.deepEqual([files(logs), delivered, dropped], [{ 'app.log': two + three }, 2, { overflow: 1 }])
  })
})

describe("watched-file's command 'reopen'", () => {
  it('opens the file at once, without a record', async (t) => {
    const { dir, filename, handler, events } = watch(t, { checkInterval: 3600 })

    handler.write(one)
    renameSync(filename, `${filename}.1`)
    handler.command('reopen')
    const during = files(dir)
    handler.write(two)
    await close(handler)

    assert.deepEqual(during, { 'app.log': '', 'app.log.1': one })
    assert.deepEqual([files(dir), events], [{ 'app.log': two, 'app.log.1': one }, ['signal', 'closed']])
  })

  it('puts what the buffer holds into the file that it was gathered for', async (t) => {
    const { dir, filename, handler } = watch(t, { checkInterval: 3600, bufferSize: 1000 })

    handler.write(one)
    handler.flushSync()
    handler.write(two)
    renameSync(filename, `${filename}.1`)
    handler.command('reopen')
    handler.write(three)
    await close(handler)

    assert.deepEqual(files(dir), { 'app.log': three, 'app.log.1': one + two })
  })

  it('does not empty a file that is still there, in mode w', async (t) => {
    const { dir, filename, handler, events } = watch(t, { mode: 'w' })

    handler.write(one)
    handler.command('reopen')
    handler.write(two)
    renameSync(filename, `${filename}.1`)
    handler.command('reopen')
    handler.write(three)
    await close(handler)

    assert.deepEqual(files(dir), { 'app.log': three, 'app.log.1': one + two })
    assert.deepEqual(events, ['signal', 'closed'])
  })

  it('opens the file at once also with delay', async (t) => {
    const { dir, filename, handler, events } = watch(t, { delay: true })

    handler.write(one)
    renameSync(filename, `${filename}.1`)
    handler.command('reopen')
    const during = files(dir)
    await close(handler)

    assert.deepEqual([during, events], [{ 'app.log': '', 'app.log.1': one }, ['signal', 'closed']])
  })

  it('does nothing before the first record with delay, nor after the end', async (t) => {
    const { dir, handler, events } = watch(t, { delay: true })

    handler.command('reopen')
    const before = files(dir)
    handler.write(one)
    await close(handler)
    handler.command('reopen')

    assert.deepEqual([before, files(dir), events], [{}, { 'app.log': one }, ['closed']])
  })

  it('does not change why a file is closed that could not be opened again', async (t) => {
    const { logs, handler, events } = withoutFolder(t)

    handler.write(two)
    handler.command('reopen')
    mkdirSync(logs)
    handler.flushSync()
    await close(handler)

    assert.deepEqual(files(logs), { 'app.log': two })
    assert.deepEqual(events, ['degraded', 'open ENOENT', 'deleted', 'open', 'closed'])
  })

  it('tells of the reopening when it succeeds', async (t) => {
    const { logs, handler, events } = withoutFolder(t)

    handler.command('reopen')
    mkdirSync(logs)
    handler.flushSync()
    handler.write(two)
    await close(handler)

    assert.deepEqual(files(logs), { 'app.log': two })
    assert.deepEqual(events, ['degraded', 'open ENOENT', 'signal', 'open', 'closed'])
  })
})

describe('records after the end of watched-file', () => {
  it('go to the file that the path leads to then', async (t) => {
    const { dir, filename, handler, events } = watch(t)

    handler.write(one)
    await close(handler)
    handler.write(two)
    renameSync(filename, `${filename}.1`)
    handler.write(three)

    assert.deepEqual([files(dir), events], [{ 'app.log': three, 'app.log.1': one + two }, ['closed']])
    assert.equal(handler.stats.delivered, 3)
    assertBalanced(handler.stats)
  })
})

describe('the options of watched-file', () => {
  for (const checkInterval of [-1, '1s', Number.NaN, null]) {
    it(`refuse a checkInterval of ${checkInterval}`, (t) => {
      assert.throws(() => watchedFile({ filename: join(tempDir(t), 'app.log'), checkInterval } as WatchedFileOptions), {
        name: 'HandlerOptionError',
        message: /^\[watched-file\] option "checkInterval" must be a number of seconds, 0 or more, got /,
      })
    })
  }

  it('refuse a file that cannot be opened', (t) => {
    assert.throws(() => watchedFile({ filename: join(tempDir(t), 'none', 'app.log') }), {
      message: /^\[watched-file\] option "filename" cannot be opened: ENOENT: /,
    })
  })
})

describe('reopenOnSighup', () => {
  it('refuses what can be told nothing, such as a logger', () => {
    const before = process.listenerCount('SIGHUP')
    for (const wrong of [undefined, {}, 'app.log', { emit() {}, info() {} }]) {
      assert.throws(() => reopenOnSighup(wrong as never), {
        name: 'TypeError',
        message: '[watched-file] reopenOnSighup() takes what pino.transport() returned, or handlers in this process',
      })
    }
    assert.equal(process.listenerCount('SIGHUP'), before)
  })

  it('keeps its listener until it is stopped, since without one SIGHUP ends the process', async (t) => {
    const { handler } = watch(t)
    const stop = reopenOnSighup(handler)
    await close(handler)

    const during = process.listenerCount('SIGHUP')
    stop()

    assert.deepEqual([during, process.listenerCount('SIGHUP')], [1, 0])
  })
})
