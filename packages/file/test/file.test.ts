// The file handler in the process of its test: where it writes, how, and what it leaves in the file.

import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { Failure, Handler } from '@pino-handlers/core'
import file, { type FileOptions, options } from '@pino-handlers/file'
import { assertBalanced } from '../../../test/support/books.js'
import { line, numbered } from '../../../test/support/lines.js'
import { onWindows, unixOnly } from '../../../test/support/platform.js'
import { files, tempDir } from '../../../test/support/temp-dir.js'

/** Ends `handler` and checks its books. */
async function close(handler: Handler): Promise<Handler> {
  await finished(handler.end())
  assertBalanced(handler.stats)
  return handler
}

describe('the file of file', () => {
  const names: Record<string, (path: string) => string | Uint8Array | URL> = {
    'a path': (path) => path,
    'a Buffer': (path) => Buffer.from(path),
    'a URL': (path) => pathToFileURL(path),
    'the text of a URL': (path) => pathToFileURL(path).href,
    'the plain bytes that a Buffer becomes in a worker': (path) => new Uint8Array(Buffer.from(path)),
  }
  for (const [what, name] of Object.entries(names)) {
    it(`is named by ${what}`, async (t) => {
      const dir = tempDir(t)
      const handler = file({ filename: name(join(dir, 'größe #1.log')) })

      handler.write(line('one'))
      await close(handler)

      assert.deepEqual(files(dir), { 'größe #1.log': line('one') })
    })
  }

  for (const name of ['app.log', Buffer.from('app.log')]) {
    it(`stays where it was when the working directory changes (${name.constructor.name})`, async (t) => {
      const dir = tempDir(t)
      const before = process.cwd()
      t.after(() => process.chdir(before))
      mkdirSync(join(dir, 'elsewhere'))
      process.chdir(dir)
      const handler = file({ filename: name, delay: true })

      process.chdir('elsewhere')
      handler.write(line('one'))
      await close(handler)

      assert.deepEqual(files(join(dir, 'elsewhere')), {})
      assert.equal(readFileSync(join(dir, 'app.log'), 'utf8'), line('one'))
    })
  }

  it('is continued with mode a', async (t) => {
    const dir = tempDir(t)
    writeFileSync(join(dir, 'app.log'), 'old\n')
    const handler = file({ filename: join(dir, 'app.log') })
    handler.write(line('new'))
    await close(handler)
    assert.deepEqual(files(dir), { 'app.log': `old\n${line('new')}` })
  })

  it('is started anew with mode w', async (t) => {
    const dir = tempDir(t)
    writeFileSync(join(dir, 'app.log'), 'old\n')
    const handler = file({ filename: join(dir, 'app.log'), mode: 'w' })
    handler.write(line('new'))
    await close(handler)
    assert.deepEqual(files(dir), { 'app.log': line('new') })
  })

  it('must not exist with mode x', async (t) => {
    const dir = tempDir(t)
    const filename = join(dir, 'app.log')
    const handler = file({ filename, mode: 'x' })
    handler.write(line('one'))
    await close(handler)
    assert.throws(() => file({ filename, mode: 'x' }), {
      name: 'HandlerOptionError',
      message: `[file] option "filename" cannot be opened: EEXIST: file already exists, open '${filename}'`,
    })
    assert.deepEqual(files(dir), { 'app.log': line('one') })
  })

  it('is there from the start', async (t) => {
    const dir = tempDir(t)
    const handler = file({ filename: join(dir, 'app.log') })
    assert.deepEqual(files(dir), { 'app.log': '' })
    await close(handler)
  })

  it('is not there before the first record with delay', async (t) => {
    const dir = tempDir(t)
    const handler = file({ filename: join(dir, 'new', 'app.log'), delay: true, mkdir: true })
    assert.deepEqual(files(dir), {})
    handler.write(line('one'))
    await close(handler)
    assert.deepEqual(files(join(dir, 'new')), { 'app.log': line('one') })
  })

  it('is never there with delay and no record', async (t) => {
    const dir = tempDir(t)
    await close(file({ filename: join(dir, 'app.log'), delay: true }))
    assert.deepEqual(files(dir), {})
  })

  it('gets its folders with mkdir', async (t) => {
    const dir = tempDir(t)
    const handler = file({ filename: join(dir, 'a', 'b', 'app.log'), mkdir: true })
    handler.write(line('one'))
    await close(handler)
    assert.deepEqual(files(join(dir, 'a', 'b')), { 'app.log': line('one') })
  })

  for (const [fileMode, umask, bits] of [
    [0o660, 0o027, 0o640],
    ['600', 0o022, 0o600],
    [undefined, 0o027, 0o640],
  ] as const) {
    const skip = unixOnly('files have no permission bits')
    it(`has the bits ${bits.toString(8)} of fileMode ${fileMode?.toString()} and umask ${umask.toString(8)}`, {
      skip,
    }, async (t) => {
      const filename = join(tempDir(t), 'app.log')
      const before = process.umask(umask)
      t.after(() => process.umask(before))
      await close(file({ filename, ...(fileMode === undefined ? {} : { fileMode }) }))
      assert.equal((statSync(filename).mode & 0o777).toString(8), bits.toString(8))
    })
  }

  it('goes on at its start when it is truncated meanwhile', async (t) => {
    const dir = tempDir(t)
    const handler = file({ filename: join(dir, 'app.log') })
    handler.write(line('before'))
    truncateSync(join(dir, 'app.log'), 0)
    handler.write(line('after'))
    await close(handler)
    assert.deepEqual(files(dir), { 'app.log': line('after') })
  })
})

