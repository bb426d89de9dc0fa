// Buffers that are as full as maxBytes says, to the byte.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import memory from '@pino-handlers/memory'
import { assertBalanced } from '../../../test/support/books.js'
import { line } from '../../../test/support/lines.js'
import { ended, listTarget, messages } from './memory-target.js'

const error = (msg: string): string => line(msg, { level: 50 })
const size = line('0').length

describe('maxBytes of memory', () => {
  it('flushes with the record that makes them full', async () => {
    const target = listTarget()
    const handler = memory({ capacity: 1000, target, maxBytes: size * 3 })

    handler.write(line('0') + line('1') + line('2'))
    const { queued } = handler.stats
    const flushed = messages(target.lines)
    await ended(handler)

    assertBalanced(handler.stats)
    assert.deepEqual([flushed, queued], [['0', '1', '2'], 0])
  })

  it('holds one record that has all of them, and none that is larger by a byte', async () => {
    const target = listTarget()
    const handler = memory({ capacity: 1000, target, onFull: 'drop-oldest', maxBytes: size })

    handler.write(line('a') + line('bb'))
    const { queued, dropped } = handler.stats
    handler.write(error('!'))
    const flushed = messages(target.lines)
    await ended(handler)

    assertBalanced(handler.stats)
    assert.deepEqual([queued, dropped, flushed], [1, { overwritten: 1 }, ['a', '!']])
  })
})

describe('markBuffered of memory', () => {
  it('leaves lines as they are that have text behind their object, or no end', async () => {
    const target = listTarget()
    const handler = memory({ capacity: 1000, target, markBuffered: true })
    const odd = ['{"level":30} and more\n', '{"level":30\n', '{"a":{"b":1} \n', 'no object }\n']

    handler.write(`${odd.join('')}{"level":30} \r\n${error('!')}`)
    const lines = [...target.lines]
    await ended(handler)

    assertBalanced(handler.stats)
    assert.deepEqual(lines, [
      '{"level":30} and more\n',
      '{"level":30\n',
      '{"a":{"b":1,"buffered":true} \n',
      'no object }\n',
      '{"level":30,"buffered":true} \r\n',
      error('!'),
    ])
  })
})
