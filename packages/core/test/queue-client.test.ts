// A queue as a destination that connections are made to. The queue does what the test tells it to.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { Connection } from '@pino-handlers/core/net'
import { type QueueBatch, type QueueClientOptions, type QueueInlet, queueClient } from '@pino-handlers/core/queue'

const [one, two, three] = ['1', '2', '3'].map((id): QueueBatch => ({ id, data: `${id}\n`, count: 1 }))
const batches = [one, two, three].flatMap((batch) => batch ?? [])
const idsOf = (some: readonly QueueBatch[]): string => some.map(({ id }) => id).join('')

interface Putting {
  /** What happened, in order. */
  readonly log: string[]
  /** Makes a connection. */
  connect(): Connection
  /** Connects, sends all batches, and lets it go on. */
  sends(): Promise<Connection>
}

/** A client of a queue whose `put` does what `put` says. */
function putting(put: QueueInlet['put'], putNow?: QueueInlet['putNow'], options?: QueueClientOptions): Putting {
  const log: string[] = []
  const told: QueueInlet = {
    label: 'a queue',
    put(some, signal) {
      log.push(`put ${idsOf(some)}`)
      signal.addEventListener('abort', () => log.push('aborted'))
      return put(some, signal)
    },
  }
  if (putNow) {
    told.putNow = (some) => {
      log.push(`now ${idsOf(some)}`)
      return putNow(some)
    }
  }
  const client = queueClient(told, options)
  const connect = (): Connection =>
    client.connect({
      opened: () => log.push('opened'),
      closed: (error, taken) => log.push(`closed: ${error?.message}, ${taken}`),
      idled: () => log.push('idled'),
      failed: (error) => log.push(`failed: ${error.message}`),
    })
  const sends = async (): Promise<Connection> => {
    const connection = connect()
    await setImmediate()
    send(connection, batches, log)
    await setImmediate()
    return connection
  }
  return { log, connect, sends }
}

function send(connection: Connection, some: readonly QueueBatch[], log: string[]): void {
  connection.send(some, (taken) => log.push(`done ${taken}`))
  log.push('sent')
}

const never = (): Promise<void> => new Promise(() => {})
const refusing = async (): Promise<void> => {
  throw new Error('it is full')
}

