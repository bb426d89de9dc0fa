// The rotating-file handler in the process of its test: when it rolls over, what its backups are called, which it keeps.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import fs, {
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { sendCommand, show } from '@pino-handlers/core'
import rotatingFile, { options, type RotatingFileOptions } from '@pino-handlers/rotating-file'
import { noSymlinks, onWindows, unixOnly } from '../../../test/support/platform.js'
import { files, tempDir } from '../../../test/support/temp-dir.js'
import { close, heard, roll, textOf } from './rolling.js'

const LOG = resolve('/logs/a')
const NOT_UTF8: [unknown, string] = [
  { filename: Buffer.from([0x2f, 0xff]) },
  '[rotating-file] option "filename" must be a path in UTF-8 where a file rolls over',
]
const hooks = (name: string): string =>
  `${new URL('../../../test/fixtures/rotating-hooks.js', import.meta.url).href}#${name}`

/** What is written to stderr until the test ends. */
function stderrOf(t: TestContext): string[] {
  const written: string[] = []
  const { writeSync } = fs
  const mocked = t.mock.method(fs, 'writeSync', ((fd: number, data: string) => {
    if (fd !== 2) return writeSync(fd, data)
    written.push(data)
    return data.length
  }) as never)
  syncBuiltinESMExports()
  t.after(() => {
    mocked.mock.restore()
    syncBuiltinESMExports()
  })
  return written
}

