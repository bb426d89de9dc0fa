// What the queue has when the process exits, in which nothing can be waited for.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { Stats } from '@pino-handlers/core'
import type { QueueExit } from '../../../test/fixtures/queue-exit.js'
import { assertBalanced } from '../../../test/support/books.js'
import { numbered } from '../../../test/support/lines.js'
import { runFixture } from '../../../test/support/run-node.js'
import { tempDir } from '../../../test/support/temp-dir.js'

describe('queue in a process that exits hands over everything without waiting', () => {
  for (const [name, put, when] of [
    ['right after the first record', 'waits', 'at once'],
    ['while a put is under way', 'waits', 'later'],
    ['while it waits to put again', 'rejects', 'later'],
  ] as const) {
    it(name, async (t) => {
      const file = join(tempDir(t), 'queue')
      const run = await runFixture('queue-exit', { file, put, when } satisfies QueueExit)

      const stats: Stats = JSON.parse(run.stdout)
      assertBalanced(stats)
      assert.deepEqual(
        [run.code, readFileSync(file, 'utf8') === numbered(1000).join(''), stats.delivered, stats.dropped],
        [3, true, 1000, {}],
      )
    })
  }
})
