// gracefulShutdown where a worker is not ready or has gone, where loggers share a stream, and where the application closes
// by hand while a signal comes.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { gracefulShutdown } from '@pino-handlers/core'
import file, { type FileOptions, fileTarget } from '@pino-handlers/file'
import pino from 'pino'
import type { ByHand } from './fixtures/shutdown-by-hand-app.js'
import { assertBalanced } from './support/books.js'
import { fixture } from './support/run-node.js'
import { tempDir } from './support/temp-dir.js'
import { until } from './support/until.js'

const COUNT = 1000

describe('gracefulShutdown, its edges', () => {
  it('flushes handlers that have loaded after another listener of the port', async (t) => {
    const path = join(tempDir(t), 'app.log')
    const targets = [path, `${path}.2`].map((filename) => ({
      target: fixture('late-target'),
      options: { filename, bufferSize: '1MB' } satisfies FileOptions,
    }))
    const logger = pino({ base: null }, pino.transport({ targets }))
    const shutdown = gracefulShutdown(logger)

    for (let n = 0; n < COUNT; n++) logger.info(String(n))
    await shutdown.flush()
    const messages = [path, `${path}.2`].map(messagesIn)
    await shutdown.close()

    const expected = Array.from({ length: COUNT }, (_, index) => String(index))
    assert.deepEqual(messages, [expected, expected])
  })

  it('stops waiting for a worker that ends with lines that it has not taken', async (t) => {
    const transport = pino.transport({ target: fixture('leaving-target') })
    const ended = once(transport, 'error')
    // A worker does not keep the process alive.
    const alive = setInterval(() => {}, 60_000)
    t.after(() => clearInterval(alive))
    await once(transport, 'ready')
    const logger = pino(transport)
    const shutdown = gracefulShutdown(logger)
    t.after(() => shutdown.remove())

    logger.info('hello')
    const flushed = shutdown.flush()
    // pino hands the line over in later turns, and then waits for the worker to take it.
    for (let turn = 0; turn < 10; turn++) await setImmediate()
    transport.emit('message', 'leave')

    assert.deepEqual([await flushed, (await ended)[0].message], [undefined, 'the worker thread exited'])
  })

  it('adds no listeners for each logger or flush to a stream that they share', async (t) => {
    const dir = tempDir(t)
    const warnings: string[] = []
    const warned = ({ name, message }: Error): void => {
      if (name === 'MaxListenersExceededWarning') warnings.push(message)
    }
    process.on('warning', warned)
    t.after(() => process.off('warning', warned))
    const transport = pino.transport(fileTarget({ filename: join(dir, 'worker.log') }))
    const handler = file({ filename: join(dir, 'app.log') })
    const streams = pino.multistream([transport, handler])
    const shutdowns = Array.from({ length: 12 }, () => gracefulShutdown(pino({ base: null }, streams)))

    pino({ base: null }, streams).info('hello')
    await Promise.all(shutdowns.map((shutdown) => shutdown.flush()))
    await Promise.all(shutdowns.map((shutdown) => shutdown.close()))

    assert.deepEqual(
      [warnings, messagesIn(join(dir, 'worker.log')), messagesIn(join(dir, 'app.log'))],
      [[], ['hello'], ['hello']],
    )
    assertBalanced(handler.stats)
  })

  const ends: Readonly<Record<ByHand, readonly [unknown, ...string[]]>> = {
    closes: ['SIGTERM', 'SIGTERM: shutting down', 'from before close'],
    'closes at the signal': ['SIGTERM', 'SIGTERM: shutting down', 'from before close'],
    'removes at the signal': [0, 'removed'],
  }
  for (const [does, [end, ...messages]] of Object.entries(ends)) {
    it(`delivers when the application ${does}`, { skip: process.platform === 'win32' }, async (t) => {
      const path = join(tempDir(t), 'app.log')
      const child = spawn(process.execPath, [fixture('shutdown-by-hand-app'), path, does])
      t.after(() => child.kill('SIGKILL'))
      const closed = once(child, 'close')
      // It may be gone when it is told to go on, which would be the failure to show.
      child.stdin.on('error', () => {})

      await once(child.stdout, 'data')
      child.kill('SIGTERM')
      await until(() => child.signalCode !== null || child.exitCode !== null || messagesIn(path).length > 0)
      child.stdin.write('go\n')
      const [code, signal] = await closed

      assert.deepEqual([signal ?? code, ...messagesIn(path)], [end, ...messages])
    })
  }
})

/** The messages in a log file, if it is there. */
function messagesIn(path: string): unknown[] {
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line).msg)
}