describe('rotating-file rolls over', () => {
  it('before a record would make the file reach maxBytes', async (t) => {
    const { dir, handler, events } = roll(t, { maxBytes: 12, backupCount: 2 })

    handler.write('one\ntwo\nthr\nfour\nfive\n')
    await close(handler)

    assert.deepEqual(files(dir), { 'app.log': 'five\n', 'app.log.1': 'thr\nfour\n', 'app.log.2': 'one\ntwo\n' })
    assert.deepEqual(events, ['size app.log.1', 'size app.log.1', 'closed'])
  })

  it('the same whether records come alone, together, or cut anywhere', async (t) => {
    const text = Array.from({ length: 40 }, (_, n) => `${'x'.repeat(n % 13)}${n}\n`).join('')
    const given: string[][] = [text.split(/(?<=\n)/), [text], [...text]]
    const folders = given.map(() => tempDir(t))
    for (const [index, chunks] of given.entries()) {
      const { handler } = roll(t, { maxBytes: 50, backupCount: 100 }, folders[index])
      for (const chunk of chunks) handler.write(chunk)
      await close(handler)
    }
    const [alone, ...others] = folders.map(files)
    assert.deepEqual(others, [alone, alone])
  })

  it('and gives a record that is larger than maxBytes a file of its own', async (t) => {
    const { dir, handler } = roll(t, { maxBytes: 5, backupCount: 9 })

    handler.write('a record\nanother one\nc\n')
    handler.write('the third one\n')
    await close(handler)

    assert.deepEqual(files(dir), {
      'app.log': 'the third one\n',
      'app.log.1': 'c\n',
      'app.log.2': 'another one\n',
      'app.log.3': 'a record\n',
    })
  })

  it('by bytes, not characters', async (t) => {
    const { dir, handler } = roll(t, { maxBytes: 10, backupCount: 9 })

    handler.write('€€\n€\n€€\n😀\n')
    await close(handler)

    assert.deepEqual(files(dir), { 'app.log': '😀\n', 'app.log.1': '€€\n', 'app.log.2': '€\n', 'app.log.3': '€€\n' })
  })

  it('without room for what its encoding does not have, which is not written', async (t) => {
    const { dir, handler } = roll(t, { maxBytes: 60, backupCount: 9, encoding: 'ascii' })
    handler.write(`aaa\n${'zwölf'.repeat(20)}\nbbb\n`)
    await close(handler)
    assert.deepEqual([files(dir), handler.stats.invalid], [{ 'app.log': 'aaa\nbbb\n' }, 1])
  })

  it('by the bytes of its encoding, with the terminator and what stands for missing characters', async (t) => {
    const { dir, handler } = roll(t, {
      ...{ maxBytes: 61, backupCount: 9, encoding: 'ascii', errors: 'xmlcharrefreplace', terminator: '\r\n' },
      formatter: { fmt: '%(message)s' },
    })

    for (const msg of ['xx', '€'.repeat(8), 'y']) handler.write(`${JSON.stringify({ level: 30, msg })}\n`)
    await close(handler)

    const euros = `${'&#8364;'.repeat(8)}\r\n`
    assert.deepEqual(files(dir), { 'app.log': 'y\r\n', 'app.log.1': euros, 'app.log.2': 'xx\r\n' })
  })

  it('with the byte order mark at the start of each file, which fills none by itself', async (t) => {
    const { dir, handler } = roll(t, { maxBytes: 6, backupCount: 9, encoding: 'utf-8-sig' })

    handler.write('one\ntwo\n')
    await close(handler)

    assert.deepEqual(files(dir), { 'app.log': '\ufefftwo\n', 'app.log.1': '\ufeffone\n' })
  })

  it('into the file that an earlier run has left, and keeps it in mode w as well', async (t) => {
    const dir = tempDir(t)
    for (const mode of ['a', 'w', 'w'] as const) {
      const { handler } = roll(t, { maxBytes: 13, backupCount: 9, mode }, dir)
      handler.write('first\nsecond\n')
      await close(handler)
    }
    const [first, second] = ['first\n', 'second\n']
    assert.deepEqual(files(dir), {
      'app.log': second,
      'app.log.1': first,
      'app.log.2': second,
      'app.log.3': first,
      'app.log.4': second,
      'app.log.5': first,
    })
  })

  it('starts anew in mode w without a cap', async (t) => {
    const dir = tempDir(t)
    writeFileSync(join(dir, 'app.log'), 'old\n')
    const { handler } = roll(t, { mode: 'w', backupCount: 1 }, dir)
    handler.write('new\n')
    await close(handler)
    assert.deepEqual(files(dir), { 'app.log': 'new\n' })
  })

  it('to backups that begin anew when backupCount is smaller, and leaves those beyond it', async (t) => {
    const dir = tempDir(t)
    for (const [backupCount, text] of [
      [3, 'a\nb\nc\nd\n'],
      [1, 'e\nf\n'],
      [4, 'g\n'],
    ] as const) {
      const { handler } = roll(t, { maxBytes: 3, backupCount }, dir)
      handler.write(text)
      await close(handler)
    }
    assert.deepEqual(files(dir), {
      'app.log': 'g\n',
      'app.log.1': 'f\n',
      'app.log.2': 'e\n',
      'app.log.3': 'b\n',
      'app.log.4': 'a\n',
    })
  })

  it('and leaves files alone that only look like backups', async (t) => {
    const dir = tempDir(t)
    const others = [
      'app.log.01',
      'app.log.0',
      'app.log.1x',
      'app.log.-1',
      'app.log.1.gz',
      'app-1.log',
      'app.log1',
      'my.app.log.1',
    ]
    for (const name of others) writeFileSync(join(dir, name), name)
    const { handler } = roll(t, { maxBytes: 3, backupCount: 2 }, dir)

    handler.write('a\nb\nc\nd\n')
    await close(handler)

    const expected = { 'app.log': 'd\n', 'app.log.1': 'c\n', 'app.log.2': 'b\n' }
    assert.deepEqual(files(dir), { ...expected, ...Object.fromEntries(others.map((name) => [name, name])) })
  })

  it('with the first record only when delay is set', async (t) => {
    const dir = tempDir(t)
    writeFileSync(join(dir, 'app.log'), 'old\n')
    const { handler } = roll(t, { maxBytes: 5, backupCount: 2, delay: true }, dir)
    const before = files(dir)
    handler.write('new\n')
    await close(handler)
    assert.deepEqual([before, files(dir)], [{ 'app.log': 'old\n' }, { 'app.log': 'new\n', 'app.log.1': 'old\n' }])
  })

  it('at the right size also when the records were buffered', async (t) => {
    const { dir, handler } = roll(t, { maxBytes: 5, backupCount: 9, bufferSize: 1000 })
    for (const record of ['one\n', 'two\n', 'a\n', 'b\n']) handler.write(record)
    await close(handler)
    assert.deepEqual(files(dir), { 'app.log': 'a\nb\n', 'app.log.1': 'two\n', 'app.log.2': 'one\n' })
  })

  it('for records after its end', async (t) => {
    const { dir, handler } = roll(t, { maxBytes: 5, backupCount: 9 })
    await close(handler)
    for (const record of ['one\n', 'two\n', 'six\n']) handler.write(record)
    assert.deepEqual(files(dir), { 'app.log': 'six\n', 'app.log.1': 'two\n', 'app.log.2': 'one\n' })
  })

  it('and gives new files their mode and folders', { skip: unixOnly('files have no permission bits') }, async (t) => {
    const dir = join(tempDir(t), 'a', 'b')
    const { handler } = roll(t, { maxBytes: 3, backupCount: 2, mkdir: true, shared: true, fileMode: '640' }, dir)
    handler.write('a\nb\n')
    await close(handler)
    const bits = readdirSync(dir).map((name) => [name, (statSync(join(dir, name)).mode & 0o777).toString(8)])
    assert.deepEqual(
      [bits, handler.stats.lastError],
      [
        [
          ['app.log', '640'],
          ['app.log.1', '640'],
        ],
        null,
      ],
    )
  })
})

