// Socket queues: what goes over a connection, and who else may be at the other end.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { QueueBatch } from '@pino-handlers/core/queue'
import { batchesOf, NEVER, putUntilTaken, takeAll } from './queue-kinds.js'
import { listening, messageOf, pathIn, queueAt, skip } from './queue-socket-kit.js'

// What each side of a connection begins with.
const GREETING = 'pino-handlers queue 1\n'
const MIB = 1024 * 1024

describe('a connection of a socketQueue', { skip }, () => {
  it('cuts off who speaks something else, and goes on with others', async (t) => {
    const path = pathIn(t)
    const queue = await listening(t, { path })
    const failures: string[] = []
    queue.observer = { lost() {}, failed: ({ message }) => failures.push(message) }

    // The third is nobody to speak of: it says nothing, as one who only looks whether there is a listener.
    for (const text of [
      'GET / HTTP/1.1\r\n',
      `${GREETING}\xff\xff\xff\xff`,
      '',
      `${GREETING}\0\0\0\x06\0\0\0\x01\0\x01`,
    ]) {
      await once(rawAt(t, path).end(text, 'latin1'), 'close')
    }
    const taking = takeAll(queue, 1)
    await putUntilTaken(queueAt(t, { path }), batchesOf('a', 'one'))

    const cut = `socket queue '${path}': a connection is cut off, since it`
    assert.deepEqual(
      [failures, await taking],
      [
        [
          `${cut} began with "GET / HTTP/1.1\\r\\n"`,
          `${cut} sent a batch of 4294967295 bytes`,
          `${cut} sent a batch with an id that is longer than the batch`,
        ],
        batchesOf('a', 'one'),
      ],
    )
  })

  it('reads what comes in pieces of any size', async (t) => {
    const path = pathIn(t)
    const queue = await listening(t, { path })
    const bytes = Buffer.concat([Buffer.from(GREETING), frameOf('a', 'größe\n'), frameOf('b', 'two\n')])

    const socket = rawAt(t, path)
    for (const byte of bytes) {
      socket.write(Buffer.of(byte))
      await setImmediate()
    }

    assert.deepEqual(await takeAll(queue, 2), [
      { id: 'a', data: 'größe\n', count: 1 },
      { id: 'b', data: 'two\n', count: 1 },
    ])
  })

  it('says so when what listens is no queue', async (t) => {
    const path = pathIn(t)
    const server = createServer((socket) => socket.on('error', () => {}).write('220 mail.example ESMTP\r\n'))
    await once(server.listen(path), 'listening')
    t.after(() => server.close())

    const [outcome] = await Promise.allSettled([queueAt(t, { path }).put(batchesOf('a', 'one'), NEVER)])

    assert.equal(
      messageOf(outcome),
      'what listens there is no queue of this version: it began with "220 mail.example ESMTP"',
    )
  })

  it('says so when what listens says nothing', async (t) => {
    const path = pathIn(t)
    const server = createServer((socket) => socket.on('error', () => {}).resume())
    await once(server.listen(path), 'listening')
    t.after(() => server.close())

    const queue = queueAt(t, { path, connectTimeout: 0.05 })
    const [outcome] = await Promise.allSettled([queue.put(batchesOf('a', 'one'), NEVER)])

    assert.equal(messageOf(outcome), 'what listens there has not greeted as a queue within 0.05 s')
  })

  it('reads no more of a connection while much of it is not acknowledged', async (t) => {
    const path = pathIn(t)
    const queue = await listening(t, { path })
    const batches = batchesOf('a', ...Array.from({ length: 40 }, (_, n) => String(n).padEnd(MIB, 'x')))

    const putting = queueAt(t, { path }).put(batches, NEVER)
    const taken = [...(await takeAll(queue, 4, false))]
    // Many more turns than it would take to read all of it.
    for (let turn = 0; turn < 3000; turn++) await setImmediate()
    taken.push(...(queue.takeNow?.() ?? []))
    const unsettled = taken.length
    queue.acknowledge(taken)
    taken.push(...(await takeAll(queue, batches.length - unsettled)))
    await putting

    assert.deepEqual([unsettled <= 6, taken.map(({ id }) => id)], [true, batches.map(({ id }) => id)])
  })

  it('keeps what it got of those who broke off, up to a limit', async (t) => {
    const path = pathIn(t)
    const queue = await listening(t, { path })

    for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) {
      const socket = rawAt(t, path)
      await once(socket.end(Buffer.concat([Buffer.from(GREETING), frameOf(id, 'x'.repeat(3 * MIB))])), 'close')
      // Until the other side has seen it as well.
      for (let turn = 0; turn < 20; turn++) await setImmediate()
    }

    const taken: QueueBatch[] = []
    for (let more = queue.takeNow?.() ?? []; more.length > 0; more = queue.takeNow?.() ?? []) taken.push(...more)
    assert.deepEqual(
      taken.map(({ id }) => id),
      ['a', 'b', 'c', 'd', 'e'],
    )
  })

  it('refuses a batch that is too large, and takes the next', async (t) => {
    const path = pathIn(t)
    const queue = queueAt(t, { path })
    const taking = takeAll(await listening(t, { path }), 1)
    const data = 'x'.repeat(64 * MIB)

    const [outcome] = await Promise.allSettled([queue.put([{ id: 'a', data, count: 1 }], NEVER)])
    await queue.put(batchesOf('b', 'two'), NEVER)

    assert.deepEqual(
      [messageOf(outcome), await taking],
      ['a batch of 67108871 bytes is too large: a socket queue takes 67108864', batchesOf('b', 'two')],
    )
  })
})

// A connection without manners.
function rawAt(t: TestContext, path: string): Socket {
  const socket = connect(path)
  t.after(() => socket.destroy())
  return socket.on('error', () => {}).resume()
}

function frameOf(id: string, data: string): Buffer {
  const text = Buffer.from(id + data)
  const head = Buffer.alloc(10)
  head.writeUInt32BE(text.length + 6, 0)
  head.writeUInt32BE(1, 4)
  head.writeUInt16BE(Buffer.byteLength(id), 8)
  return Buffer.concat([head, text])
}
