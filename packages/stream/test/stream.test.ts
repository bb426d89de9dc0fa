// The stream handler in the process of its test: what it accepts, what it writes to a Writable or a descriptor.

import assert from 'node:assert/strict'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { describe, it } from 'node:test'
import stream, { type StreamOptions } from '@pino-handlers/stream'
import { assertBalanced } from '../../../test/support/books.js'
import { line, numbered } from '../../../test/support/lines.js'
import { tempDir } from '../../../test/support/temp-dir.js'

type Written = (error?: Error | null) => void

/** A Writable that keeps what it gets, and lets `write` decide when and how a write ends. */
class Recorder extends Writable {
  readonly chunks: string[] = []
  readonly pending: Written[] = []

  constructor(highWaterMark?: number) {
    super({ decodeStrings: false, ...(highWaterMark === undefined ? {} : { highWaterMark }) })
  }

  override _write(chunk: string, _encoding: BufferEncoding, done: Written): void {
    this.chunks.push(chunk)
    this.pending.push(done)
  }

  /** Ends the write under way; the next one begins. */
  settle(error?: Error): void {
    this.pending.shift()?.(error)
  }
}

function fast(): Recorder {
  const recorder = new Recorder()
  recorder._write = (chunk: string, _encoding, done) => {
    recorder.chunks.push(chunk)
    done()
  }
  return recorder
}

describe('stream to a Writable', () => {
  it('writes each batch as it came and leaves the Writable open', async () => {
    const target = fast()
    const handler = stream({ stream: target })

    handler.write(line('one') + line('two'))
    handler.write(line('three'))
    await finished(handler.end())

    assert.deepEqual(
      { chunks: target.chunks, ended: target.writableEnded, delivered: handler.stats.delivered },
      { chunks: [line('one') + line('two'), line('three')], ended: false, delivered: 3 },
    )
    assertBalanced(handler.stats)
  })

  it('ends each record with the terminator', async () => {
    const target = fast()
    const handler = stream({ stream: target, terminator: '\r\n--\r\n', formatter: { fmt: '%(message)s' } })

    handler.write(line('one') + line('two'))
    await finished(handler.end())

    assert.deepEqual(target.chunks, ['one\r\n--\r\ntwo\r\n--\r\n'])
    assertBalanced(handler.stats)
  })

  it('holds records for a slow Writable within maxQueueBytes, drops the oldest, then writes the rest', async () => {
    const target = new Recorder(1)
    const records = numbered(6)
    const size = Buffer.byteLength(records[0] ?? '')
    const handler = stream({ stream: target, maxQueueBytes: 2 * size, reportDrops: false, onError: 'ignore' })

    for (const record of records) handler.write(record)
    const held = { dropped: handler.stats.dropped, queued: handler.stats.queued }
    target.settle()
    handler.end()
    target.settle()
    await finished(handler)

    assert.deepEqual(
      { held, chunks: target.chunks, delivered: handler.stats.delivered },
      {
        held: { dropped: { overflow: 3 }, queued: 3 },
        chunks: [records[0], (records[4] ?? '') + records[5]],
        delivered: 3,
      },
    )
    assertBalanced(handler.stats)
  })

  it('waits on flush for records that are held behind what others wrote', async () => {
    const target = new Recorder(1)
    const handler = stream({ stream: target })
    target.write('somebody else\n')
    handler.write(line('ours'))

    const flushed = new Promise<number>((resolve) => handler.flush(() => resolve(handler.stats.delivered)))
    target.settle()
    target.settle()

    assert.equal(await flushed, 1)
    await finished(handler.end())
    assertBalanced(handler.stats)
  })

  it('counts what a failing Writable did not take and goes on', async () => {
    const target = new Writable({
      decodeStrings: false,
      autoDestroy: false,
      write: (chunk, _encoding, done) => done(chunk.includes('bad') ? new Error('no') : null),
    })
    const handler = stream({ stream: target, onError: 'ignore' })
    const failures: unknown[] = []
    handler.on('failure', ({ kind, message }) => failures.push({ kind, message }))

    handler.write(line('bad'))
    await finished(handler.end())

    assert.deepEqual(
      { failures, dropped: handler.stats.dropped },
      { failures: [{ kind: 'write', message: 'no' }], dropped: { failed: 1 } },
    )
    assertBalanced(handler.stats)
  })

  it('counts what comes after the Writable was destroyed', async () => {
    const target = fast()
    const handler = stream({ stream: target, onError: 'ignore' })

    handler.write(line('before'))
    target.destroy()
    handler.write(line('after'))
    await finished(handler.end())

    assert.deepEqual(
      { chunks: target.chunks, delivered: handler.stats.delivered, dropped: handler.stats.dropped },
      { chunks: [line('before')], delivered: 1, dropped: { 'stream closed': 1 } },
    )
    assertBalanced(handler.stats)
  })

  it('counts what it held when the Writable is destroyed', async () => {
    const target = new Recorder(1)
    const handler = stream({ stream: target, onError: 'ignore' })

    handler.write(line('under way'))
    handler.write(line('held'))
    target.destroy()
    await new Promise((resolve) => target.once('close', resolve))
    const { dropped } = handler.stats
    target.settle()
    await finished(handler.end())

    assert.deepEqual(dropped, { 'stream closed': 1 })
    assertBalanced(handler.stats)
  })

  it('closes within closeTimeout when the Writable never takes what it has, and counts nothing twice', async () => {
    const target = new Recorder(1)
    const handler = stream({ stream: target, closeTimeout: 0.05, onError: 'ignore' })

    handler.write(line('under way'))
    handler.write(line('held'))
    await finished(handler.end())
    const atClose = handler.stats
    target.settle()
    await new Promise(setImmediate)

    assert.deepEqual(
      [atClose.dropped, handler.stats.dropped, handler.stats.delivered],
      [{ closed: 2 }, { closed: 2 }, 0],
    )
    assertBalanced(handler.stats)
  })
})