describe('rotating-file does not roll over', () => {
  it('an empty file', async (t) => {
    const { dir, handler, events } = roll(t, { maxBytes: 1, backupCount: 2 })
    handler.write('longer than the cap\n')
    const first = files(dir)
    truncateSync(join(dir, 'app.log'))
    handler.write('again\n')
    await close(handler)
    assert.deepEqual([first, files(dir)], [{ 'app.log': 'longer than the cap\n' }, { 'app.log': 'again\n' }])
    assert.deepEqual(events, ['closed'])
  })

  it('a FIFO, nor what a link leads to that is no file', { skip: unixOnly('it has no FIFOs') }, async (t) => {
    for (const delay of [false, true]) {
      const dir = tempDir(t)
      execFileSync('mkfifo', [join(dir, 'pipe')])
      const reader = fs.openSync(join(dir, 'pipe'), fs.constants.O_RDONLY | fs.constants.O_NONBLOCK)
      t.after(() => fs.closeSync(reader))
      symlinkSync('pipe', join(dir, 'app.log'))
      const { handler, events } = roll(t, { maxBytes: 5, backupCount: 2, delay, rotateOnStart: true }, dir)

      handler.command('rotate')
      handler.write('one\ntwo\nthree\n')
      handler.command('rotate')
      await close(handler)

      assert.deepEqual([readdirSync(dir), events], [['app.log', 'pipe'], ['closed']])
      assert.equal(statSync(join(dir, 'app.log')).isFIFO(), true)
      const bytes = Buffer.alloc(100)
      assert.equal(bytes.toString('utf8', 0, fs.readSync(reader, bytes)), 'one\ntwo\nthree\n')
    }
  })

  it('without backups to keep, as in Python, and says so once', async (t) => {
    const stderr = stderrOf(t)
    const { dir, handler } = roll(t, { maxBytes: 5, onError: 'print' })
    for (let n = 0; n < 5; n++) handler.write('record\n')
    await close(handler)
    assert.deepEqual(files(dir), { 'app.log': 'record\n'.repeat(5) })
    assert.deepEqual(stderr, [
      '[rotating-file] backupCount is 0: as in Python nothing rolls over, and the file grows beyond maxBytes\n',
    ])
  })

  it('without a cap, as in Python, and says so once', async (t) => {
    const stderr = stderrOf(t)
    const { dir, handler } = roll(t, { backupCount: 3, onError: 'print' })
    for (let n = 0; n < 5; n++) handler.write('record\n')
    await close(handler)
    assert.deepEqual(files(dir), { 'app.log': 'record\n'.repeat(5) })
    assert.deepEqual(stderr, [
      '[rotating-file] maxBytes is 0: as in Python nothing rolls over by itself, whatever is to be kept\n',
    ])
  })

  it('when neither is set, and has nothing to say about it', async (t) => {
    const stderr = stderrOf(t)
    const { dir, handler } = roll(t, { onError: 'print' })
    handler.write('record\n')
    await close(handler)
    assert.deepEqual([files(dir), stderr], [{ 'app.log': 'record\n' }, []])
  })
})

