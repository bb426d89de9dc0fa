// Writing to a descriptor whose other end is slow, gone or broken. The failures are made up: fs.writeSync is replaced.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import fs, { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { Handler } from '@pino-handlers/core'
import { createEncoder, type DescriptorTarget, DescriptorWriter } from '@pino-handlers/core/file'
import { assertBalanced } from '../../../test/support/books.js'
import { commonSettings } from '../../../test/support/settings.js'
import { tempDir } from '../../../test/support/temp-dir.js'

interface Written {
  readonly handler: Handler
  readonly fd: number
  /** What the descriptor has got. */
  text(): string
}

/** A handler that writes to a descriptor, which it does not own, with `target` over the usual. */
function writing(t: TestContext, target: Partial<DescriptorTarget> = {}, encoding = 'utf-8'): Written {
  const path = join(tempDir(t), 'out')
  const fd = openSync(path, 'a')
  // A handler that waits for a slow reader does not keep its process alive.
  const alive = setInterval(() => {}, 1000)
  t.after(() => {
    clearInterval(alive)
    closeSync(fd)
  })
  const usual = {
    label: 'the test',
    delay: false,
    open: () => fd,
    owned: false,
    reopens: true,
    maxQueueBytes: 1e6,
    closeTimeout: 5,
  }
  const buffer = { bufferSize: 0, flushInterval: 1, flushLevel: 50, encoder: createEncoder(encoding, 'strict') }
  const handler = new Handler(
    { name: 'test', settings: commonSettings({ closeTimeout: target.closeTimeout ?? 5 }) },
    (monitor) => new DescriptorWriter({ ...usual, ...buffer, ...target }, monitor),
  )
  return { handler, fd, text: () => readFileSync(path, 'utf8') }
}

/** Replaces fs.writeSync: each step is a number of bytes to take, or the code to fail with; the last step stays. Tells how many have gone. */
function script(t: TestContext, ...steps: readonly (number | string)[]): () => number {
  const left = [...steps]
  const { writeSync } = fs
  const replaced = t.mock.method(fs, 'writeSync', (fd: number, data: string | Uint8Array) => {
    const step = left.length > 1 ? left.shift() : left[0]
    if (typeof step === 'number') return writeSync(fd, Buffer.from(data as string).subarray(0, step))
    throw Object.assign(new Error(`${step}: made up, write`), { code: step })
  })
  return () => replaced.mock.callCount()
}

async function close(handler: Handler): Promise<{ delivered: number; dropped: object; bytes: number }> {
  const closed = once(handler, 'close')
  handler.end()
  await closed
  assertBalanced(handler.stats)
  const { delivered, dropped, bytes } = handler.stats
  return { delivered, dropped, bytes }
}

const ALL = Number.POSITIVE_INFINITY

describe('DescriptorWriter with a slow reader', () => {
  for (const encoding of ['utf-8', 'latin1']) {
    it(`goes on where it was, without a word, in ${encoding}`, async (t) => {
      const { handler, text } = writing(t, {}, encoding)
      const events: string[] = []
      for (const event of ['failure', 'drop', 'error']) handler.on(event, () => events.push(event))
      script(t, 'EAGAIN', 4, 3, 'EAGAIN', 'EBUSY', 5, 'EAGAIN', ALL)
      handler.write('first\nsecond\n')
      handler.write('third\n')
      await new Promise((resolve) => handler.flush(resolve))
      const states = [handler.stats.state]
      const books = await close(handler)
      assert.deepEqual(
        { text: text(), events, states, books },
        {
          text: 'first\nsecond\nthird\n',
          events: [],
          states: ['open'],
          books: { delivered: 3, dropped: {}, bytes: 19 },
        },
      )
    })
  }

  it('asks again after 1, 2, 4 ... at most 50 milliseconds, and soon again when the reader has read', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const { handler, text } = writing(t)
    const calls = script(t, ...Array<string>(7).fill('EAGAIN'), 1, 'EAGAIN', ALL)
    handler.write('abc\n')
    const times: number[] = []
    for (let ms = 1; ms <= 300 && text() !== 'abc\n'; ms++) {
      const before = calls()
      t.mock.timers.tick(1)
      if (calls() > before) times.push(ms)
    }
    assert.deepEqual(times, [1, 3, 7, 15, 31, 63, 113, 114])
    handler.destroy()
  })

  it('counts as delivered exactly what is whole when its time is over', async (t) => {
    const { handler, text } = writing(t, { closeTimeout: 0.05 })
    script(t, 4, 6, 'EAGAIN')
    handler.write('one\ntwo\nthree\n')
    handler.write('held\n')
    const books = await close(handler)
    assert.deepEqual(
      { text: text(), books },
      { text: 'one\ntwo\nth', books: { delivered: 2, dropped: { closed: 2 }, bytes: 10 } },
    )
  })

  it('counts in the bytes of the encoding what is whole', async (t) => {
    const { handler } = writing(t, { closeTimeout: 0.05 }, 'utf-16le')
    script(t, 9, 'EAGAIN')
    handler.write('one\ntwo\n')
    assert.deepEqual(await close(handler), { delivered: 1, dropped: { closed: 1 }, bytes: 9 })
  })

  it('takes records that come while it closes', async (t) => {
    const { handler, text } = writing(t)
    script(t, 'EAGAIN', 'EAGAIN', 'EAGAIN', ALL)
    handler.write('before\n')
    const closing = close(handler)
    await new Promise(setImmediate)
    handler.write('while it closes\n')
    const books = await closing
    assert.deepEqual(
      { text: text(), books },
      { text: 'before\nwhile it closes\n', books: { delivered: 2, dropped: {}, bytes: 23 } },
    )
  })

  it('is waited for by flushSync', async (t) => {
    const { handler, text } = writing(t, { closeTimeout: 60 })
    script(t, 'EAGAIN', 'EAGAIN', 'EAGAIN', ALL)
    handler.write('in time\n')
    handler.flushSync()
    const first = text()
    const { delivered } = await close(handler)
    assert.deepEqual([first, delivered], ['in time\n', 1])
  })

  it('is waited for by flushSync no longer than closeTimeout', async (t) => {
    const { handler, text } = writing(t, { closeTimeout: 0.05 })
    const calls = script(t, 'EAGAIN')
    // The clock is the test's, and 20 ms later each time that somebody looks at it.
    let now = 0
    const clock = t.mock.method(Date, 'now', () => (now += 20))
    handler.write('too late\n')
    handler.flushSync()
    clock.mock.restore()
    const { dropped } = await close(handler)
    assert.deepEqual([text(), calls() >= 3, dropped], ['', true, { closed: 1 }])
  })
})

