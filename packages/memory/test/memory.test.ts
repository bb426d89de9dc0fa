// The memory handler as Python's: what is held, and what flushes it.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { describe, it } from 'node:test'
import { sendCommand } from '@pino-handlers/core'
import memory, { type MemoryOptions } from '@pino-handlers/memory'
import pino from 'pino'
import { assertBalanced } from '../../../test/support/books.js'
import { line } from '../../../test/support/lines.js'
import { fixture } from '../../../test/support/run-node.js'
import { files, tempDir } from '../../../test/support/temp-dir.js'
import { ended, listTarget, messages } from './memory-target.js'

const error = (msg: string): string => line(msg, { level: 50 })

describe('memory', () => {
  it('holds records until there are as many as its capacity', async () => {
    const target = listTarget()
    const handler = memory({ capacity: 3, target })

    for (const msg of ['a', 'b']) handler.write(line(msg))
    const before = [...target.lines]
    handler.write(line('c') + line('d'))

    assert.deepEqual([before, messages(target.lines), handler.stats.queued], [[], ['a', 'b', 'c'], 1])
    await ended(handler)
    assertBalanced(handler.stats)
  })

  it('holds records until one of flushLevel comes, and leaves the lines as they are', async () => {
    const target = listTarget()
    const handler = memory({ capacity: 100, target, flushLevel: 'warn' })
    const lines = [line('naïve €'), 'no JSON\n', '{"level":"debug"}\r\n', '\n', line('now', { level: 40 })]

    handler.write(lines.join('') + line('next'))

    assert.deepEqual([target.lines, handler.stats.queued], [lines, 1])
    await ended(handler)
    assertBalanced(handler.stats)
  })

  it('knows levels by their labels, and under another key', async () => {
    const target = listTarget()
    const handler = memory({ capacity: 100, target, levelKey: 'severity', customLevels: { alarm: 55 } })

    for (const severity of ['info', 'ERROR', 'notice', 'alarm']) handler.write(`{"severity":"${severity}"}\n`)
    handler.write('{"level":60}\n')

    assert.deepEqual([target.lines.length, handler.stats.queued], [4, 1])
    await ended(handler)
  })

  it('takes one of its customLevels as the level of its target', async () => {
    const target = { target: '@pino-handlers/null', level: 'notice' }
    const handler = memory({ capacity: 1, target, customLevels: { notice: 35 } })

    for (const level of [30, 35]) handler.write(line('x', { level }))
    await ended(handler)

    assert.deepEqual([handler.stats.filtered, handler.stats.delivered], [1, 1])
  })

  it('hands records over at a flush, and at none but its own', async () => {
    const target = listTarget()
    const handler = memory({ capacity: 100, target })

    handler.write(line('a'))
    await new Promise((resolve) => handler.flush(resolve))
    handler.write(line('b'))
    sendCommand(handler, 'rotate')
    const before = messages(target.lines)
    sendCommand(handler, 'flush')

    assert.deepEqual([before, messages(target.lines)], [['a'], ['a', 'b']])
    await ended(handler)
  })

  for (const onFull of ['flush', 'drop-oldest'] as const) {
    for (const flushOnClose of [true, false, undefined]) {
      const hands = flushOnClose ?? onFull === 'flush'
      it(`${hands ? 'hands over' : 'drops'} what it holds at close with onFull ${onFull} and flushOnClose ${flushOnClose}`, async () => {
        const target = listTarget()
        const options: MemoryOptions = { capacity: 100, target, onFull }
        const handler = memory(flushOnClose === undefined ? options : { ...options, flushOnClose })

        handler.write(line('a') + line('b'))
        await ended(handler)

        const { delivered, dropped } = handler.stats
        assertBalanced(handler.stats)
        assert.deepEqual(
          { lines: messages(target.lines), delivered, dropped },
          hands
            ? { lines: ['a', 'b'], delivered: 2, dropped: {} }
            : { lines: [], delivered: 0, dropped: { 'not flushed': 2 } },
        )
      })
    }
  }

  it('asks shouldFlush instead of looking at level and capacity, with how many there are', async () => {
    const target = listTarget()
    const asked: [string, number][] = []
    const handler = memory({
      capacity: 2,
      target,
      shouldFlush: ({ msg }, buffered) => {
        asked.push([msg, buffered])
        return msg === 'now'
      },
    })

    handler.write(line('a') + error('b') + line('c') + line('now') + line('d'))

    assert.deepEqual(
      [messages(target.lines), asked],
      [
        ['a', 'b', 'c', 'now'],
        [
          ['a', 1],
          ['b', 2],
          ['c', 3],
          ['now', 4],
          ['d', 1],
        ],
      ],
    )
    await ended(handler)
  })

  it('takes shouldFlush from a module', async () => {
    const target = listTarget()
    const handler = memory({ capacity: 100, target, shouldFlush: `${fixture('memory-hooks')}#onThird` })

    for (const msg of ['a', 'b', 'c', 'd']) handler.write(line(msg))

    assert.deepEqual(messages(target.lines), ['a', 'b', 'c'])
    await ended(handler)
  })

  it('goes by level and capacity when shouldFlush fails, and reports it', async () => {
    const target = listTarget()
    const handler = memory({
      capacity: 2,
      target,
      onError: 'ignore',
      shouldFlush: () => {
        throw new Error('no idea')
      },
    })

    for (const msg of ['a', 'b', 'c']) handler.write(line(msg))

    assert.deepEqual([messages(target.lines), handler.stats.lastError], [['a', 'b'], 'no idea'])
    await ended(handler)
  })

  it('flushes when maxBytes are reached, and lets a larger record pass', async () => {
    const target = listTarget()
    const size = line('0').length
    const handler = memory({ capacity: 1000, target, maxBytes: size * 3 })

    for (const msg of ['0', '1']) handler.write(line(msg))
    const before = messages(target.lines)
    handler.write(line('2') + line('3') + line('x'.repeat(size * 3)) + line('4'))

    const after = messages(target.lines)
    assert.deepEqual([before, after.slice(0, 4), after.length, handler.stats.queued], [[], ['0', '1', '2', '3'], 5, 1])
    await ended(handler)
    assertBalanced(handler.stats)
  })

  it('lets records of passThroughLevel go before those that wait', async () => {
    const target = listTarget()
    const handler = memory({ capacity: 100, target, passThroughLevel: 'info' })

    handler.write(line('a', { level: 20 }) + line('b') + line('c', { level: 20 }) + error('d'))

    assert.deepEqual(messages(target.lines), ['b', 'a', 'c', 'd'])
    await ended(handler)
  })

  it('lets all pass after an error with afterTrigger passthrough, but not after a full buffer', async () => {
    const target = listTarget()
    const handler = memory({ capacity: 2, target, afterTrigger: 'passthrough' })

    handler.write(line('a') + line('b') + line('c'))
    const before = messages(target.lines)
    handler.write(error('d') + line('e') + line('f') + line('g'))

    assert.deepEqual(
      [before, messages(target.lines)],
      [
        ['a', 'b'],
        ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
      ],
    )
    await ended(handler)
  })

  it('marks what has waited, and nothing else', async () => {
    const target = listTarget()
    const handler = memory({ capacity: 100, target, markBuffered: true })

    handler.write('{"level":20,"a":{}}\n{}\nno object}\n{ }\r\n{"torn":\n{"level":50}\n')

    assert.deepEqual(target.lines, [
      '{"level":20,"a":{},"buffered":true}\n',
      '{"buffered":true}\n',
      'no object}\n',
      '{ "buffered":true}\r\n',
      '{"torn":\n',
      '{"level":50}\n',
    ])
    await ended(handler)
  })

  it('works behind pino, with a target opened by its name', async (t) => {
    const dir = tempDir(t)
    const filename = join(dir, 'app.log')
    const handler = memory({ capacity: 3, target: { target: '@pino-handlers/file', options: { filename } } })
    const logger = pino({ base: null, timestamp: false }, handler)

    for (const msg of ['a', 'b', 'c', 'd']) logger.info(msg)
    await ended(handler)

    assertBalanced(handler.stats)
    assert.deepEqual(files(dir), {
      'app.log': '{"level":30,"msg":"a"}\n{"level":30,"msg":"b"}\n{"level":30,"msg":"c"}\n{"level":30,"msg":"d"}\n',
    })
  })

  it('leaves out what is below the level of its target', async (t) => {
    const dir = tempDir(t)
    const filename = join(dir, 'app.log')
    const target = { target: '@pino-handlers/file', options: { filename }, level: 'warn' }
    const handler = memory({ capacity: 100, target, level: 'debug' })

    for (const level of [10, 20, 30, 40, 50]) handler.write(`{"level":${level}}\n`)
    await ended(handler)

    const { received, filtered, delivered } = handler.stats
    assertBalanced(handler.stats)
    assert.deepEqual(
      [files(dir), { received, filtered, delivered }],
      [{ 'app.log': '{"level":40}\n{"level":50}\n' }, { received: 2, filtered: 3, delivered: 2 }],
    )
  })

  it("lets its writer wait for a slow target with overflow 'block'", async () => {
    const got: string[] = []
    const target = new Writable({
      decodeStrings: false,
      highWaterMark: 1,
      write(text, _, done) {
        got.push(text)
        setImmediate(done)
      },
    })
    const handler = memory({ capacity: 10, target, overflow: 'block', maxQueueBytes: 1000 })
    const lines = Array.from({ length: 200 }, (_, n) => line(String(n)))

    for (const each of lines) if (!handler.write(each)) await once(handler, 'drain')
    handler.command('flush')
    await ended(handler)

    assert.deepEqual(got, lines)
    assertBalanced(handler.stats)
  })

  it('counts what comes after its end as dropped', async () => {
    const target = listTarget()
    const handler = memory({ capacity: 1, target, onError: 'ignore' })

    await ended(handler)
    await new Promise((resolve) => handler.write(line('late'), resolve))

    assert.deepEqual([target.lines, handler.stats.dropped], [[], { failed: 1 }])
    assertBalanced(handler.stats)
  })
})