describe('the file of rotating-file', () => {
  const skip = unixOnly('a file that is open keeps its name until it is closed, and its folder with it')

  it('that is removed meanwhile takes no record with it that comes after the next rollover', { skip }, async (t) => {
    const { dir, filename, handler } = roll(t, { maxBytes: 9, backupCount: 3 })
    handler.write('one\n')
    rmSync(filename)
    handler.write('two\n')
    const before = files(dir)
    handler.write('three\n')
    handler.write('four\n')
    await close(handler)
    assert.deepEqual([before, files(dir)], [{}, { 'app.log': 'four\n', 'app.log.1': 'three\n' }])
  })

  it('is made anew with its folder when that is removed, with mkdir', { skip }, async (t) => {
    const dir = join(tempDir(t), 'logs')
    const { handler } = roll(t, { maxBytes: 5, backupCount: 3, mkdir: true }, dir)
    handler.write('one\n')
    rmSync(dir, { recursive: true })
    handler.write('two\n')
    await close(handler)
    assert.deepEqual([files(dir), handler.stats.delivered], [{ 'app.log': 'two\n' }, 2])
  })

  it('may lose a backup to somebody else, and then there is a gap, as in Python', async (t) => {
    const { dir, filename, handler } = roll(t, { maxBytes: 3, backupCount: 5 })
    handler.write('a\nb\nc\n')
    rmSync(`${filename}.1`)
    handler.write('d\n')
    await close(handler)
    assert.deepEqual(files(dir), { 'app.log': 'd\n', 'app.log.1': 'c\n', 'app.log.3': 'a\n' })
  })
})

describe('the names of the backups of rotating-file', () => {
  it('are those that namer gives, in another folder too', async (t) => {
    const dir = tempDir(t)
    mkdirSync(join(dir, 'old'))
    const namer = (path: string): string =>
      join(dirname(path), 'old', basename(path).replace(/app\.log\.(\d+)/, 'app-$1.log'))
    writeFileSync(join(dir, 'old', 'app-7.log.bak'), 'not ours')
    for (const text of ['a\nb\n', 'c\nd\n']) {
      const { handler } = roll(t, { maxBytes: 3, backupCount: 3, namer }, dir)
      handler.write(text)
      await close(handler)
    }
    assert.equal(textOf(join(dir, 'app.log')), 'd\n')
    const old = { 'app-1.log': 'c\n', 'app-2.log': 'b\n', 'app-3.log': 'a\n', 'app-7.log.bak': 'not ours' }
    assert.deepEqual(files(join(dir, 'old')), old)
  })

  it('and the way there may be functions of a module', async (t) => {
    const { dir, handler, events } = roll(t, {
      maxBytes: 3,
      backupCount: 2,
      namer: hooks('dashed'),
      rotator: hooks('upper'),
    })
    handler.write('a\nb\nc\nd\n')
    await close(handler)
    assert.deepEqual(files(dir), { 'app.log': 'd\n', 'app.log-1': 'C\n', 'app.log-2': 'B\n' })
    assert.deepEqual(events.slice(0, 1), ['size app.log-1'])
  })

  it('are not asked of the rotator, which gets the log file alone', async (t) => {
    const calls: string[][] = []
    const rotator = (source: string, dest: string): void => {
      calls.push([basename(source), basename(dest)])
      fs.renameSync(source, dest)
    }
    const { dir, handler } = roll(t, { maxBytes: 3, backupCount: 2, rotator })
    handler.write('a\nb\nc\n')
    await close(handler)
    assert.deepEqual(calls, [
      ['app.log', 'app.log.1'],
      ['app.log', 'app.log.1'],
    ])
    assert.deepEqual(files(dir), { 'app.log': 'c\n', 'app.log.1': 'b\n', 'app.log.2': 'a\n' })
  })
})