describe('a connection to a queue', () => {
  it('opens by itself, later, and tells when a batch is in, later', async () => {
    const { log, connect } = putting(() => {})
    const connection = connect()
    log.push('connected')
    await setImmediate()
    send(connection, batches, log)
    await setImmediate()

    assert.deepEqual(log, ['connected', 'opened', 'put 123', 'sent', 'done 3'])
  })

  for (const [how, put] of [
    ['rejects', refusing],
    [
      'throws',
      () => {
        throw new Error('it is full')
      },
    ],
  ] as const) {
    it(`closes when the queue ${how}`, async () => {
      const { log, sends } = putting(put)
      await sends()

      assert.deepEqual(log, ['opened', 'put 123', 'sent', 'closed: it is full, 0'])
    })
  }

  it('opens after a failure only when the queue takes what it did not take, and puts that once', async () => {
    let refusals = 2
    const { log, sends, connect } = putting(() => (refusals-- > 0 ? refusing() : undefined))
    await sends()
    connect()
    await setImmediate()
    const connection = connect()
    await setImmediate()
    send(connection, batches, log)
    await setImmediate()

    assert.deepEqual(log.slice(3), [
      'closed: it is full, 0',
      'put 123',
      'closed: it is full, 0',
      'put 123',
      'opened',
      'sent',
      'done 3',
    ])
  })

  it('puts with what it has put to open only what comes more', async () => {
    let refusals = 1
    const { log, connect } = putting(() => (refusals-- > 0 ? refusing() : undefined))
    const first = connect()
    await setImmediate()
    send(first, batches.slice(0, 1), log)
    await setImmediate()
    const second = connect()
    await setImmediate()
    send(second, batches, log)
    await setImmediate()

    assert.deepEqual(log.slice(-5), ['put 1', 'opened', 'put 23', 'sent', 'done 3'])
  })

  it('gives pieces back for a batch that is too large, and refuses a record that is', async () => {
    const told: unknown[] = []
    const connection = queueClient({ label: 'a queue', maxBatchBytes: 8, put: () => {} }).connect({
      opened() {},
      closed() {},
      idled() {},
      failed() {},
    })
    await setImmediate()
    for (const data of ['ää\nb\nccc\n', `${'x'.repeat(8)}\n`]) {
      const batch: QueueBatch = { id: 'a', data, count: data.split('\n').length - 1 }
      connection.send([batch], (...answer) => told.push(answer))
      await setImmediate()
    }

    assert.deepEqual(told, [
      [
        0,
        undefined,
        [
          { id: 'a/0', data: 'ää\nb\n', count: 2 },
          { id: 'a/1', data: 'ccc\n', count: 1 },
        ],
      ],
      [0, new Error('a record of more than 8 bytes is too large for the queue')],
    ])
  })

  it('opens at once if nothing is sent again', async () => {
    const { log, sends } = putting(refusing, undefined, { sendsAgain: false })
    await sends()
    await sends()

    assert.deepEqual(log.slice(-4), ['opened', 'put 123', 'sent', 'closed: it is full, 0'])
  })

  it('refuses what is too large for the queue, and puts what is before and behind it', async () => {
    const log: string[] = []
    const large: QueueBatch = { id: '2', data: 'long\n', count: 1 }
    const told: QueueInlet = {
      label: 'a queue',
      maxBatchBytes: 4,
      put(some) {
        log.push(`put ${idsOf(some)}`)
      },
    }
    const ignore = (): void => {}
    const connection = queueClient(told).connect({ opened: ignore, closed: ignore, idled: ignore, failed: ignore })
    let left = [...batches.slice(0, 1), large, ...batches.slice(2)]
    await setImmediate()
    while (left.length > 0) {
      await new Promise<void>((resolve) => {
        connection.send(left, (taken, refused) => {
          log.push(`done ${taken}${refused ? `, ${refused.message}` : ''}`)
          left = left.slice(taken + (refused ? 1 : 0))
          resolve()
        })
      })
    }

    const refused = 'done 0, a record of more than 4 bytes is too large for the queue'
    assert.deepEqual(log, ['put 1', 'done 1', refused, 'put 3', 'done 1'])
  })

  it('refuses without a failure what turns out to be too large only when it was put', async () => {
    const log: string[] = []
    const told: { -readonly [K in keyof QueueInlet]: QueueInlet[K] } = {
      label: 'a queue',
      async put(some) {
        log.push(`put ${idsOf(some)}`)
        told.maxBatchBytes = 1
        throw new Error('too large')
      },
    }
    const connection = queueClient(told).connect({
      opened() {},
      closed: () => log.push('closed'),
      idled() {},
      failed() {},
    })
    await setImmediate()
    send(connection, batches.slice(0, 1), log)
    await setImmediate()
    connection.send(batches.slice(0, 1), (taken, refused) => log.push(`done ${taken}, ${refused?.message}`))
    await setImmediate()

    const refused = 'done 0, a record of more than 1 bytes is too large for the queue'
    assert.deepEqual(log, ['put 1', 'sent', 'done 0', refused])
  })

  it('tells the queue when it is let go of, and nobody after that', async () => {
    const { log, sends } = putting(
      (_, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
    )
    const connection = await sends()
    connection.destroy()
    await setImmediate()

    assert.deepEqual(log, ['opened', 'put 123', 'sent', 'aborted'])
  })
})

describe('a connection to a queue in the last moments', () => {
  it('opens at once', () => {
    const { log, connect } = putting(never)
    connect().sendNow()

    assert.deepEqual(log, ['opened'])
  })

  it('puts what is under way without waiting', async () => {
    const { log, sends } = putting(never, (some) => some.length)
    const connection = await sends()
    connection.sendNow()

    assert.deepEqual(log.slice(2), ['sent', 'now 123', 'done 3'])
  })

  it('tells what found room, and puts the rest once the put before has settled', async () => {
    const waiting: (() => void)[] = []
    const { log, sends } = putting(
      () => new Promise((resolve) => waiting.push(resolve)),
      () => 1,
    )
    const connection = await sends()
    connection.sendNow()
    send(connection, batches.slice(1), log)
    await setImmediate()
    log.push('the put before settles')
    waiting[0]?.()
    await setImmediate()

    assert.deepEqual(log.slice(3), ['now 123', 'done 1', 'sent', 'the put before settles', 'put 23'])
  })

  it('says nothing when there is no room', async () => {
    const { log, sends } = putting(never, () => 0)
    const connection = await sends()
    connection.sendNow()

    assert.deepEqual(log.slice(2), ['sent', 'now 123'])
  })

  it('tells what went wrong', async () => {
    const { log, sends } = putting(never, () => {
      throw new Error('no disk')
    })
    const connection = await sends()
    connection.sendNow()

    assert.deepEqual(log.slice(2), ['sent', 'now 123', 'failed: no disk'])
  })

  it('puts what the queue did not take before, and opens if it takes it now', async () => {
    const { log, sends, connect } = putting(refusing, (some) => some.length)
    await sends()
    const connection = connect()
    connection.sendNow()
    send(connection, batches, log)
    connection.sendNow()

    assert.deepEqual(log.slice(4), ['now 123', 'opened', 'sent', 'done 3'])
  })

  it('takes a put that returns without a promise for done', async () => {
    const { log, connect } = putting(() => {})
    const connection = connect()
    connection.sendNow()
    send(connection, batches, log)
    connection.sendNow()

    assert.deepEqual(log, ['opened', 'put 123', 'sent', 'done 3'])
  })

  it('takes a put that returns something else for done as well', async () => {
    const all: QueueBatch[] = []
    const push: (some: readonly QueueBatch[]) => void = (some) => all.push(...some)
    const { log, connect } = putting(push)
    const connection = connect()
    connection.sendNow()
    send(connection, batches, log)
    await setImmediate()

    assert.deepEqual(log, ['opened', 'put 123', 'sent', 'done 3'])
  })
})