describe('DescriptorWriter whose reader has left', () => {
  // The second is what a write has on Windows that waited for the reader.
  for (const code of ['EPIPE', 'EOF']) {
    it(`ends without a failure and counts what comes after: ${code}`, async (t) => {
      const { handler, text } = writing(t)
      const events: unknown[] = []
      for (const event of ['failure', 'error']) handler.on(event, () => events.push(event))
      handler.on('state', ({ state }) => events.push(state))
      script(t, 4, code)
      handler.write('one\ntwo\n')
      handler.write('three\n')
      const books = await close(handler)
      assert.deepEqual(
        { text: text(), events, books },
        { text: 'one\n', events: ['closed'], books: { delivered: 1, dropped: { 'reader gone': 2 }, bytes: 4 } },
      )
    })
  }
})

describe('DescriptorWriter', () => {
  it('leaves a descriptor open that it does not own', async (t) => {
    const { handler, fd } = writing(t)
    handler.write('one\n')
    await close(handler)
    handler.write('late\n')
    assert.equal(fstatSync(fd).size, 'one\nlate\n'.length)
  })

  it('reports what it cannot open, by its label', async (t) => {
    const open = (): number => {
      throw Object.assign(new Error('EX: no'), { code: 'EX' })
    }
    const { handler } = writing(t, { open })
    const failures: unknown[] = []
    handler.on('failure', (failure) => failures.push(failure))
    handler.write('one\n')
    const { dropped } = await close(handler)
    const message = 'cannot open the test: EX: no; holding records until it works again'
    assert.deepEqual(
      { failures, dropped },
      { failures: [{ handler: 'test', kind: 'open', message, code: 'EX', count: 1 }], dropped: { closed: 1 } },
    )
  })

  it('loses only the records that cannot be encoded, also of those it held', async (t) => {
    const { handler, text } = writing(t, {}, 'ascii')
    script(t, 'ENOSPC', ALL)
    handler.write('one\n')
    handler.write('zw\u00f6lf\ntwo\n')
    handler.flushSync()
    const books = await close(handler)
    assert.deepEqual(
      { text: text(), books, invalid: handler.stats.invalid },
      { text: 'one\ntwo\n', books: { delivered: 2, dropped: {}, bytes: 8 }, invalid: 1 },
    )
  })

  it('writes in the order of what came, with a buffer, a failure and large batches between', async (t) => {
    const { handler, text } = writing(t, { bufferSize: 10 })
    script(t, ALL, 'ENOSPC', 'ENOSPC', ALL)
    const chunks = ['aaa\n', `${'b'.repeat(20)}\n`, 'ccc\n', 'ddd\n', `${'e'.repeat(20)}\n`, 'fff\n']
    for (const chunk of chunks) handler.write(chunk)
    handler.flushSync()
    handler.flushSync()
    const books = await close(handler)
    assert.deepEqual(
      { text: text(), books },
      { text: chunks.join(''), books: { delivered: 6, dropped: {}, bytes: chunks.join('').length } },
    )
  })
})