describe("rotating-file's command 'rotate'", () => {
  it('rolls over at once, and puts what the buffer holds into the old file', async (t) => {
    const { dir, handler, events } = roll(t, { backupCount: 2, bufferSize: 1000 })
    handler.write('one\n')
    handler.command('rotate')
    const after = files(dir)
    handler.write('two\n')
    sendCommand(handler, 'rotate')
    handler.write('three\n')
    handler.command('somersault')
    await close(handler)
    assert.deepEqual(after, { 'app.log': '', 'app.log.1': 'one\n' })
    assert.deepEqual(files(dir), { 'app.log': 'three\n', 'app.log.1': 'two\n', 'app.log.2': 'one\n' })
    assert.deepEqual(events, ['manual app.log.1', 'manual app.log.1', 'closed'])
  })

  it('makes the next file at its first record with delay', async (t) => {
    const { dir, handler } = roll(t, { backupCount: 2, delay: true })
    handler.write('one\n')
    handler.command('rotate')
    const after = files(dir)
    handler.write('two\n')
    await close(handler)
    assert.deepEqual([after, files(dir)], [{ 'app.log.1': 'one\n' }, { 'app.log': 'two\n', 'app.log.1': 'one\n' }])
  })

  it('says that nothing rolls over when no backups are kept, and leaves a file of mode w as it is', async (t) => {
    const stderr = stderrOf(t)
    const { dir, handler } = roll(t, { mode: 'w', onError: 'print' })
    handler.write('one\n')
    handler.command('rotate')
    handler.write('two\n')
    await close(handler)
    assert.deepEqual(
      [files(dir), stderr],
      [{ 'app.log': 'one\ntwo\n' }, ['[rotating-file] nothing rolls over, since no backups are kept\n']],
    )
  })
})

describe('rotateOnStart', () => {
  it('rolls over once, what an earlier run has left, and tells who listens', async (t) => {
    const dir = tempDir(t)
    const told: unknown[] = []
    for (const text of ['one\n', 'two\n', '', 'three\nfour\n']) {
      const handler = rotatingFile({
        filename: join(dir, 'app.log'),
        maxBytes: 100,
        backupCount: 5,
        rotateOnStart: true,
      })
      handler.on('rotate', (rotated) => told.push(rotated))
      if (text) handler.write(text)
      await close(handler)
    }
    assert.deepEqual(files(dir), { 'app.log': 'three\nfour\n', 'app.log.1': 'two\n', 'app.log.2': 'one\n' })
    const [from, to] = [join(dir, 'app.log'), join(dir, 'app.log.1')]
    const event = { handler: 'rotating-file', reason: 'start', from, to }
    assert.deepEqual(told, [event, event])
  })

  it('needs no cap, and in mode w keeps what was there', async (t) => {
    const stderr = stderrOf(t)
    const dir = tempDir(t)
    for (const text of ['one\n', 'two\n']) {
      const { handler } = roll(
        t,
        { mode: 'w', backupCount: 5, rotateOnStart: true, delay: true, onError: 'print' },
        dir,
      )
      handler.write(text)
      await close(handler)
    }
    assert.deepEqual([files(dir), stderr], [{ 'app.log': 'two\n', 'app.log.1': 'one\n' }, []])
  })
})

