// What an application asks all handlers of a listener to do.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { sendCommand } from '@pino-handlers/core'
import queueListener from '@pino-handlers/queue-listener'
import rotatingFile from '@pino-handlers/rotating-file'
import { line } from '../../../test/support/lines.js'
import { runFixture } from '../../../test/support/run-node.js'
import { files, tempDir } from '../../../test/support/temp-dir.js'
import { Child, closed } from './child.js'

describe('a command to a queueListener', () => {
  it('reaches each of its handlers once, those of the application too', async (t) => {
    const dir = tempDir(t)
    const optionsOf = (name: string): { filename: string; maxBytes: number; backupCount: number } => {
      return { filename: join(dir, name), maxBytes: 1e6, backupCount: 5 }
    }
    const live = rotatingFile(optionsOf('live'))
    const target = '@pino-handlers/rotating-file'
    const nested = {
      target: '@pino-handlers/queue-listener',
      options: { handlers: [{ target, options: optionsOf('d') }] },
    }
    const handlers = [
      { target, options: optionsOf('a') },
      { target, options: optionsOf('b') },
      nested,
      live,
      new Child(),
    ]
    const listener = queueListener({ handlers })
    let rotated = 0
    for (const each of [listener, live]) each.on('rotate', () => rotated++)
    listener.write(line('before'))
    sendCommand(listener, 'rotate')
    listener.write(line('after'))
    await closed(listener)
    await new Promise<void>((resolve) => live.end(() => resolve()))

    const [before, after] = [line('before'), line('after')]
    assert.deepEqual(
      [rotated, files(dir)],
      [4, { a: after, 'a.1': before, b: after, 'b.1': before, d: after, 'd.1': before, live: after, 'live.1': before }],
    )
  })

  it('reaches each of them once in a worker', async (t) => {
    const dir = tempDir(t)
    const run = await runFixture('listener-command', { dir })
    const [before, after] = ['before', 'after'].map((msg) => `{"level":30,"msg":"${msg}"}\n`)

    assert.deepEqual(
      [run.stderr, run.stdout, files(dir)],
      ['', '2\n', { 'a.log': after, 'a.log.1': before, 'b.log': after, 'b.log.1': before }],
    )
  })
})
