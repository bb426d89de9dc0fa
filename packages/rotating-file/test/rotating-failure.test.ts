// The rotating-file handler when a rollover fails: nothing is lost, records go on, and it is tried again.

import assert from 'node:assert/strict'
import fs, { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { unixOnly } from '../../../test/support/platform.js'
import { files, tempDir } from '../../../test/support/temp-dir.js'
import { breakFs, close, inOrder, joined, roll } from './rolling.js'

// Waiting and the clock are the test's: attempts follow after 1, 2, 4 ... 60 seconds.
function stopClock(t: TestContext): (seconds: number) => void {
  t.mock.timers.enable({ apis: ['Date', 'setTimeout'], now: 1_000_000_000_000 })
  return (seconds) => t.mock.timers.tick(seconds * 1000)
}

const numbers = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, n) => `${from + n}\n`)

describe('a rename that fails in rotating-file', () => {
  for (const code of ['EBUSY', 'EPERM', 'EACCES']) {
    it(`because someone holds the file is tried again at once: ${code}`, async (t) => {
      let left = 4
      const { dir, handler, events } = roll(t, { maxBytes: 5, backupCount: 3 })
      breakFs(t, 'renameSync', code, () => left-- > 0)

      for (const record of ['one\n', 'two\n', 'six\n']) handler.write(record)
      await close(handler)

      assert.deepEqual(files(dir), { 'app.log': 'six\n', 'app.log.1': 'two\n', 'app.log.2': 'one\n' })
      assert.deepEqual(events, ['size app.log.1', 'size app.log.1', 'closed'])
    })
  }

  it('because someone holds the file for ever waits a tenth of a second, once, and goes on in the old file', async (t) => {
    const { dir, handler, events } = roll(t, { maxBytes: 5, backupCount: 3 })
    let tries = 0
    breakFs(t, 'renameSync', 'EBUSY', () => ++tries > 0)

    for (const record of ['one\n', 'two\n', 'six\n']) handler.write(record)
    await close(handler)

    assert.deepEqual([files(dir), events, tries], [{ 'app.log': 'one\ntwo\nsix\n' }, ['rotate EBUSY', 'closed'], 6])
  })

  it('for ever leaves all records in the old file, and is tried again after 1, 2, 4 ... 60 seconds', async (t) => {
    const pass = stopClock(t)
    const { dir, handler, events } = roll(t, { maxBytes: 5, backupCount: 3 })
    let tries = 0
    breakFs(t, 'renameSync', 'ENOTSUP', () => ++tries > 0)
    const attempts: number[] = []
    const records: string[] = []

    for (let second = 0; second < 200; second++) {
      const before = tries
      for (const record of [`${second} a\n`, `${second} b\n`]) {
        records.push(record)
        handler.write(record)
      }
      if (tries > before) attempts.push(second)
      pass(1)
    }

    assert.deepEqual(attempts, [0, 1, 3, 7, 15, 31, 63, 123, 183])
    assert.deepEqual(
      [files(dir), handler.stats.delivered, handler.stats.state],
      [{ 'app.log': records.join('') }, 400, 'open'],
    )
    assert.equal(
      handler.stats.lastError,
      `cannot roll over '${join(dir, 'app.log')}': ENOTSUP: made up, rename; records go on to the file as it is`,
    )
    await close(handler)
    // One in thirty seconds is told.
    assert.deepEqual(events, [...Array(5).fill('rotate ENOTSUP'), 'closed'])
  })

  it('for a while is made good when it can be done, and the cap holds again', async (t) => {
    const pass = stopClock(t)
    const { dir, handler, events } = roll(t, { maxBytes: 5, backupCount: 3 })
    const repair = breakFs(t, 'renameSync', 'ENOTSUP')

    for (const record of numbers(0, 5)) handler.write(record)
    repair()
    handler.write('5\n')
    pass(1)
    for (const record of numbers(6, 9)) handler.write(record)
    await close(handler)

    assert.deepEqual(files(dir), { 'app.log': '8\n', 'app.log.1': '6\n7\n', 'app.log.2': '0\n1\n2\n3\n4\n5\n' })
    assert.deepEqual(events, ['rotate ENOTSUP', 'size app.log.1', 'size app.log.1', 'closed'])
  })

  it('in the middle of the backups loses none of them, however often it is tried', async (t) => {
    const pass = stopClock(t)
    const { dir, handler } = roll(t, { maxBytes: 3, backupCount: 20 })
    for (const record of numbers(0, 6)) handler.write(record)
    for (const broken of [4, 4, 2, 1]) {
      const repair = breakFs(t, 'renameSync', 'ENOTSUP', (from) => String(from).endsWith(`app.log.${broken}`))
      handler.write('x\n')
      repair()
      pass(60)
    }
    handler.write('6\n')
    await close(handler)

    assert.deepEqual(files(dir), {
      'app.log': '6\n',
      'app.log.1': '5\nx\nx\nx\nx\n',
      ...{ 'app.log.2': '4\n', 'app.log.3': '3\n', 'app.log.4': '2\n', 'app.log.5': '1\n', 'app.log.6': '0\n' },
    })
  })

  it('in the middle of the backups loses none of them when another process has rolled over since', async (t) => {
    const pass = stopClock(t)
    const options = { maxBytes: 3, backupCount: 20, shared: true }
    const { dir, handler } = roll(t, options)
    const other = roll(t, options, dir)
    for (const record of numbers(0, 6)) handler.write(record)
    const repair = breakFs(t, 'renameSync', 'ENOTSUP', (from) => String(from).endsWith('app.log.3'))
    handler.write('6\n')
    repair()
    other.handler.write('7\n')
    pass(1)
    handler.write('8\n')
    await close(handler, other.handler)

    assert.equal(joined(dir), numbers(0, 9).join(''))
  })

  it('does not empty the file of mode w, when it is asked for by hand', async (t) => {
    const { dir, handler, events } = roll(t, { mode: 'w', backupCount: 3 })
    const repair = breakFs(t, 'renameSync', 'ENOTSUP')
    handler.write('one\n')
    handler.command('rotate')
    handler.write('two\n')
    repair()
    handler.command('rotate')
    handler.write('six\n')
    await close(handler)
    assert.deepEqual(files(dir), { 'app.log': 'six\n', 'app.log.1': 'one\ntwo\n' })
    assert.deepEqual(events, ['rotate ENOTSUP', 'manual app.log.1', 'closed'])
  })

  it('at the start leaves the records where they are, before those that come', async (t) => {
    const dir = tempDir(t)
    writeFileSync(join(dir, 'app.log'), 'old\n')
    breakFs(t, 'renameSync', 'ENOTSUP')
    const { handler } = roll(t, { maxBytes: 100, backupCount: 3, rotateOnStart: true }, dir)
    handler.write('new\n')
    await close(handler)
    assert.deepEqual(files(dir), { 'app.log': 'old\nnew\n' })
  })
})