describe('the retention of rotating-file', () => {
  /** Backups 1 to 6, of 10 bytes each, the older the higher; 2 and 5 are compressed, 4 is both. */
  function backups(t: TestContext, now: number): { dir: string; others: string[] } {
    const dir = tempDir(t)
    const others = [
      'app.log.01',
      'app.log.bak',
      'app.log.2x',
      'app.log.3.gz.tmp',
      'app-other.log.3',
      'app.log.7.zip',
      'other.log.1',
    ]
    for (const name of [
      'app.log.1',
      'app.log.2.gz',
      'app.log.3',
      'app.log.4',
      'app.log.4.gz',
      'app.log.5.br',
      'app.log.6',
      ...others,
    ]) {
      writeFileSync(join(dir, name), '0123456789')
      const age = Number(/\d/.exec(name)?.[0] ?? 9) * 3600
      utimesSync(join(dir, name), now - age, now - age)
    }
    // Not as old as its compressed twin, which is somebody else's then.
    utimesSync(join(dir, 'app.log.4.gz'), now, now)
    return { dir, others }
  }

  const cases: [string, Partial<RotatingFileOptions>, string[]][] = [
    ['maxFiles', { maxFiles: 3 }, ['app.log.1', 'app.log.2.gz', 'app.log.3']],
    [
      'maxFiles of 0, which is no limit',
      { maxFiles: 0, maxAge: 1e9 },
      ['app.log.1', 'app.log.2.gz', 'app.log.3', 'app.log.4', 'app.log.4.gz', 'app.log.5.br', 'app.log.6'],
    ],
    ['maxAge', { maxAge: 2.5 * 3600 }, ['app.log.1', 'app.log.2.gz', 'app.log.4', 'app.log.4.gz']],
    ['maxTotalBytes', { maxTotalBytes: 49 }, ['app.log.1', 'app.log.2.gz', 'app.log.3']],
    ['maxTotalBytes beside backupCount', { maxTotalBytes: '20B', backupCount: 9 }, ['app.log.1', 'app.log.2.gz']],
    [
      'all of them',
      { maxFiles: 5, maxAge: 5.5 * 3600, maxTotalBytes: 1000 },
      ['app.log.1', 'app.log.2.gz', 'app.log.3', 'app.log.4', 'app.log.4.gz', 'app.log.5.br'],
    ],
  ]
  for (const [what, limits, kept] of cases) {
    it(`deletes at the start what is beyond ${what}, and no look-alike`, async (t) => {
      const { dir, others } = backups(t, Date.now() / 1000)
      const { handler } = roll(t, { maxBytes: 100, ...limits }, dir)
      const { 'app.log': _, ...left } = files(dir)
      await close(handler)
      assert.deepEqual(Object.keys(left).sort(), [...kept, ...others].sort())
    })
  }

  it('deletes after each rollover, by number and by bytes', async (t) => {
    for (const [limits, kept] of [
      [{ maxFiles: 2 }, ['app.log', 'app.log.1', 'app.log.2']],
      [{ maxTotalBytes: 9 }, ['app.log', 'app.log.1', 'app.log.2']],
      [{ maxFiles: 4, backupCount: 3 }, ['app.log', 'app.log.1', 'app.log.2', 'app.log.3']],
    ] as const) {
      const { dir, handler } = roll(t, { maxBytes: 5, ...limits })
      const seen = new Set<string>()
      for (let n = 100; n < 110; n++) {
        handler.write(`${n}\n`)
        for (const name of readdirSync(dir)) seen.add(name)
      }
      await close(handler)
      assert.deepEqual([[...seen].sort(), files(dir)['app.log.2']], [[...kept], '107\n'])
    }
  })

  it('deletes after a rollover what has become too old', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const { dir, handler } = roll(t, { maxBytes: 5, maxAge: 60 })
    handler.write('one\n')
    handler.write('two\n')
    t.mock.timers.tick(61_000)
    handler.write('six\n')
    await close(handler)
    // What was written just now has the time of the disk, which does not know of the clock of this test.
    assert.deepEqual(files(dir), { 'app.log': 'six\n' })
  })

  it('goes on with the next backup when one cannot be deleted, and holds the cap', async (t) => {
    const dir = tempDir(t)
    mkdirSync(join(dir, 'app.log.7'))
    for (const n of [4, 5, 6]) writeFileSync(join(dir, `app.log.${n}`), '')
    const { handler, events } = roll(t, { maxBytes: 3, maxFiles: 1 }, dir)
    handler.write('a\nb\nc\n')
    await close(handler)
    rmSync(join(dir, readdirSync(dir).find((name) => statSync(join(dir, name)).isDirectory()) ?? ''), {
      recursive: true,
    })
    assert.deepEqual(
      [files(dir), events],
      [{ 'app.log': 'c\n', 'app.log.1': 'b\n' }, ['size app.log.1', 'size app.log.1', 'closed']],
    )
  })
})

