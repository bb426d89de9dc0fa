// Servers that are away, restart, stall, reset and are not who they should be. The handlers next to it hear nothing of it.

import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { createServer as createTlsServer } from 'node:tls'
import type { Handler, Stats } from '@pino-handlers/core'
import socket, { type SocketOptions } from '@pino-handlers/socket'
import type { WorkerApp } from '../../../test/fixtures/worker-app.js'
import { assertBalanced } from '../../../test/support/books.js'
import { certificates } from '../../../test/support/certificates.js'
import { closed } from '../../../test/support/closed.js'
import { line } from '../../../test/support/lines.js'
import type { AppInput, AppReport } from '../../../test/support/log-app.js'
import { fixture, type Run, runFixture } from '../../../test/support/run-node.js'
import { freePort } from '../../../test/support/server-process.js'
import { tempDir } from '../../../test/support/temp-dir.js'

const HOST = '127.0.0.1'
// Nobody listens there, and no other test can come to.
const CLOSED_PORT = 1
// Pauses that a test can wait for.
const impatient = { retryStart: 0.05, retryMax: 0.1 }

/** Listens on a free port, or on `port`; lets go of it and its connections after the test. */
async function listen(t: TestContext, server: Server, port = 0): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (each: Socket) => sockets.add(each.on('error', () => {})))
  server.listen(port, HOST)
  await once(server, 'listening')
  t.after(() => {
    server.close()
    for (const each of sockets) each.destroy()
  })
  return (server.address() as AddressInfo).port
}

/** A server that accepts and never reads. */
function stalled(): Server {
  return createServer({ pauseOnConnect: true })
}

/** A handler in this process, quiet, and let go of after the test. */
function logging(t: TestContext, options: Partial<SocketOptions>): Handler {
  const handler = socket({ host: HOST, port: CLOSED_PORT, onError: 'ignore', ...impatient, ...options })
  t.after(() => handler.destroy())
  return handler
}

