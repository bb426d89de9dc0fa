// The memory handler without a target, and with another one.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { TargetSpec } from '@pino-handlers/core/target'
import memory from '@pino-handlers/memory'
import { assertBalanced } from '../../../test/support/books.js'
import { line } from '../../../test/support/lines.js'
import { files, tempDir } from '../../../test/support/temp-dir.js'
import { ended, listTarget, messages } from './memory-target.js'

describe('memory without a target', () => {
  it('keeps records beyond its capacity until there is a target and a reason', async () => {
    const target = listTarget()
    const handler = memory({ capacity: 2 })

    for (const msg of ['a', 'b', 'c']) handler.write(line(msg, { level: 60 }))
    await new Promise((resolve) => handler.flush(resolve))
    handler.setTarget(target)
    const before = [handler.stats.queued, target.lines.length]
    handler.write(line('d'))

    assert.deepEqual(
      [before, messages(target.lines)],
      [
        [3, 0],
        ['a', 'b', 'c', 'd'],
      ],
    )
    await ended(handler)
    assertBalanced(handler.stats)
  })

  it('keeps the newest within maxBytes, and none that is larger by itself', async () => {
    const target = listTarget()
    const handler = memory({ capacity: 1, target: null, maxBytes: line('0').length * 3 })

    for (const msg of ['0', '1', '2', '3', '4', 'x'.repeat(1000)]) handler.write(line(msg))
    handler.setTarget(target)
    await ended(handler)

    assert.deepEqual([messages(target.lines), handler.stats.dropped], [['2', '3', '4'], { overwritten: 3 }])
    assertBalanced(handler.stats)
  })

  it('counts what it holds at its end as dropped', async () => {
    const handler = memory({ capacity: 1, onError: 'ignore' })

    handler.write(line('a') + line('b'))
    await ended(handler)

    assert.deepEqual([handler.stats.received, handler.stats.dropped], [2, { closed: 2 }])
    assertBalanced(handler.stats)
  })

  it('counts what comes after that end as well', async () => {
    const handler = memory({ capacity: 1, onError: 'ignore' })

    handler.write(line('a') + line('b'))
    await ended(handler)
    await new Promise((resolve) => handler.write(line('late'), resolve))

    const { received, dropped, queued } = handler.stats
    assert.deepEqual({ received, dropped, queued }, { received: 3, dropped: { closed: 2, failed: 1 }, queued: 0 })
  })
})

describe('setTarget', () => {
  it('gives the next records to another target, and closes none that is not its own', async (t) => {
    const dir = tempDir(t)
    const file = (name: string): TargetSpec => ({
      target: '@pino-handlers/file',
      options: { filename: join(dir, name) },
    })
    const live = listTarget()
    const handler = memory({ capacity: 2, target: file('a.log') })

    handler.write('{"n":1}\n{"n":2}\n{"n":3}\n')
    handler.setTarget(file('b.log'))
    handler.write('{"n":4}\n{"n":5}\n')
    handler.setTarget(live)
    handler.write('{"n":6}\n')
    await ended(handler)

    assert.deepEqual(
      [files(dir), live.lines],
      [{ 'a.log': '{"n":1}\n{"n":2}\n', 'b.log': '{"n":3}\n{"n":4}\n' }, ['{"n":5}\n', '{"n":6}\n']],
    )
    assertBalanced(handler.stats)
  })

  it('gives the one before any part of a second to close', async (t) => {
    const dir = tempDir(t)
    const target: TargetSpec = { target: '@pino-handlers/file', options: { filename: join(dir, 'a.log') } }
    const handler = memory({ capacity: 1, target, closeTimeout: 1.0015 })

    handler.write('{"n":1}\n')
    handler.setTarget(null)
    await ended(handler)

    assert.deepEqual(files(dir), { 'a.log': '{"n":1}\n' })
    assertBalanced(handler.stats)
  })

  it('opens no target after its end, when nothing comes any more', async (t) => {
    const dir = tempDir(t)
    const handler = memory({ capacity: 1 })
    await ended(handler)
    handler.setTarget({ target: '@pino-handlers/file', options: { filename: join(dir, 'a.log') } })

    assert.deepEqual(files(dir), {})
  })

  it('takes null for no target', async () => {
    const target = listTarget()
    const handler = memory({ capacity: 1, target })

    handler.write(line('a'))
    handler.setTarget(null)
    handler.write(line('b'))
    const held = handler.stats.queued
    handler.setTarget(target)
    await ended(handler)

    assert.deepEqual([held, messages(target.lines)], [1, ['a', 'b']])
  })

  it('refuses what is no target, and stays with the one that it has', async () => {
    const target = listTarget()
    const handler = memory({ capacity: 1, target })

    assert.throws(() => handler.setTarget({ target: '@pino-handlers/no-such' }), {
      name: 'HandlerOptionError',
      message: `[memory] option "target" names '@pino-handlers/no-such', which cannot be found from ${process.cwd()}`,
    })
    handler.write(line('a'))

    assert.deepEqual(messages(target.lines), ['a'])
    await ended(handler)
  })

  it('does nothing after the end', async () => {
    const target = listTarget()
    const handler = memory({ capacity: 1, onError: 'ignore' })

    await ended(handler)
    handler.setTarget(target)
    handler.write(line('late'))

    assert.deepEqual([target.lines, handler.stats.dropped], [[], { failed: 1 }])
  })
})
