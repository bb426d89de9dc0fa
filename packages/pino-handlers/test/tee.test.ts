// The copy on stdout, whose reader may leave before the input ends.

import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { PassThrough, Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { cli } from 'pino-handlers'

describe('--tee', () => {
  // The second is what a write has on Windows that waited for the reader.
  for (const [code, told] of [
    ['EPIPE', ''],
    ['EOF', ''],
    ['EIO', 'pino-handlers: --tee ends: made up\n'],
  ] as const) {
    it(`goes on without stdout after ${code}, and says ${told === '' ? 'nothing' : 'so'}`, async () => {
      const stdout = new Writable({
        write: (_chunk, _encoding, done) => done(Object.assign(new Error('made up'), { code })),
      })
      const stderr = new PassThrough()
      const signals = new EventEmitter()
      const exit = await cli(['null', '--tee'], {
        stdin: Readable.from([Buffer.from('{"level":30}\n'), Buffer.from('{"level":30}\n')]),
        stdout,
        stderr,
        env: {},
        on: (signal, listener) => signals.on(signal, listener),
        off: (signal, listener) => signals.off(signal, listener),
        exit: (exitCode) => assert.fail(`exit ${exitCode}`),
      })
      stderr.end()
      assert.deepEqual([exit, await text(stderr)], [0, told])
    })
  }
})