describe('stream to a descriptor', () => {
  it('writes to it, escapes what UTF-8 does not have, and leaves it open', async (t) => {
    const path = join(tempDir(t), 'out')
    const fd = openSync(path, 'w')
    const handler = stream({ stream: fd, formatter: (record) => `${record.msg}\ud800` })

    handler.write(line('grün'))
    await finished(handler.end())
    closeSync(fd)

    assert.equal(readFileSync(path, 'utf8'), 'grün\\ud800\n')
    assertBalanced(handler.stats)
  })

  it('writes records that come after the end', async (t) => {
    const path = join(tempDir(t), 'out')
    const fd = openSync(path, 'w')
    const handler = stream({ stream: fd })

    handler.write(line('in time'))
    await finished(handler.end())
    handler.write(line('late'))
    closeSync(fd)

    assert.equal(readFileSync(path, 'utf8'), line('in time') + line('late'))
    assertBalanced(handler.stats)
  })
})

describe('the options of stream', () => {
  const wrong: [unknown, string][] = [
    [
      { stream: 'stdin' },
      `[stream] option "stream" must be 'stderr', 'stdout', a file descriptor, or in-process a Writable, got 'stdin'`,
    ],
    [
      { stream: 'constructor' },
      `[stream] option "stream" must be 'stderr', 'stdout', a file descriptor, or in-process a Writable, got 'constructor'`,
    ],
    [
      { stream: 0 },
      `[stream] option "stream" must be 'stderr', 'stdout', a file descriptor, or in-process a Writable, got 0`,
    ],
    [
      { stream: 1.5 },
      `[stream] option "stream" must be 'stderr', 'stdout', a file descriptor, or in-process a Writable, got 1.5`,
    ],
    [{ terminator: 1 }, '[stream] option "terminator" must be a string, got 1'],
    [
      { maxQueueBytes: 'lots' },
      `[stream] option "maxQueueBytes" must be a number of bytes, or a size such as '10MB' or '10MiB', got 'lots'`,
    ],
    [{ closeTimeout: 10 }, '[stream] option "closeTimeout" must be a number of seconds from 0 to below 10, got 10'],
    [{ onError: 'die' }, `[stream] option "onError" must be 'print' | 'ignore' | 'throw', got 'die'`],
    [{ Terminator: '\n' }, '[stream] unknown option "Terminator"; did you mean "terminator"?'],
    ['stdout', `[stream] options must be an object, got 'stdout'`],
  ]
  for (const [options, message] of wrong) {
    it(`says what is wrong with ${JSON.stringify(options)}`, () => {
      assert.throws(() => stream(options as StreamOptions), { name: 'HandlerOptionError', message })
    })
  }
})
