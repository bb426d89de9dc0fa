// Other kinds of streams, and what they say of the records that they were given.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { describe, it } from 'node:test'
import { liveTarget } from '@pino-handlers/core/target'
import file from '@pino-handlers/file'
import rotatingFile from '@pino-handlers/rotating-file'
import socket from '@pino-handlers/socket'
import pino from 'pino'
import { lineServerPath } from '../../../test/support/line-server.js'
import { line, numbered } from '../../../test/support/lines.js'
import { files, tempDir } from '../../../test/support/temp-dir.js'
import { until } from '../../../test/support/until.js'
import { ended, Keeper, messages, opens, outcome, settled, stoppedClock, supervised } from './target-setup.js'

function texts(path: string): string[] {
  return messages([readFileSync(path, 'utf8')])
}

describe('an object with nothing but write() behind a TargetSink', () => {
  it('gets all records, though it says that it wants to be waited for: it cannot tell when', async (t) => {
    const lines: string[] = []
    const { handler } = supervised(t, liveTarget({ write: (each) => lines.push(each) < 0 }))
    handler.write(line('a') + line('b'))
    handler.write(line('c'))
    const stats = await ended(handler)
    assert.deepEqual([lines, outcome(stats)], [[line('a'), line('b'), line('c')], { delivered: 3 }])
  })
})

describe('a Writable behind a TargetSink', () => {
  it('may take many writes at once', async (t) => {
    const kept: string[] = []
    const stream = (): Writable =>
      new Writable({
        highWaterMark: 4,
        decodeStrings: false,
        writev(chunks, done) {
          kept.push(...chunks.map(({ chunk }) => String(chunk)))
          setImmediate(done)
        },
      })
    const { handler } = supervised(t, opens(stream))
    const lines = numbered(100)
    for (const each of lines) handler.write(each)
    const stats = await ended(handler)
    assert.deepEqual([kept.join(''), outcome(stats)], [lines.join(''), { delivered: 100 }])
  })

  it('gets no more than 64 KiB at a time', async (t) => {
    const stream = new Keeper()
    const { handler } = supervised(
      t,
      opens(() => stream),
    )
    const lines = numbered(3000)
    handler.write(lines.join(''))
    const stats = await ended(handler)
    assert.deepEqual(
      [
        stream.chunks.join('') === lines.join(''),
        stream.chunks.every((chunk) => chunk.length <= 65_536),
        outcome(stats),
      ],
      [true, true, { delivered: 3000 }],
    )
  })

  it('that is ended with an error loses nothing that it had called back for', async (t) => {
    const stream = new Keeper({ final: (done) => done(new Error('cannot finish')) })
    const { handler, log } = supervised(
      t,
      opens(() => stream),
    )
    log('a')
    const stats = await ended(handler)
    assert.deepEqual([outcome(stats), stats.lastError], [{ delivered: 1 }, 'fake failed: cannot finish'])
  })

  it('can be process.stdout, which stays as it was', async (t) => {
    const before = process.stdout.eventNames().map((event) => [event, process.stdout.listenerCount(event)])
    const { handler } = supervised(t, liveTarget(process.stdout))
    const stats = await ended(handler)
    const after = process.stdout.eventNames().map((event) => [event, process.stdout.listenerCount(event)])
    assert.deepEqual([after, process.stdout.writable, outcome(stats)], [before, true, { delivered: 0 }])
  })

  it('can be a pino.multistream, which chooses its streams by the level', async (t) => {
    const [all, errors] = [new Keeper(), new Keeper()]
    const streams = pino.multistream([
      { stream: all, level: 'trace' },
      { stream: errors, level: 'error' },
    ])
    const { handler } = supervised(t, liveTarget(streams))
    handler.write(line('a') + line('b', { level: 50 }))
    const stats = await ended(handler)
    assert.deepEqual([all.messages, errors.messages, outcome(stats)], [['a', 'b'], ['b'], { delivered: 2 }])
  })

  it("can be pino's worker, which has what is in its buffer", async (t) => {
    const path = join(tempDir(t), 'app.log')
    const worker = pino.transport({ target: 'pino/file', options: { destination: path } })
    const { handler, log } = supervised(t, liveTarget(worker))
    log('a')
    const stats = await ended(handler)
    worker.end()
    await until(() => existsSync(path) && readFileSync(path, 'utf8') !== '')
    assert.deepEqual([texts(path), outcome(stats)], [['a'], { delivered: 1 }])
  })
})

describe('a handler of this family behind a TargetSink', () => {
  it('gets whole batches, keeps its own books, and is closed', async (t) => {
    const dir = tempDir(t)
    const target = opens(() => rotatingFile({ filename: join(dir, 'app.log'), maxBytes: 500, backupCount: 1 }))
    const { handler } = supervised(t, target)
    handler.write(numbered(10).join(''))
    const stats = await ended(handler)
    const [own] = stats.targets ?? []
    assert.deepEqual(
      [Object.keys(files(dir)), outcome(stats), own && [own.handler, own.state, own.delivered]],
      [['app.log', 'app.log.1'], { delivered: 10 }, ['rotating-file', 'closed', 10]],
    )
  })

  it('does not hinder with its own trouble: what it holds stands in its books', async (t) => {
    const path = lineServerPath(tempDir(t))
    const target = opens(() => socket({ host: path, port: null, onError: 'ignore', closeTimeout: 0.05 }))
    const { handler, sink, log } = supervised(t, target, { closeTimeout: 60 })
    log('a')
    await until(() => !sink.isWell)
    const stats = await ended(handler)
    const [own] = stats.targets ?? []
    assert.deepEqual([outcome(stats), own && outcome(own)], [{ delivered: 1 }, { delivered: 0, closed: 1 }])
  })

  it('is opened again when it cannot be at first', async (t) => {
    const seconds = stoppedClock(t)
    const path = join(tempDir(t), 'app.log')
    const target = opens(
      () => file({ filename: join(tempDir(t), 'missing', 'app.log'), onError: 'ignore' }),
      () => file({ filename: path }),
    )
    const { handler, log } = supervised(t, target, { retryStart: 1 })
    log('a')
    seconds(1)
    await settled()
    assert.deepEqual([texts(path), outcome(handler.stats)], [['a'], { delivered: 1 }])
  })
})
