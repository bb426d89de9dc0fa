// A pipe with a descriptor of its own, whose reader never reads.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import type { Stats } from '@pino-handlers/core'
import { assertBalanced } from '../../../test/support/books.js'
import { runFixture } from '../../../test/support/run-node.js'
import { tempDir } from '../../../test/support/temp-dir.js'

const skip = process.platform !== 'linux' && 'only Linux opens a pipe once more without blocking'

it('stream in a worker lets the process end though a pipe is full and nobody reads it', { skip }, async (t) => {
  const fifo = join(tempDir(t), 'fifo')
  execFileSync('mkfifo', [fifo])
  const reader = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK)
  t.after(() => closeSync(reader))
  const options = { stream: fifo, closeTimeout: 0.5 }

  const run = await runFixture('worker-app', {
    transport: { target: '@pino-handlers/stream', options },
    records: 5000,
    ending: 'end',
  })

  const events: [string, Stats][] = JSON.parse(run.stdout || '[]')
  const [, stats] = events.find(([name]) => name === 'stats') ?? []
  assert.ok(stats, run.stderr)
  assertBalanced(stats)
  assert.deepEqual([run.code, run.signal, stats.received, stats.queued], [0, null, 5000, 0])
  assert.ok((stats.dropped.closed ?? 0) > 3000, JSON.stringify(stats))
})
