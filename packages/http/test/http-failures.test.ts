// What becomes of records when the server, the disk or a user's function is not well.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import http from '@pino-handlers/http'
import { assertBalanced } from '../../../test/support/books.js'
import { QUICK, type Reply, scripted, send } from '../../../test/support/scripted-server.js'
import { onSmallFileSystem } from '../../../test/support/small-file-system.js'
import { tempDir } from '../../../test/support/temp-dir.js'

const OK: Reply = { status: 204 }
const QUIET = { ...QUICK, onError: 'ignore', format: 'ndjson', url: '/in', flushInterval: 0 } as const

function line(n: number): string {
  return `{"level":30,"n":${n}}\n`
}

function lines(count: number): string {
  return Array.from({ length: count }, (_, n) => line(n)).join('')
}

/** A server of which the test sees only the connections, until the test ends. */
async function raw(t: Pick<TestContext, 'after'>, connected: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    connected(socket)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

function flushed(handler: ReturnType<typeof http>): Promise<string | undefined> {
  return new Promise((resolve) => handler.flush((error) => resolve(error?.message)))
}

async function ended(handler: ReturnType<typeof http>): Promise<void> {
  handler.end()
  await once(handler, 'close')
  assertBalanced(handler.stats)
}

describe('http with a server that is not well', () => {
  it('sends a batch with the same key over another connection, and its halves with keys of their own', async (t) => {
    const { host, heard } = await scripted(t, (_, index, response) => {
      if (index === 0) response.destroy()
      return index === 0 ? undefined : index < 3 ? { status: [0, 500, 413][index] ?? 0 } : OK
    })

    const { stats } = await send({ host, ...QUIET }, lines(2))

    const keys = heard.map(({ headers }) => headers['idempotency-key'])
    assert.deepEqual(
      [heard.map(({ body }) => body), keys.map((key) => keys.indexOf(key)), stats.delivered],
      [[lines(2), lines(2), lines(2), line(0), line(1)], [0, 0, 0, 3, 4], 2],
    )
  })

  it('rejects a flush while the server has asked to wait, without asking it again', async (t) => {
    const { host, heard } = await scripted(t, () => ({ status: 503, headers: { 'Retry-After': '3600' } }))
    const handler = http({ host, ...QUIET, closeTimeout: 0 })
    handler.write(lines(1))
    const first = await flushed(handler)
    const second = await flushed(handler)
    const { length } = heard
    await ended(handler)

    const message = `cannot send to http://${host}: it answered 503 Service Unavailable`
    assert.deepEqual([first, second, length, handler.stats.dropped], [message, message, 1, { closed: 1 }])
  })

  it('makes a last request at the end, although the server has asked to wait', async (t) => {
    const { host, heard } = await scripted(t, (_, index) =>
      index === 0 ? { status: 503, headers: { 'Retry-After': '3600' } } : OK,
    )
    const handler = http({ host, ...QUIET, closeTimeout: 9.9 })
    handler.write(lines(2))
    await flushed(handler)
    await ended(handler)

    assert.deepEqual([heard.map(({ body }) => body), handler.stats.delivered], [[lines(2), lines(2)], 2])
  })

  it('waits for as long as a timer can when it is told to wait longer', async (t) => {
    const { host } = await scripted(t, (_, __, response) => {
      setTimeout(() => response.writeHead(204).end(), 20)
      return undefined
    })
    const warnings: string[] = []
    const listener = ({ name }: Error): unknown => warnings.push(name)
    process.on('warning', listener)
    t.after(() => process.off('warning', listener))

    const { stats } = await send({ host, ...QUIET, timeout: 1e9, flushInterval: 1e9 }, lines(2))

    assert.deepEqual([stats.delivered, stats.retries, warnings], [2, 0, []])
  })

  it('says why it has put records aside', async (t) => {
    const { host } = await scripted(t, () => ({ status: 400 }))
    const long = `{"level":30,"msg":"${'x'.repeat(100)}"}\n`

    const { stats } = await send({ host, ...QUIET }, lines(2))
    const { stats: unsent } = await send({ host, ...QUIET, maxBatchBytes: 50 }, long)

    const lost = 'lost for want of the option deadLetter'
    assert.deepEqual(
      [stats.lastError, unsent.lastError],
      [
        `http://${host} answered 400 Bad Request to 2 records, ${lost}`,
        `http://${host} was not asked for 1 record, ${lost}: the record takes 122 bytes, and maxBatchBytes is 50`,
      ],
    )
  })

  it('loses with maxQueueRecords 0 only what has not been answered', async (t) => {
    const statuses = [413, 204, 500]
    const { host, heard } = await scripted(t, (_, index) => ({ status: statuses[index] ?? 204 }))
    const handler = http({ host, ...QUIET, maxQueueRecords: 0, retryStart: 3600 })
    handler.write(lines(4))
    await flushed(handler)
    await ended(handler)

    assert.deepEqual([heard.length >= 3, handler.stats.delivered, handler.stats.dropped], [true, 2, { overflow: 2 }])
  })

  it('closes within closeTimeout when the server reads nothing, with all of it counted', async (t) => {
    const host = await raw(t, (socket) => socket.pause())
    const handler = http({ host, ...QUIET, timeout: 0, closeTimeout: 0.2, maxBatchBytes: '16MB' })
    // More than the system takes for a reader that does not read. Without closeTimeout this would never end.
    for (let n = 0; n < 10; n++) handler.write(`{"level":30,"msg":"${'x'.repeat(1_000_000)}"}\n`)
    await ended(handler)

    assert.deepEqual(handler.stats.dropped, { closed: 10 })
  })

  it('gives up a server that reads nothing, or answers for ever, within timeout', async (t) => {
    let connections = 0
    const host = await raw(t, (socket) => {
      connections++
      if (connections === 1) socket.pause()
      else if (connections === 2) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nslow')
      else socket.on('data', () => socket.write('HTTP/1.1 204 No Content\r\n\r\n'))
    })

    const { stats } = await send({ host, ...QUIET, timeout: 0.5, closeTimeout: 9.9 }, lines(1))

    assert.deepEqual(
      [stats.delivered, stats.lastError],
      [1, `cannot send to http://${host}: it has not answered within 0.5 seconds`],
    )
  })

  for (const [status, delivered] of [
    [200, 1],
    [201, 1],
    [202, 1],
    [204, 1],
    [206, 1],
    [301, 0],
    [304, 0],
    [307, 0],
    [400, 0],
    [401, 0],
    [404, 0],
    [422, 0],
  ] as const) {
    it(`takes ${status} as ${delivered ? 'taken' : 'refused'}`, async (t) => {
      const { host, heard } = await scripted(t, () => ({ status, headers: { Location: '/elsewhere' } }))

      const { stats } = await send({ host, ...QUIET }, lines(1))

      assert.deepEqual(
        [heard.map(({ url }) => url), stats.delivered, stats.dropped],
        [['/in'], delivered, delivered ? {} : { refused: 1 }],
      )
    })
  }

  it('goes on after an answer that is only preliminary', async (t) => {
    const { host } = await scripted(t, (_, index, response) => {
      if (index === 0) response.writeProcessing()
      return OK
    })

    const { stats } = await send({ host, ...QUIET, onError: 'throw' }, lines(1))

    assert.equal(stats.delivered, 1)
  })
})

describe('the deadLetter file of http', () => {
  const refuse = (): Reply => ({ status: 400, body: 'no' })
  const records = (path: string): unknown[] =>
    readFileSync(path, 'utf8')
      .split('\n')
      .filter((each) => each.endsWith('}'))
      .map((each) => JSON.parse(each).record)

  it('is made anew when it was moved away', async (t) => {
    const deadLetter = join(tempDir(t), 'dead.ndjson')
    const { host } = await scripted(t, refuse)
    const handler = http({ host, ...QUIET, deadLetter })
    handler.write(line(1))
    await flushed(handler)
    renameSync(deadLetter, `${deadLetter}.1`)
    handler.write(line(2))
    await ended(handler)

    assert.deepEqual(
      [records(`${deadLetter}.1`), records(deadLetter), handler.stats.deadLettered],
      [[line(1).trim()], [line(2).trim()], 2],
    )
  })

  it('has whole lines behind one that a full disk has cut off', async (t) => {
    const deadLetter = join(tempDir(t), 'dead.ndjson')
    const { host } = await scripted(t, refuse)
    writeFileSync(deadLetter, '{"time":"20')

    const { stats } = await send({ host, ...QUIET, deadLetter }, line(1))

    assert.deepEqual([records(deadLetter), stats.deadLettered], [[line(1).trim()], 1])
  })

  it('counts records as dropped, and tells, when the disk is full', async (t) => {
    await onSmallFileSystem(t, '64k', async (dir) => {
      const deadLetter = join(dir, 'dead.ndjson')
      const { host } = await scripted(t, refuse)
      const { stats } = await send({ host, ...QUIET, deadLetter }, lines(2000))

      assert.deepEqual([stats.dropped, stats.lastError?.includes('ENOSPC')], [{ failed: 2000 }, true])
    })
  })
})