describe('the symlink of rotating-file', { skip: noSymlinks }, () => {
  it('leads to the log file from the start, and is put right at a rollover', async (t) => {
    const { dir, handler } = roll(t, { maxBytes: 5, backupCount: 2, symlink: join(tempDir(t), 'current') })
    await close(handler)
    const symlink = join(tempDir(t), 'current')
    symlinkSync('/nowhere', symlink)
    const again = roll(t, { maxBytes: 5, backupCount: 2, symlink }, dir)
    const first = readlinkSync(symlink)
    rmSync(symlink)
    again.handler.write('one\n')
    again.handler.write('two\n')
    await close(again.handler)
    assert.deepEqual([first, readlinkSync(symlink)], [join(dir, 'app.log'), join(dir, 'app.log')])
  })

  it('leaves a file alone that has its name, says so, and holds the cap all the same', async (t) => {
    const dir = tempDir(t)
    const symlink = join(dir, 'current')
    writeFileSync(symlink, 'a file')
    const handler = rotatingFile({
      filename: join(dir, 'app.log'),
      maxBytes: 5,
      backupCount: 2,
      symlink,
      onError: 'ignore',
    })
    const events = heard(handler)
    for (const record of ['one\n', 'two\n', 'six\n']) handler.write(record)
    await close(handler)
    assert.deepEqual(files(dir), { 'app.log': 'six\n', 'app.log.1': 'two\n', 'app.log.2': 'one\n', current: 'a file' })
    assert.deepEqual(events, ['size app.log.1', 'size app.log.1', 'closed'])
    assert.equal(
      handler.stats.lastError,
      `'${symlink}' is not a symlink: it stays as it is, and nothing points to '${join(dir, 'app.log')}'`,
    )
  })
})

