// Socket queues: their processes, and what else may be at a path.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { linkSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { type QueueBatch, socketQueue } from '@pino-handlers/core/queue'
import { fixture, runFixture } from '../../../test/support/run-node.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { until } from '../../../test/support/until.js'
import { batchesOf, NEVER, putUntilTaken, takeAll } from './queue-kinds.js'
import { listening, messageOf, pathIn, queueAt, skip } from './queue-socket-kit.js'

describe('socketQueue', { skip }, () => {
  it('carries batches from several processes, which end when they have nothing more to put', async (t) => {
    const path = pathIn(t)
    const names = ['a', 'b', 'c']
    const count = 30

    const taking = takeAll(queueAt(t, { path }), names.length * count)
    const runs = await Promise.all(
      names.map((name) => runFixture('queue-socket-process', { path, does: 'put', name, count })),
    )

    const taken = await taking
    assert.deepEqual(
      [runs.map(({ code, stderr }) => [code, stderr]), names.map((name) => linesFrom(taken, name))],
      [names.map(() => [0, '']), names.map((name) => linesOf(name, count))],
    )
  })

  it('loses nothing when its listener is killed and comes back', async (t) => {
    const path = pathIn(t)
    const queue = queueAt(t, { path })
    const first = new Listener(t, path)
    const batches = batchesOf('a', ...Array.from({ length: 60 }, (_, n) => String(n)))

    const putting = (async () => {
      for (const batch of batches) await putUntilTaken(queue, [batch])
    })()
    await until(() => first.ids.length >= 20)
    await first.kill()
    const second = new Listener(t, path)
    await putting

    await until(() => second.ids.at(-1) === 'a-59')
    assert.deepEqual(
      [...new Set([...first.ids, ...second.ids])],
      batches.map(({ id }) => id),
    )
  })

  it('rejects what is put while nobody listens, and takes it later', async (t) => {
    const path = pathIn(t)
    const queue = queueAt(t, { path })

    const [outcome] = await Promise.allSettled([queue.put(batchesOf('a', 'one'), NEVER)])
    const taking = takeAll(queueAt(t, { path }), 1)
    await putUntilTaken(queue, batchesOf('a', 'one'))

    assert.deepEqual(
      [messageOf(outcome), await taking],
      [`nobody listens: connect ENOENT ${path}`, batchesOf('a', 'one')],
    )
  })

  it('rejects what is under way when the listener closes', async (t) => {
    const path = pathIn(t)
    const take = await listening(t, { path })

    const putting = Promise.allSettled([queueAt(t, { path }).put(batchesOf('a', 'one'), NEVER)])
    await takeAll(take, 1, false)
    await take.close(NEVER)
    const [outcome] = await putting

    assert.equal(messageOf(outcome), 'the listener has closed the connection')
  })

  it('has told that batches are settled before it closes', async (t) => {
    const path = pathIn(t)
    const take = await listening(t, { path })

    const putting = Promise.allSettled([queueAt(t, { path }).put(batchesOf('a', 'one'), NEVER)])
    await takeAll(take, 1)
    await take.close(NEVER)
    const [outcome] = await putting

    assert.equal(outcome.status, 'fulfilled')
  })

  it('lets one listener take, and the next when that has closed', async (t) => {
    const path = pathIn(t)
    const first = await listening(t, { path })
    const second = queueAt(t, { path })

    const [outcome] = await Promise.allSettled([second.take(NEVER)])
    await first.close(NEVER)
    const taking = takeAll(second, 1)
    await putUntilTaken(queueAt(t, { path }), batchesOf('a', 'one'))

    assert.deepEqual(
      [messageOf(outcome), await taking],
      [`another listener takes from socket queue '${path}' already`, batchesOf('a', 'one')],
    )
  })

  it('removes the file that a listener left which was killed', async (t) => {
    const path = pathIn(t)
    await leaveStale(path)

    await listening(t, { path })

    assert.ok(statSync(path).isSocket())
  })

  it('leaves a file alone that is no socket', async (t) => {
    const path = pathIn(t)
    writeFileSync(path, 'precious')

    const outcomes = await Promise.allSettled([
      queueAt(t, { path }).take(NEVER),
      queueAt(t, { path }).put(batchesOf('a', 'one'), NEVER),
    ])

    assert.deepEqual(
      [outcomes.map(messageOf), readFileSync(path, 'utf8')],
      [
        [
          `socket queue '${path}' cannot be made: there is a file of this name that is no socket`,
          `nobody listens: connect ECONNREFUSED ${path}`,
        ],
        'precious',
      ],
    )
  })

  it('says which folder is missing', async (t) => {
    const path = join(tempDir(t), 'none', 'queue.sock')

    const [outcome] = await Promise.allSettled([queueAt(t, { path }).take(NEVER)])

    assert.equal(messageOf(outcome), `socket queue '${path}' cannot be made: there is no folder ${dirname(path)}`)
  })

  it('gives the socket file its mode, and removes it when it closes', async (t) => {
    const path = pathIn(t)

    const queue = await listening(t, { path, mode: '600' })
    const mode = statSync(path).mode & 0o777
    await queue.close(NEVER)

    assert.deepEqual([mode, statSync(path, { throwIfNoEntry: false })], [0o600, undefined])
  })

  it('refuses options that are wrong', () => {
    assert.throws(() => socketQueue({ path: 'x'.repeat(200) }), {
      name: 'HandlerOptionError',
      message: /^\[socketQueue\] option "path" has \d+ bytes, and the path of a Unix socket at most \d+: /,
    })
  })
})

// A listener in a process of its own.
class Listener {
  readonly #child: ChildProcess
  #output = ''

  constructor(t: TestContext, path: string) {
    const input = JSON.stringify({ path, does: 'take' })
    this.#child = spawn(process.execPath, [fixture('queue-socket-process'), input], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#output += text
    })
    t.after(() => this.kill())
  }

  /** What it has taken. */
  get ids(): readonly string[] {
    return this.#output.split('\n').slice(0, -1)
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGKILL')
    await once(this.#child, 'close')
  }
}

// Node removes a socket's file when it closes, but not another name of it.
async function leaveStale(path: string): Promise<void> {
  const server = createServer()
  await once(server.listen(`${path}2`), 'listening')
  linkSync(`${path}2`, path)
  server.close()
  await once(server, 'close')
}

function linesFrom(batches: readonly QueueBatch[], name: string): string {
  return batches
    .filter(({ id }) => id.startsWith(name))
    .map(({ data }) => data)
    .join('')
}

function linesOf(name: string, count: number): string {
  return Array.from({ length: count * 20 }, (_, n) => `{"msg":"${name} ${Math.floor(n / 20)} ${n % 20}"}\n`).join('')
}