/** The numbers in texts such as '#7#', in order. */
function numbersIn(text: string): number[] {
  return [...text.matchAll(/#(\d+)#/g)].map(([, digits]) => Number(digits))
}

/** What became of an application whose worker logs 1000 records to a server that is away, and to a file. */
interface Outcome {
  readonly run: Pick<Run, 'code' | 'stderr'>
  /** Lines in the file. */
  readonly sibling: number
  readonly stats: Stats | undefined
  readonly states: readonly string[]
  readonly codes: readonly unknown[]
}

async function besideFile(t: TestContext, options: object, ending: 'end' | 'exit' = 'end'): Promise<Outcome> {
  const file = join(tempDir(t), 'sibling.log')
  const targets = [
    { target: '@pino-handlers/socket', options: { host: HOST, closeTimeout: 1, ...options } },
    { target: 'pino/file', options: { destination: file } },
  ]
  const app: WorkerApp = { transport: { targets }, records: 1000, ending }
  const { code, stderr, stdout } = await runFixture('worker-app', app)
  const events: [string, { state: string; code: unknown }][] = stdout === '' ? [] : JSON.parse(stdout)
  const payloads = (name: string): { state: string; code: unknown }[] =>
    events.flatMap(([event, payload]) => (event === name ? payload : []))
  const [stats] = payloads('stats') as unknown as Stats[]
  if (stats) assertBalanced(stats)
  return {
    run: { code, stderr },
    sibling: readFileSync(file, 'utf8').split('\n').length - 1,
    stats,
    states: payloads('state').map(({ state }) => state),
    codes: payloads('failure').map(({ code }) => code),
  }
}

describe('socket: a server that is away', () => {
  for (const format of ['ndjson', 'pickle'] as const) {
    it(`harms nobody else, and what is lost is counted, with ${format}`, async (t) => {
      const { run, sibling, stats, states, codes } = await besideFile(t, { port: CLOSED_PORT, format })

      assert.match(run.stderr, /^\[socket\] cannot connect to tcp:\/\/127\.0\.0\.1:1: connect ECONNREFUSED/)
      assert.deepEqual(
        [run.code, sibling, stats?.delivered, stats?.dropped, states, codes],
        [0, 1000, 0, { closed: 1000 }, ['connecting', 'degraded', 'closed'], ['ECONNREFUSED']],
      )
    })
  }

  it('does not change how a process exits', async (t) => {
    const { run, sibling } = await besideFile(t, { port: CLOSED_PORT, format: 'ndjson' }, 'exit')

    assert.deepEqual([run.code, sibling], [3, 1000])
  })

  it('may have no address', async (t) => {
    const { run, sibling, stats, codes } = await besideFile(t, { host: 'x.invalid', port: 9020, connectTimeout: 0.3 })

    // What the resolver of the machine says, or that it says nothing.
    assert.match(String(codes[0]), /^(ENOTFOUND|EAI_AGAIN|ETIMEDOUT)$/)
    assert.deepEqual([run.code, sibling, stats?.dropped], [0, 1000, { closed: 1000 }])
  })

  it('may have a certificate that nobody trusts, which is said once', async (t) => {
    const certificate = certificates(t)
    if (!certificate) return
    const server = createTlsServer(certificate.expired)
    const port = await listen(t, server)
    const tls = { ca: certificate.ca }
    const { run, sibling, stats, states } = await besideFile(t, { port, tls, closeTimeout: 9 })

    // Whether there was time for a second attempt differs.
    const said = run.stderr.split('\n').filter((each) => !each.includes('more failure'))
    assert.deepEqual(
      [run.code, said, sibling, stats?.dropped, states],
      [
        0,
        [
          `[socket] cannot connect to tls://${HOST}:${port}: certificate has expired`,
          '[socket] closed with 1000 records that could not be delivered',
          '',
        ],
        1000,
        { closed: 1000 },
        ['connecting', 'failed', 'closed'],
      ],
    )
  })
})

/** Reads lines over any number of connections, each of which can be ended in good order. */
class LineServer {
  /** What each connection has brought. */
  readonly texts: string[] = []
  readonly #t: TestContext
  #server: Server | undefined
  readonly #open = new Set<Socket>()

  constructor(t: TestContext) {
    this.#t = t
  }

  async start(port?: number): Promise<number> {
    // It sees the end of what the other side has sent, though it has ended the connection itself.
    this.#server = createServer({ allowHalfOpen: true }, (each) => {
      const index = this.texts.push('') - 1
      this.#open.add(each)
      each.setEncoding('utf8').on('data', (text: string) => {
        this.texts[index] += text
      })
      each.on('end', () => each.end())
      each.on('close', () => this.#open.delete(each))
    })
    return await listen(this.#t, this.#server, port)
  }

  /** Accepts no more, ends the connections, and has read what was on its way when it resolves. */
  async stop(): Promise<void> {
    const server = this.#server
    if (!server) return
    const over = once(server, 'close')
    server.close()
    for (const each of this.#open) each.end()
    await over
  }
}

describe('socket: a server that restarts', () => {
  it('gets every record when it reads what was sent before it goes', async (t) => {
    const server = new LineServer(t)
    const port = await server.start()
    const handler = logging(t, { port, format: 'ndjson', maxQueueBytes: '256MiB' })
    let count = 0
    let isOver = false
    const log = async (): Promise<void> => {
      while (!isOver) {
        for (let n = 0; n < 20; n++) handler.write(line(`#${count++}#`.padEnd(200)))
        await setTimeout(1)
      }
    }
    const all = log()
    for (let restart = 0, before = 0; restart < 10; restart++) {
      const enough = count + 500
      while (count < enough || server.texts.length === before) await setTimeout(1)
      await server.stop()
      before = server.texts.length
      await server.start(port)
    }
    isOver = true
    await all
    const { received, delivered, dropped } = await closed(handler)

    const lines = server.texts.map((text) => text.split(/(?<=\n)/))
    const broken = lines.filter((each) => each.slice(0, -1).some((one) => !/^\{.*\}\n$/.test(one)))
    const arrived = new Set(server.texts.flatMap(numbersIn))
    assert.deepEqual(
      [arrived.size, { received, delivered, dropped }, broken, lines.length >= 10],
      [count, { received: count, delivered: count, dropped: {} }, [], true],
    )
  })

  it('never gets half a frame before a whole one, wherever it is killed', async (t) => {
    const dir = join(tempDir(t), 'frames')
    mkdirSync(dir)
    const port = await freePort()
    const handler = logging(t, { port, maxQueueBytes: '256MiB' })
    const random = seeded(20171015)
    let count = 0
    const log = async (records: number): Promise<void> => {
      for (const end = count + records; count < end; ) {
        const size = 20 + Math.floor(random() ** 4 * 20_000)
        handler.write(line(`#${count++}#`.padEnd(size, 'x')))
        if (random() < 0.1) await setImmediate()
      }
    }
    for (let kill = 0; kill <= 20; kill++) {
      // Before the server is there: a connection may be as soon as it is.
      const connections = readdirSync(dir).length
      const child = fork(fixture('frame-server'), [String(port), dir])
      t.after(() => child.kill('SIGKILL'))
      await once(child, 'message')
      while (readdirSync(dir).length === connections) {
        await log(1)
        await setTimeout(5)
      }
      await log(Math.floor(random() * 300))
      if (kill === 20) break
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await log(50)
      await exited
    }
    const { received, delivered, dropped } = await closed(handler)

    const connections = readdirSync(dir)
      .sort()
      .map((name) => framesOf(readFileSync(join(dir, name))))
    const gaps = gapsBetween(connections)
    t.diagnostic(`${connections.length} connections, lost in each gap: ${gaps.join(' ')} of ${count}`)
    assert.deepEqual(
      [connections.flat().at(-1), { received, delivered, dropped }],
      [count - 1, { received: count, delivered: count, dropped: {} }],
    )
  })
})

// What a pickle of a record begins and ends with.
const [EMPTY_DICT, STOP] = Buffer.from('}.')

/** The numbers of the frames that a connection brought; fails for one that is none, unless it is the last, cut off. */
function framesOf(bytes: Buffer): number[] {
  const numbers: number[] = []
  for (let at = 0; at + 4 <= bytes.length; ) {
    const end = at + 4 + bytes.readUInt32BE(at)
    if (end > bytes.length) break
    const pickle = bytes.subarray(at + 4, end)
    const [number = Number.NaN, ...more] = numbersIn(pickle.toString('latin1'))
    assert.deepEqual([pickle[0], pickle.at(-1), more], [EMPTY_DICT, STOP, []])
    numbers.push(number)
    at = end
  }
  return numbers
}

/** How many numbers are missing between connections; fails when one is missing within, or out of order. */
function gapsBetween(connections: readonly number[][]): number[] {
  let last = -1
  return connections.map((numbers) => {
    const [first = last + 1] = numbers
    assert.deepEqual(
      numbers,
      Array.from(numbers, (_, index) => first + index),
    )
    const gap = Math.max(0, first - last - 1)
    last = Math.max(last, numbers.at(-1) ?? last)
    return gap
  })
}

/** Random numbers from 0 to 1 that are the same at each run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32
    return state / 2 ** 32
  }
}

describe('socket: a server that stalls', () => {
  const MAX_QUEUE = 64 * 1024 * 1024

  async function run(
    t: TestContext,
    server: Server,
    input: Partial<AppInput>,
  ): Promise<AppReport & { code: number | null }> {
    const port = await listen(t, server)
    const report = join(tempDir(t), 'report.json')
    const options = { host: HOST, port, format: 'ndjson', closeTimeout: 1, maxQueueBytes: MAX_QUEUE, ...input.options }
    const app = { end: 'end', report, paced: true, padding: 100, ...input, options }
    const { code } = await runFixture('socket-app', app, 120_000)
    const told: AppReport = JSON.parse(readFileSync(report, 'utf8'))
    assertBalanced(told.stats)
    return { ...told, code }
  }

  for (const [where, overflow] of [
    ['worker', 'drop-below-level'],
    ['in-process', 'drop-oldest'],
  ] as const) {
    it(`costs no more memory than thrice the queue, with a million records, ${where} and ${overflow}`, async (t) => {
      const reading = createServer((each) => each.resume())
      const usual = await run(t, reading, { where, count: 200_000 })
      // What the garbage collector leaves lying about differs from run to run: the least counts.
      let times = Number.POSITIVE_INFINITY
      for (let attempt = 0; attempt < 5 && times > 3; attempt++) {
        const { code, stats, maxRss } = await run(t, stalled(), { where, count: 1_000_000, options: { overflow } })
        times = Math.min(times, ((maxRss - usual.maxRss) * 1024 * 1024) / MAX_QUEUE)
        t.diagnostic(`${times.toFixed(2)} times the queue: ${usual.maxRss} MB, then ${maxRss} MB`)
        assert.deepEqual(
          [code, stats.received, Object.keys(stats.dropped).sort()],
          [0, 1_000_000, ['closed', 'overflow']],
        )
      }
      assert.ok(times <= 3, `${times} times the queue`)
    })
  }

  it('does not change how a process exits', async (t) => {
    const port = await listen(t, stalled())
    const { run, sibling } = await besideFile(t, { port }, 'exit')

    assert.deepEqual([run, sibling], [{ code: 3, stderr: '' }, 1000])
  })
})

describe('socket: a server that resets', () => {
  it('gets all records when resendWindow covers what the system holds, twice only if marked', async (t) => {
    const texts: string[] = []
    const server = createServer((each) => {
      const index = texts.push('') - 1
      each.setEncoding('utf8').on('data', (text: string) => {
        texts[index] += text
        if (index === 0) each.pause()
      })
      if (index === 0) server.emit('first', each)
    })
    const port = await listen(t, server)
    const first: Promise<Socket[]> = once(server, 'first')
    const handler = logging(t, { port, format: 'ndjson', resendWindow: '64MiB', maxQueueBytes: '64MiB' })
    let count = 0
    // Until the system takes no more.
    while (handler.stats.queued < 1000) {
      for (let n = 0; n < 100; n++) handler.write(line(`#${count++}#`.padEnd(1000)))
      await setImmediate()
    }
    const [peer] = await first
    peer?.resetAndDestroy()
    const { delivered, dropped } = await closed(handler)

    const [before = '', after = ''] = texts
    const twice = new Set(numbersIn(before.slice(0, before.lastIndexOf('\n') + 1)))
    const again = after.split('\n').slice(0, -1)
    const unmarked = again.filter((each) => twice.has(numbersIn(each)[0] ?? -1) && JSON.parse(each).resent !== true)
    assert.ok(twice.size > 0)
    assert.deepEqual(
      [new Set(numbersIn(before + after)).size, unmarked, { delivered, dropped }],
      [count, [], { delivered: count, dropped: {} }],
    )
  })
})

describe("socket: overflow 'block'", () => {
  it('loses nothing, however small the queue', async (t) => {
    let lines = 0
    const server = createServer((each) => {
      each.on('data', (chunk) => {
        lines += chunk.toString('latin1').split('\n').length - 1
      })
    })
    const port = await listen(t, server)
    const report = join(tempDir(t), 'report.json')
    const options = { host: HOST, port, format: 'ndjson', overflow: 'block', maxQueueBytes: '64KiB' }
    const input: AppInput = { where: 'worker', options, count: 100_000, padding: 100, paced: true, end: 'end', report }
    const { code } = await runFixture('socket-app', input, 120_000)
    const { stats }: AppReport = JSON.parse(readFileSync(report, 'utf8'))
    assertBalanced(stats)

    assert.deepEqual([code, lines, stats.delivered, stats.dropped], [0, 100_000, 100_000, {}])
  })
})