describe('the encoding of file', () => {
  const text = 'für 5 € 😀'
  const bytes: [string, string, Buffer][] = [
    ['utf-8', text, Buffer.from(`${text}\n`)],
    ['UTF8', text, Buffer.from(`${text}\n`)],
    ['utf-8-sig', text, Buffer.from(`\ufeff${text}\n`)],
    ['utf-16', text, Buffer.from(`\ufeff${text}\n`, 'utf16le')],
    ['utf-16le', text, Buffer.from(`${text}\n`, 'utf16le')],
    ['latin1', 'für', Buffer.from('für\n', 'latin1')],
    ['iso-8859-1', 'für', Buffer.from('für\n', 'latin1')],
    ['ascii', 'fuer', Buffer.from('fuer\n')],
    ['shift_jis', '日本', Buffer.from([0x93, 0xfa, 0x96, 0x7b, 0x0a])],
    ['cp1252', '5 €', Buffer.from([0x35, 0x20, 0x80, 0x0a])],
    ['utf-32', 'ab', Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0, 0x62, 0, 0, 0, 0x0a, 0, 0, 0])],
  ]
  for (const [encoding, message, expected] of bytes) {
    it(`writes ${encoding}`, async (t) => {
      const filename = join(tempDir(t), 'app.log')
      const handler = file({ filename, encoding, formatter: { fmt: '%(message)s' } })
      handler.write(line(message))
      await close(handler)
      assert.deepEqual(readFileSync(filename), expected)
    })
  }

  for (const [encoding, mark] of [
    ['utf-8-sig', '\ufeff'],
    ['utf-16', '\ufeff'],
    ['utf-16le', ''],
  ] as const) {
    it(`has the mark of ${encoding} once in a file, also after several batches and handlers`, async (t) => {
      const filename = join(tempDir(t), 'app.log')
      for (const messages of [['one', 'two'], ['three']]) {
        const handler = file({ filename, encoding, formatter: { fmt: '%(message)s' } })
        for (const message of messages) handler.write(line(message))
        await close(handler)
      }
      const decoded = readFileSync(filename).toString(encoding === 'utf-8-sig' ? 'utf8' : 'utf16le')
      assert.equal(decoded, `${mark}one\ntwo\nthree\n`)
    })
  }

  const policies: [FileOptions['errors'], string, number][] = [
    ['strict', 'before\nafter\n', 1],
    ['ignore', 'before\nf 5 \nafter\n', 0],
    ['replace', 'before\nf? 5 ??\nafter\n', 0],
    ['backslashreplace', 'before\nf\\xfc 5 \\u20ac\\U0001f600\nafter\n', 0],
    ['xmlcharrefreplace', 'before\nf&#252; 5 &#8364;&#128512;\nafter\n', 0],
  ]
  for (const [errors = 'strict', expected, invalid] of policies) {
    it(`does with a character that it does not have what errors '${errors}' says`, async (t) => {
      const filename = join(tempDir(t), 'app.log')
      const format = { formatter: { fmt: '%(message)s' }, onError: 'ignore' } as const
      const handler = file({ filename, encoding: 'ascii', errors, ...format })
      handler.write(line('before') + line('fü 5 €😀') + line('after'))
      await close(handler)
      assert.deepEqual(
        { text: readFileSync(filename, 'latin1'), invalid: handler.stats.invalid },
        { text: expected, invalid },
      )
    })
  }

  it('tells which character cannot be encoded', async (t) => {
    const handler = file({ filename: join(tempDir(t), 'app.log'), encoding: 'latin1', onError: 'ignore' })
    const failures: Failure[] = []
    handler.on('failure', (failure) => failures.push(failure))
    handler.write(line('5 €'))
    await close(handler)
    const told = { handler: 'file', kind: 'encode', message: 'latin1 cannot encode "€"', code: null, count: 1 }
    assert.deepEqual(failures, [told])
  })
})