describe('a rotator of rotating-file', () => {
  it('that throws costs no record, and is asked again after a while', async (t) => {
    const pass = stopClock(t)
    let isBroken = true
    const asked: string[] = []
    const rotator = (source: string, dest: string): void => {
      asked.push(readFileSync(source, 'utf8'))
      if (isBroken) throw new Error('no space in the archive')
      fs.renameSync(source, dest)
    }
    const { dir, handler } = roll(t, { maxBytes: 3, backupCount: 3, rotator })

    handler.write('1\n2\n3\n')
    handler.write('4\n')
    pass(1)
    handler.write('5\n')
    isBroken = false
    pass(2)
    handler.write('6\n')
    await close(handler)

    assert.deepEqual(asked, ['1\n', '1\n2\n3\n4\n', '1\n2\n3\n4\n5\n'])
    assert.deepEqual(files(dir), { 'app.log': '6\n', 'app.log.1': '1\n2\n3\n4\n5\n' })
    assert.equal(
      handler.stats.lastError,
      `cannot roll over '${join(dir, 'app.log')}': no space in the archive; records go on to the file as it is`,
    )
  })

  it('that leaves the file makes it grow, and is asked again for each record, as in Python', async (t) => {
    const asked: string[] = []
    const { dir, handler } = roll(t, {
      maxBytes: 3,
      backupCount: 3,
      rotator: (source) => asked.push(readFileSync(source, 'utf8')),
    })
    handler.write('1\n2\n3\n')
    handler.write('4\n')
    await close(handler)
    assert.deepEqual([asked, files(dir)], [['1\n', '1\n2\n', '1\n2\n3\n'], { 'app.log': '1\n2\n3\n4\n' }])
  })

  it('that deletes the file, as one might who uploads it, is followed by a new one', async (t) => {
    const { dir, handler } = roll(t, { maxBytes: 3, backupCount: 3, rotator: (source) => rmSync(source) })
    handler.write('1\n2\n3\n')
    await close(handler)
    assert.deepEqual([files(dir), handler.stats.delivered], [{ 'app.log': '3\n' }, 3])
  })
})

