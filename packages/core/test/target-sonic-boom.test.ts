// What a SonicBoom has written, and what it keeps to itself.

import assert from 'node:assert/strict'
import fs, { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { liveTarget, parseSpec, type Target, type TargetStream } from '@pino-handlers/core/target'
import pino from 'pino'
import { numbered } from '../../../test/support/lines.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { until } from '../../../test/support/until.js'
import { ended, flushed, messages, opens, outcome, supervised } from './target-setup.js'

/** The target that `{ target, options }` stands for. */
function spec(target: string, options: object = {}): Target {
  return parseSpec({ target, options }, {}) ?? assert.fail()
}

function texts(path: string): string[] {
  return messages([readFileSync(path, 'utf8')])
}

describe('a SonicBoom behind a TargetSink', () => {
  for (const [what, options] of Object.entries({
    'writes at once': { sync: true },
    'writes later': { sync: false },
    'gathers bytes': { sync: false, minLength: 4096 },
    'gathers bytes and writes at once': { sync: true, minLength: 4096 },
  })) {
    it(`is flushed and closed, with each record counted once, if it ${what}`, async (t) => {
      const path = join(tempDir(t), 'app.log')
      const target = opens(() => pino.destination({ dest: path, ...options }))
      const { handler } = supervised(t, target, { closeTimeout: 600 })
      const lines = numbered(2000)
      for (let first = 0; first < 1000; first += 10) handler.write(lines.slice(first, first + 10).join(''))
      const flush = await flushed(handler)
      const [before, stats] = [readFileSync(path, 'utf8'), handler.stats]
      handler.write(lines.slice(1000).join(''))
      const last = await ended(handler)

      assert.deepEqual(
        [flush, before === lines.slice(0, 1000).join(''), outcome(stats), outcome(last), readFileSync(path, 'utf8')],
        [undefined, true, { delivered: 1000 }, { delivered: 2000 }, lines.join('')],
      )
    })
  }

  it('is written to at the end of the process', async (t) => {
    const path = join(tempDir(t), 'app.log')
    const stream = pino.destination({ dest: path, sync: false, minLength: 4096 })
    const { handler, log } = supervised(t, liveTarget(stream))
    await new Promise((resolve) => stream.once('ready', resolve))
    log('a')
    log('b')
    handler.flushSync()
    assert.deepEqual([texts(path), outcome(handler.stats)], [['a', 'b'], { delivered: 2 }])
  })

  it('counts what it has written when the disk is full, and writes the rest when it is not', async (t) => {
    const path = join(tempDir(t), 'app.log')
    let room = 100_000
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      syscall: 'write',
    })
    t.mock.method(
      fs,
      'write',
      (fd: number, text: string | Buffer, done: (error: Error | null, bytes?: number) => void) => {
        const bytes = fs.writeSync(fd, Buffer.from(text).subarray(0, room))
        room -= bytes
        setImmediate(() => (bytes > 0 ? done(null, bytes) : done(full)))
      },
    )
    const boom = (): TargetStream => pino.destination({ dest: path, sync: false })
    const target = opens(boom, () => {
      room = Number.POSITIVE_INFINITY
      return boom()
    })
    const { handler } = supervised(t, target)
    const all = numbered(4000).join('')
    handler.write(all)
    const stats = await ended(handler)
    const torn = all.lastIndexOf('\n', 99_999) + 1

    assert.deepEqual(
      [readFileSync(path, 'utf8') === all.slice(0, 100_000) + all.slice(torn), outcome(stats)],
      [true, { delivered: 4000 }],
    )
  })

  it('says what the system says when there is no room', { skip: !existsSync('/dev/full') }, async (t) => {
    const target = spec('pino/file', { destination: '/dev/full' })
    const { handler, log } = supervised(t, target, { closeTimeout: 0.2, maxRestarts: 1 })
    log('a', 'b')
    await until(() => handler.stats.lastError !== null)
    const { lastError, ...stats } = await ended(handler)
    assert.deepEqual(
      [lastError?.replace(/;.*/, ''), outcome(stats as typeof handler.stats)],
      ['pino/file failed: ENOSPC: no space left on device, write', { delivered: 0, closed: 2 }],
    )
  })

  it("is pino/file's too, which waits until the file is open", async (t) => {
    const path = join(tempDir(t), 'new', 'app.log')
    const { handler, log } = supervised(t, spec('pino/file', { destination: path, mkdir: true }))
    log('a')
    const stats = await ended(handler)
    assert.deepEqual([texts(path), outcome(stats)], [['a'], { delivered: 1 }])
  })
})
