// What is true of every handler as a stream in this process.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { Writable } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import { HandlerOptionError } from '@pino-handlers/core'
import fc from 'fast-check'
import pino from 'pino'
import { handlers } from './handlers.js'
import { assertBalanced } from './support/books.js'
import { line, numbered } from './support/lines.js'
import { type Run, runFixture } from './support/run-node.js'
import { tempDir } from './support/temp-dir.js'

for (const { name, create, read, connects = [], texts = asTheyAre, most = 1000, ...row } of handlers) {
  const options = (t: TestContext, dir = tempDir(t)): ReturnType<typeof row.options> => row.options(dir, t)

  // Before anything else: Node does not follow links to a module when the last file it has looked at was a socket.
  const required: unknown = createRequire(import.meta.url)(`@pino-handlers/${name}`)

  describe(`${name}: contract`, () => {
    it('is a Writable at once, with the methods that pino looks for', async (t) => {
      const handler = create(await options(t))

      assert.ok(handler instanceof Writable)
      assert.deepEqual([typeof handler.flushSync, handler.flush.length], ['function', 1])
      await ended(handler)
    })

    it('delivers every record in order and balances its books', async (t) => {
      const dir = tempDir(t)
      const handler = create(await options(t, dir))
      const lines = numbered(most)

      for (const each of lines) handler.write(each)
      await ended(handler)

      assertBalanced(handler.stats)
      assert.deepEqual([handler.stats.received, handler.stats.delivered, handler.stats.queued], [most, most, 0])
      if (read) assert.deepEqual(await read(dir, lines.length), lines)
    })

    it('takes chunks that are cut anywhere, as text or bytes', async (t) => {
      const lines = [line('plain'), line('naïve €'), line('😀'), line('')]
      const bytes = Buffer.from(lines.join(''))
      const cut = fc.array(fc.nat(bytes.length), { maxLength: 8 })
      await fc.assert(
        fc.asyncProperty(cut, fc.boolean(), async (cuts, asText) => {
          const dir = tempDir(t)
          const handler = create(await options(t, dir))
          const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length]
          for (const [index, edge] of edges.slice(1).entries()) {
            const chunk = bytes.subarray(edges[index], edge)
            if (!asText) handler.write(chunk)
          }
          if (asText) for (const character of lines.join('')) handler.write(character)
          await ended(handler)
          assert.equal(handler.stats.delivered, 4)
          if (read) assert.deepEqual(await read(dir, lines.length), lines)
        }),
        { numRuns: 20 },
      )
    })

    it('delivers a last line that has no newline', async (t) => {
      const dir = tempDir(t)
      const handler = create(await options(t, dir))

      handler.write(line('only').trimEnd())
      await ended(handler)

      assert.equal(handler.stats.delivered, 1)
      if (read) assert.deepEqual(await read(dir, 1), [line('only')])
    })

    it('calls back from flush when the destination has everything', async (t) => {
      const dir = tempDir(t)
      const handler = create(await options(t, dir))

      for (const each of numbered(10)) handler.write(each)
      await new Promise((resolve) => handler.flush(resolve))

      assert.equal(handler.stats.delivered, 10)
      if (read) assert.deepEqual(await read(dir, 10), numbered(10))
      await new Promise((resolve) => handler.flush(resolve))
      await ended(handler)
      await new Promise((resolve) => handler.flush(resolve))
    })

    it('closes after destroy, with its books balanced', async (t) => {
      const handler = create(await options(t))

      handler.write(line('one'))
      handler.destroy()
      await once(handler, 'close')

      assertBalanced(handler.stats)
      assert.deepEqual([handler.stats.state, handler.stats.queued], ['closed', 0])
    })

    it('counts what is written after its end, and emits no error', async (t) => {
      const handler = create({ ...(await options(t)), onError: 'ignore' })
      handler.on('error', assert.fail)

      await ended(handler)
      await new Promise((resolve) => handler.write(line('late'), resolve))

      assertBalanced(handler.stats)
      assert.deepEqual([handler.stats.received, handler.stats.queued], [1, 0])
    })

    it('takes records of its level and above only', async (t) => {
      const handler = create({ ...(await options(t)), level: 'warn' })
      const logger = pino({ level: 'trace' }, pino.multistream([{ level: 'trace', stream: handler }]))

      for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) logger[level]('x')
      await ended(handler)

      assert.deepEqual([handler.stats.received, handler.stats.filtered, handler.stats.delivered], [3, 3, 3])
    })

    it('takes records of one logger and its children with a filter', async (t) => {
      const handler = create({ ...(await options(t)), filter: 'app' })

      for (const logger of ['app', 'app.db', 'apple', undefined]) handler.write(line('x', { name: logger }))
      await ended(handler)

      assert.deepEqual([handler.stats.received, handler.stats.filtered], [2, 2])
    })

    it('formats with a function, which may be a module specifier', async (t) => {
      const dir = tempDir(t)
      const formatter = new URL('./fixtures/hooks.js#shout', import.meta.url).href
      const plain = await options(t, dir)
      const handler = create(row.format?.(plain, formatter) ?? { ...plain, formatter })

      handler.write(line('hello'))
      await ended(handler)

      assert.equal(handler.stats.delivered, 1)
      if (read) assert.deepEqual(texts(await read(dir, 1)), ['HELLO\n'])
    })

    it('tells its state and its books at the end', async (t) => {
      const handler = create(await options(t))
      const events: unknown[] = []
      for (const event of ['state', 'stats']) {
        // What its targets tell stands beside it.
        handler.on(event, (payload) => payload.handler === name && events.push([event, payload]))
      }

      handler.write(line('one'))
      await ended(handler)

      assert.deepEqual(events, [
        ...[...connects, 'closed'].map((state) => ['state', { handler: name, state }]),
        ['stats', handler.stats],
      ])
    })

    it('refuses an unknown option and names the nearest one', async (t) => {
      const wrong = { ...(await options(t)), on_eror: 'print' }
      assert.throws(() => create(wrong), {
        name: 'HandlerOptionError',
        message: `[${name}] unknown option "on_eror"; did you mean "onError"?`,
      })
    })

    it('refuses a value of the wrong type and shows it', async (t) => {
      const wrong = { ...(await options(t)), closeTimeout: '5s' }
      assert.throws(
        () => create(wrong),
        (error: Error) => {
          assert.ok(error instanceof HandlerOptionError)
          const expected = 'a number of seconds from 0 to below 10'
          assert.equal(error.message, `[${name}] option "closeTimeout" must be ${expected}, got '5s'`)
          return true
        },
      )
    })

    it('is the same function by default, by name and by require()', async () => {
      const imported: Record<string, unknown> = await import(`@pino-handlers/${name}`)
      const own =
        name === 'null' ? 'nullHandler' : name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())

      assert.equal(required, imported.default)
      assert.equal(required, imported[own])
    })
  })
}

describe('every handler: contract', () => {
  it('lets an idle process exit at once', async (t) => {
    const all = await Promise.all(
      handlers.map(async ({ name, options }) => ({ name, options: await options(tempDir(t), t) })),
    )

    // One process for all, since most of the time all of them do; whoever does not is found by itself.
    const culprits = isIdle(await runFixture('idle', all)) ? [] : await Promise.all(all.map(whyNotIdle))

    assert.deepEqual(culprits, [])
  })
})

function isIdle({ code, stdout, stderr }: Run): boolean {
  return code === 0 && stderr === '' && stdout.trimEnd().split('\n').at(-1) === '[]'
}

async function whyNotIdle(one: { name: string }): Promise<unknown> {
  const run = await runFixture('idle', [one])
  return isIdle(run) ? `${one.name} does by itself` : { name: one.name, ...run }
}

function ended(handler: Writable): Promise<unknown> {
  const closed = once(handler, 'close')
  handler.end()
  return closed
}

function asTheyAre(lines: readonly string[]): readonly string[] {
  return lines
}