describe('rotating-file in a folder that cannot be written', {
  skip: unixOnly('folders have no permission bits'),
}, () => {
  it('goes on in the file that it has open, and rolls over when it may', async (t) => {
    const pass = stopClock(t)
    const dir = join(tempDir(t), 'logs')
    mkdirSync(dir)
    const { handler, events } = roll(t, { maxBytes: 3, backupCount: 3 }, dir)
    handler.write('1\n')
    chmodSync(join(dir, 'app.log'), 0o666)
    chmodSync(dir, 0o555)
    t.after(() => process.seteuid?.(process.getuid?.() ?? 0))

    // Permissions do not hold root.
    if (process.getuid?.() === 0) {
      chmodSync(join(dir, '..'), 0o755)
      process.seteuid?.(65534)
    }
    handler.write('2\n3\n')
    pass(1)
    handler.write('4\n')
    if (process.getuid?.() === 0) process.seteuid?.(0)
    const during = files(dir)
    chmodSync(dir, 0o755)
    pass(2)
    handler.write('5\n')
    await close(handler)

    assert.deepEqual(during, { 'app.log': '1\n2\n3\n4\n' })
    assert.deepEqual(files(dir), { 'app.log': '5\n', 'app.log.1': '1\n2\n3\n4\n' })
    assert.deepEqual(events, ['rotate EACCES', 'size app.log.1', 'closed'])
  })
})

describe('a disk that is full in the middle of a rollover of rotating-file', () => {
  for (const name of ['openSync', 'writeSync'] as const) {
    it(`costs no record once it has space again: ${name}`, async (t) => {
      const pass = stopClock(t)
      const { dir, filename, handler, events } = roll(t, { maxBytes: 5, backupCount: 20 })
      handler.write('0\n1\n')
      // A full disk takes the nothing that a new file begins with.
      const isLog = (first: unknown, data: unknown): boolean =>
        name === 'openSync' ? first === filename : Buffer.byteLength(data as string) > 0
      const repair = breakFs(t, name, 'ENOSPC', isLog)
      handler.write('2\n3\n4\n')
      handler.write('5\n')
      const { state, queued } = handler.stats
      pass(1)
      handler.write('6\n')
      repair()
      pass(30)
      handler.write('7\n8\n')
      await close(handler)

      assert.deepEqual([state, queued], ['degraded', 4])
      assert.equal(joined(dir), numbers(0, 9).join(''))
      assert.deepEqual(inOrder(dir), ['app.log.4', 'app.log.3', 'app.log.2', 'app.log.1', 'app.log'])
      const kind = name === 'openSync' ? 'open' : 'write'
      const rolled = Array(3).fill('size app.log.1')
      assert.deepEqual(events, ['size app.log.1', 'degraded', `${kind} ENOSPC`, 'open', ...rolled, 'closed'])
    })
  }

  it('tears no record where a write breaks off just before a rollover', async (t) => {
    const { dir, handler } = roll(t, { maxBytes: 30, backupCount: 20 })
    const records = Array.from({ length: 40 }, (_, n) => `record ${n}\n`)
    const { writeSync } = fs
    let writes = 0
    const mocked = t.mock.method(fs, 'writeSync', ((fd: number, data: string) => {
      writes++
      if (writes % 3 === 1) return writeSync(fd, Buffer.from(data).subarray(0, 7))
      if (writes % 3 === 2) throw Object.assign(new Error('ENOSPC: made up'), { code: 'ENOSPC' })
      return writeSync(fd, data)
    }) as never)

    for (const record of records) {
      handler.write(record)
      handler.flushSync()
    }
    mocked.mock.restore()
    await close(handler)

    assert.equal(joined(dir), records.join(''))
    for (const [name, text] of Object.entries(files(dir)))
      assert.ok(text.length < 30 && text.endsWith('\n'), `${name}: ${text}`)
  })

  it('has exact books when it stays full to the end', async (t) => {
    const { dir, filename, handler } = roll(t, { maxBytes: 5, backupCount: 20 })
    handler.write('0\n1\n')
    breakFs(t, 'openSync', 'ENOSPC', (first) => first === filename)
    handler.write('2\n3\n')
    await close(handler)
    const { delivered, dropped } = handler.stats
    assert.deepEqual([files(dir), delivered, dropped], [{ 'app.log.1': '0\n1\n' }, 2, { closed: 2 }])
  })
})

describe('the lock of a shared rotating-file', () => {
  it('that another process holds makes records go on to the file as it is', async (t) => {
    const pass = stopClock(t)
    const { dir, filename, handler } = roll(t, { maxBytes: 3, backupCount: 3, shared: true })
    handler.write('1\n')
    mkdirSync(`${filename}.lock`)
    // An owner on another host, who cannot be looked at.
    writeFileSync(join(`${filename}.lock`, '1-0-00000000-00000000'), '')
    handler.write('2\n')
    rmSync(`${filename}.lock`, { recursive: true })
    pass(1)
    handler.write('3\n')
    await close(handler)
    assert.deepEqual(files(dir), { 'app.log': '3\n', 'app.log.1': '1\n2\n' })
    assert.equal(
      handler.stats.lastError,
      `cannot roll over '${filename}': another process holds the lock; records go on to the file as it is`,
    )
  })
})