describe('records after the end of file', () => {
  it('are written with mode a', async (t) => {
    const dir = tempDir(t)
    const handler = file({ filename: join(dir, 'app.log') })
    handler.write(line('in time'))
    await close(handler)

    handler.write(line('late'))

    assert.deepEqual(files(dir), { 'app.log': line('in time') + line('late') })
    assert.equal(handler.stats.delivered, 2)
    assertBalanced(handler.stats)
  })

  it('are counted with mode w, whose file they would empty', async (t) => {
    const dir = tempDir(t)
    const handler = file({ filename: join(dir, 'app.log'), mode: 'w', onError: 'ignore' })
    handler.write(line('in time'))
    await close(handler)

    handler.write(line('late'))

    assert.deepEqual(files(dir), { 'app.log': line('in time') })
    assert.deepEqual(
      { dropped: handler.stats.dropped, lastError: handler.stats.lastError },
      { dropped: { failed: 1 }, lastError: `'${join(dir, 'app.log')}' is closed` },
    )
    assertBalanced(handler.stats)
  })
})

describe('the buffer of file', () => {
  it('is written when it is full', async (t) => {
    const dir = tempDir(t)
    const [one = '', two = '', three = ''] = numbered(3)
    const handler = file({ filename: join(dir, 'app.log'), bufferSize: one.length + two.length })
    const seen: (string | undefined)[] = []
    for (const record of [one, two, three]) {
      handler.write(record)
      seen.push(files(dir)['app.log'])
    }
    assert.deepEqual(seen, ['', one + two, one + two])
    await close(handler)
    assert.deepEqual(files(dir), { 'app.log': one + two + three })
  })

  it('is written after flushInterval', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const dir = tempDir(t)
    const handler = file({ filename: join(dir, 'app.log'), bufferSize: '1MB', flushInterval: 2 })
    handler.write(line('one'))
    t.mock.timers.tick(1999)
    const before = files(dir)['app.log']
    t.mock.timers.tick(1)
    assert.deepEqual([before, files(dir)['app.log']], ['', line('one')])
    await close(handler)
  })

  it('is written at once for a record of flushLevel, with all that came before', async (t) => {
    const dir = tempDir(t)
    const handler = file({ filename: join(dir, 'app.log'), bufferSize: '1MB', flushLevel: 'warn' })
    handler.write(line('info'))
    const before = files(dir)['app.log']
    handler.write(line('warn', { level: 40 }))
    assert.deepEqual([before, files(dir)['app.log']], ['', line('info') + line('warn', { level: 40 })])
    await close(handler)
  })

  it('does not drop a batch that is larger than maxQueueBytes while the file takes it', async (t) => {
    const dir = tempDir(t)
    const handler = file({ filename: join(dir, 'app.log'), bufferSize: 1000, maxQueueBytes: 1000 })
    const large = line('x'.repeat(5000))
    handler.write(line('small'))
    handler.write(large)
    await close(handler)
    assert.deepEqual(files(dir), { 'app.log': line('small') + large })
  })

  it('is written when the handler is flushed', async (t) => {
    const dir = tempDir(t)
    const handler = file({ filename: join(dir, 'app.log'), bufferSize: '1MB' })
    handler.write(line('one'))
    const error = await new Promise((resolve) => handler.flush(resolve))
    assert.deepEqual([error, files(dir)['app.log']], [undefined, line('one')])
    await close(handler)
  })
})

describe('flush of file', () => {
  it('calls back when there is nothing to flush, before and after the end', async (t) => {
    const handler = file({ filename: join(tempDir(t), 'app.log') })
    const before = await new Promise((resolve) => handler.flush(resolve))
    await close(handler)
    const after = await new Promise((resolve) => handler.flush(resolve))
    assert.deepEqual([before, after], [undefined, undefined])
  })

  it('gives the failure when the file cannot be written', async (t) => {
    const filename = join(tempDir(t), 'missing', 'app.log')
    const handler = file({ filename, delay: true, onError: 'ignore' })
    handler.write(line('one'))
    const error = await new Promise<Error>((resolve) => handler.flush((error) => resolve(error as Error)))
    assert.equal(error.message, `ENOENT: no such file or directory, open '${filename}'`)
    await close(handler)
  })

  it('needs no callback, and has the arity that pino looks at', async (t) => {
    const handler = file({ filename: join(tempDir(t), 'app.log') })
    handler.flush()
    assert.equal(handler.flush.length, 1)
    await close(handler)
  })
})