describe('the options of rotating-file', () => {
  const size = "a number of bytes, or a size such as '10MB' or '10MiB'"
  const wrong: [unknown, string][] = [
    [undefined, '[rotating-file] option "filename" is required: a path (string, Buffer or file: URL)'],
    [{ filename: 'a', maxBytes: -1 }, `[rotating-file] option "maxBytes" must be ${size}, got -1`],
    [{ filename: 'a', maxBytes: '10 parsecs' }, `[rotating-file] option "maxBytes" must be ${size}, got '10 parsecs'`],
    [{ filename: 'a', maxBytes: 1.5 }, `[rotating-file] option "maxBytes" must be ${size}, got 1.5`],
    [{ filename: 'a', backupCount: -1 }, '[rotating-file] option "backupCount" must be a non-negative integer, got -1'],
    [
      { filename: 'a', backupCount: '5' },
      `[rotating-file] option "backupCount" must be a non-negative integer, got '5'`,
    ],
    [
      { filename: 'a', namer: 5 },
      `[rotating-file] option "namer" must be a function (name) => name, or a module specifier such as './hooks.js#name', got 5`,
    ],
    [
      { filename: 'a', rotator: true },
      `[rotating-file] option "rotator" must be a function (source, dest) => void, or a module specifier such as './hooks.js#name', got true`,
    ],
    [
      { filename: 'a', namer: hooks('none') },
      `[rotating-file] option "namer" names ${show(hooks('none'))}, but "none" is not exported there; it exports: dashed, upper`,
    ],
    [
      { filename: LOG, namer: () => '/logs/b' },
      `[rotating-file] option "namer" must give each backup a name of its own, got '/logs/b' for '${LOG}.1' and '/logs/b' for '${LOG}.2'`,
    ],
    [
      { filename: LOG, namer: (path: string) => path.replace('.1', '') },
      `[rotating-file] option "namer" must give each backup a name of its own, got '${LOG}' for '${LOG}.1' and '${LOG}.2' for '${LOG}.2'`,
    ],
    [
      { filename: LOG, namer: () => undefined },
      `[rotating-file] option "namer" must return a path, got undefined for '${LOG}.1'`,
    ],
    [
      {
        filename: LOG,
        namer: () => {
          throw new Error('no name')
        },
      },
      `[rotating-file] option "namer" fails for '${LOG}.1': no name`,
    ],
    [{ filename: 'a', maxFiles: 1.5 }, '[rotating-file] option "maxFiles" must be a non-negative integer, got 1.5'],
    [
      { filename: 'a', maxAge: '7d' },
      `[rotating-file] option "maxAge" must be a number of seconds, 0 or more, got '7d'`,
    ],
    [{ filename: 'a', maxTotalBytes: '1TB' }, `[rotating-file] option "maxTotalBytes" must be ${size}, got '1TB'`],
    [
      { filename: 'a', compress: 'zip' },
      `[rotating-file] option "compress" must be 'gzip' | 'brotli' | 'zstd', got 'zip'`,
    ],
    [{ filename: 'a', symlink: '' }, `[rotating-file] option "symlink" must be a non-empty string, got ''`],
    [{ filename: 'a', shared: 'yes' }, `[rotating-file] option "shared" must be true or false, got 'yes'`],
    [{ filename: 'a', rotateOnStart: 1 }, '[rotating-file] option "rotateOnStart" must be true or false, got 1'],
    // Windows takes any bytes for a text.
    ...(onWindows ? [] : [NOT_UTF8]),
    [{ filename: 'a', max_bytes: 5 }, '[rotating-file] unknown option "max_bytes"; did you mean "maxBytes"?'],
    [
      { filename: 'a', size: '10m' },
      `[rotating-file] unknown option "size"; known options: ${Object.keys(options).sort().join(', ')}`,
    ],
  ]
  for (const [given, message] of wrong) {
    it(`say what is wrong with ${JSON.stringify(given)}`, () => {
      assert.throws(() => rotatingFile(given as RotatingFileOptions), { name: 'HandlerOptionError', message })
    })
  }

  it('say why the file cannot be opened', (t) => {
    const dir = tempDir(t)
    const filename = join(dir, 'none', 'app.log')
    assert.throws(() => rotatingFile({ filename, maxBytes: 5, backupCount: 5, shared: true }), {
      name: 'HandlerOptionError',
      message: `[rotating-file] option "filename" cannot be opened: ENOENT: no such file or directory, open '${filename}'`,
    })
    assert.deepEqual(readdirSync(dir), [])
  })

  it('take a Buffer, a file: URL and sizes in words', async (t) => {
    for (const make of [(path: string) => Buffer.from(path), (path: string) => new URL(`file://${path}`)]) {
      const dir = tempDir(t)
      const { handler } = roll(t, { filename: make(join(dir, 'app.log')), maxBytes: '5B', backupCount: 1 })
      handler.write('one\ntwo\n')
      await close(handler)
      assert.deepEqual(files(dir), { 'app.log': 'two\n', 'app.log.1': 'one\n' })
    }
  })
})
