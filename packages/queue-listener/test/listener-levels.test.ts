// Which handler gets which records.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import queueListener, { type QueueListenerOptions } from '@pino-handlers/queue-listener'
import pino from 'pino'
import { line } from '../../../test/support/lines.js'
import { Child, closed } from './child.js'

type Range = Pick<Exclude<QueueListenerOptions['handlers'][number], { write: unknown }>, 'level' | 'maxLevel'>

/** What handlers of these levels get of one record of each level, and what they leave out. */
async function dispatched(ranges: readonly Range[], options: Partial<QueueListenerOptions> = {}): Promise<unknown> {
  const children = ranges.map(() => new Child())
  const handlers = children.map((stream, index) => ({ stream, ...ranges[index] }))
  const listener = queueListener({ customLevels: { notice: 35 }, ...options, handlers })
  const logger = pino({ level: 'trace', customLevels: { notice: 35 } }, listener)
  for (const level of ['trace', 'debug', 'info', 'notice', 'warn', 'error', 'fatal'] as const) logger[level](level)
  const { targets = [] } = await closed(listener)
  return children.map(({ messages }, index) => [messages.join(' '), targets[index]?.filtered])
}

describe('queueListener with levels', () => {
  it('gives a handler without a level all records', async () => {
    assert.deepEqual(await dispatched([{}]), [['trace debug info notice warn error fatal', 0]])
  })

  it('gives a handler the records from level to maxLevel, by label or number', async () => {
    const ranges = [
      { level: 'error' },
      { maxLevel: 'info' },
      { level: 30, maxLevel: 40 },
      { level: 'notice', maxLevel: 'notice' },
      { level: 70 },
    ]
    assert.deepEqual(await dispatched(ranges), [
      ['error fatal', 5],
      ['trace debug info', 4],
      ['info notice warn', 4],
      ['notice', 6],
      ['', 7],
    ])
  })

  it("passes over the handlers' levels as Python does by default, if respectHandlerLevel is false", async () => {
    const ranges = [{ level: 'error' }, { maxLevel: 'debug' }]
    const all = 'trace debug info notice warn error fatal'
    assert.deepEqual(await dispatched(ranges, { respectHandlerLevel: false }), [
      [all, 0],
      [all, 0],
    ])
  })

  it('keeps out of all handlers what its own level and filter keep out', async () => {
    const filter = ({ msg }: { msg: string }): boolean => msg !== 'warn'
    assert.deepEqual(await dispatched([{}, { maxLevel: 'info' }], { level: 'info', filter }), [
      ['info notice error fatal', 0],
      ['info', 3],
    ])
  })

  it('reads the level where levelKey says', async () => {
    const child = new Child()
    const listener = queueListener({ levelKey: 'severity', handlers: [{ stream: child, level: 'error' }] })
    listener.write(line('a', { severity: 'error' }) + line('b', { severity: 'info', level: 60 }))
    await closed(listener)

    assert.deepEqual(child.messages, ['a'])
  })
})