describe('a line in file', () => {
  for (const end of ['\n', '\r\n']) {
    it(`passes as it is with the end ${JSON.stringify(end)}`, async (t) => {
      const dir = tempDir(t)
      const handler = file({ filename: join(dir, 'app.log') })
      const text = `{"level":30,"big":12345678901234567890,"msg":"one"}${end}not JSON${end}${end}null${end}`
      handler.write(text)
      await close(handler)
      assert.deepEqual([files(dir), handler.stats.received], [{ 'app.log': text }, 4])
    })
  }

  it('that has no end gets one', async (t) => {
    const dir = tempDir(t)
    const handler = file({ filename: join(dir, 'app.log') })
    handler.write('{"msg":"cut')
    handler.write(' off"}')
    await close(handler)
    assert.deepEqual([files(dir), handler.stats.received], [{ 'app.log': '{"msg":"cut off"}\n' }, 1])
  })

  it('may have 16 MB', async (t) => {
    const filename = join(tempDir(t), 'app.log')
    const handler = file({ filename })
    const long = Buffer.from(line('x'.repeat(16 * 1024 * 1024)))
    for (let at = 0; at < long.length; at += 65_536) handler.write(long.subarray(at, at + 65_536))
    await close(handler)
    assert.deepEqual(
      [handler.stats.received, handler.stats.bytes, long.equals(readFileSync(filename))],
      [1, long.length, true],
    )
  })
})

describe('the options of file', () => {
  const wrong: [unknown, string][] = [
    [undefined, '[file] option "filename" is required: a path (string, Buffer or file: URL)'],
    [{ filename: '' }, `[file] option "filename" must be a path (string, Buffer or file: URL), got ''`],
    [{ filename: 1 }, '[file] option "filename" must be a path (string, Buffer or file: URL), got 1'],
    [{ filename: 'a', mode: 'r' }, `[file] option "mode" must be 'a' | 'w' | 'x', got 'r'`],
    [
      { filename: 'a', encoding: 'klingon' },
      `[file] option "encoding" must be 'utf-8', 'utf-8-sig', 'utf-16', 'utf-16le', 'latin1', 'ascii', or an encoding of the package iconv-lite, got 'klingon'`,
    ],
    [
      { filename: 'a', errors: 'surrogateescape' },
      `[file] option "errors" must be 'strict' | 'ignore' | 'replace' | 'backslashreplace' | 'xmlcharrefreplace', got 'surrogateescape'`,
    ],
    [{ filename: 'a', delay: 1 }, '[file] option "delay" must be true or false, got 1'],
    [{ filename: 'a', mkdir: 'yes' }, `[file] option "mkdir" must be true or false, got 'yes'`],
    [
      { filename: 'a', fileMode: '9' },
      `[file] option "fileMode" must be permission bits such as 0o640, or '640' (octal), got '9'`,
    ],
    [
      { filename: 'a', fileMode: 0o10000 },
      `[file] option "fileMode" must be permission bits such as 0o640, or '640' (octal), got 4096`,
    ],
    [
      { filename: 'a', bufferSize: -1 },
      `[file] option "bufferSize" must be a number of bytes, or a size such as '10MB' or '10MiB', got -1`,
    ],
    [
      { filename: 'a', flushInterval: -1 },
      '[file] option "flushInterval" must be a number of seconds, 0 or more, got -1',
    ],
    [
      { filename: 'a', whatever: 'b' },
      `[file] unknown option "whatever"; known options: ${Object.keys(options).sort().join(', ')}`,
    ],
    [{ filename: 'a', file_mode: 0o640 }, '[file] unknown option "file_mode"; did you mean "fileMode"?'],
  ]
  for (const [given, message] of wrong) {
    it(`says what is wrong with ${JSON.stringify(given)}`, () => {
      assert.throws(() => file(given as FileOptions), { name: 'HandlerOptionError', message })
    })
  }

  it('says why the file cannot be opened', (t) => {
    const dir = tempDir(t)
    writeFileSync(join(dir, 'plain'), '')
    if (!onWindows) symlinkSync(join(dir, 'loop'), join(dir, 'loop'))
    const missing = join(dir, 'missing', 'app.log')
    const below = join(dir, 'plain', 'app.log')
    const reasons: [FileOptions, string][] = [
      [{ filename: missing }, `ENOENT: no such file or directory, open '${missing}'`],
      [{ filename: dir }, `EISDIR: illegal operation on a directory, open '${dir}'`],
      [{ filename: dir, delay: true }, `EISDIR: illegal operation on a directory, open '${dir}'`],
    ]
    // Windows has other words for these.
    if (!onWindows) {
      reasons.push([{ filename: below }, `ENOTDIR: not a directory, open '${below}'`])
      reasons.push([
        { filename: join(dir, 'loop') },
        `ELOOP: too many symbolic links encountered, open '${join(dir, 'loop')}'`,
      ])
    }
    for (const [given, reason] of reasons) {
      const message = `[file] option "filename" cannot be opened: ${reason}`
      assert.throws(() => file(given), { name: 'HandlerOptionError', message })
    }
  })
})
