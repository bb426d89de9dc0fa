// A handler of this family whose server is away, and the file that stands in for it meanwhile.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import type { Stats } from '@pino-handlers/core'
import queueListener, { type QueueListener, type QueueListenerOptions } from '@pino-handlers/queue-listener'
import { lineServerPath, linesReceived, startLineServer } from '../../../test/support/line-server.js'
import { line } from '../../../test/support/lines.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { until } from '../../../test/support/until.js'
import { booksOf, closed } from './child.js'
import { batchOf, ToldQueue } from './listen.js'

interface Setup {
  readonly listener: QueueListener
  /** Where the server is expected. */
  readonly dir: string
  /** What is in the fallback's file. */
  readonly kept: () => string
  /** The books of the socket handler itself. */
  readonly socket: () => Stats | undefined
}

function setUp(t: TestContext, more: Partial<QueueListenerOptions> = {}): Setup {
  const dir = tempDir(t)
  const filename = join(dir, 'away.log')
  const own = { onError: 'ignore', retryStart: 0.01, retryMax: 0.02, closeTimeout: 0.3 } as const
  const options = { host: lineServerPath(dir), port: null, format: 'ndjson', ...own }
  const fallback = { target: '@pino-handlers/file', options: { filename } }
  const handlers = [{ target: '@pino-handlers/socket', options, fallback }]
  const listener = queueListener({ handlers, onError: 'ignore', ...more })
  return {
    listener,
    dir,
    kept: () => readFileSync(filename, 'utf8'),
    socket: () => listener.stats.targets?.[1]?.targets?.[0],
  }
}

describe('queueListener with a handler whose server is away', () => {
  it('gives its fallback what comes while it holds something, and hands back when it has its server again', async (t) => {
    const { listener, dir, kept, socket } = setUp(t)
    listener.write(line('a'))
    await until(() => socket()?.state === 'degraded')
    listener.write(line('b') + line('c'))
    startLineServer(t, dir)
    await until(() => socket()?.state === 'open')
    listener.write(line('d'))
    const received = await linesReceived(dir, 2)
    const stats = await closed(listener)

    assert.deepEqual(
      [received, kept(), booksOf(stats), socket()?.delivered],
      [
        [line('a'), line('d')],
        line('b') + line('c'),
        [
          ['queue-listener/socket/file', 2, 2, {}],
          ['queue-listener/socket', 2, 2, {}],
        ],
        2,
      ],
    )
  })

  it('loses no more than that handler holds, in its books, when the server does not come back', async (t) => {
    const { listener, kept, socket } = setUp(t)
    listener.write(line('a'))
    await until(() => socket()?.state === 'degraded')
    for (const msg of ['b', 'c', 'd']) listener.write(line(msg))
    const stats = await closed(listener)
    const { received, delivered, dropped } = socket() ?? {}

    assert.deepEqual(
      [kept(), booksOf(stats), { received, delivered, dropped }],
      [
        line('b') + line('c') + line('d'),
        [
          ['queue-listener/socket/file', 3, 3, {}],
          ['queue-listener/socket', 1, 1, {}],
        ],
        { received: 1, delivered: 0, dropped: { closed: 1 } },
      ],
    )
  })

  it('acknowledges what its fallback has', async (t) => {
    const queue = new ToldQueue()
    const { listener, kept, socket } = setUp(t, { queue })
    listener.write(line('a'))
    await until(() => socket()?.state === 'degraded')
    const batch = batchOf('b')
    let acknowledged = ''
    queue.acknowledge = ([first]) => {
      acknowledged = `${first?.id}: ${kept()}`
    }
    queue.take = async (signal) => {
      queue.take = () => new Promise((resolve) => signal.addEventListener('abort', () => resolve([])))
      return [batch]
    }
    await listener.start()
    await until(() => acknowledged !== '')
    await closed(listener)

    assert.equal(acknowledged, `${batch.id}: ${batch.data}`)
  })
})
