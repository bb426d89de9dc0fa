// Becoming the one who takes, before there is anything to take.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { directoryQueue, type Queue, socketQueue } from '@pino-handlers/core/queue'
import { tempDir } from '../../../test/support/temp-dir.js'

const NEVER = new AbortController().signal

const kinds: Readonly<Record<string, (path: string) => Queue>> = {
  socketQueue: (path) => socketQueue({ path }),
  directoryQueue: (path) => directoryQueue({ path }),
}

for (const [name, create] of Object.entries(kinds)) {
  describe(`${name}: open`, {
    skip: process.platform === 'win32' && name === 'socketQueue' && 'pipes have names of their own',
  }, () => {
    it('refuses a second one who takes, until the first has closed', async (t) => {
      const path = join(tempDir(t), 'queue')
      const [first, second] = [create(path), create(path)]
      t.after(() => second.close(AbortSignal.abort()))

      await first.open?.(NEVER)
      await assert.rejects(async () => second.open?.(NEVER), /^Error: another listener .*takes from /)
      await first.close(NEVER)
      await second.open?.(NEVER)

      await assert.rejects(async () => first.open?.(NEVER), /closed/)
    })
  })
}
