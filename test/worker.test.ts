// What is true of every handler in pino's worker thread. Each application is a process of its own.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Stats } from '@pino-handlers/core'
import { fileTarget } from '@pino-handlers/file'
import { memoryTarget } from '@pino-handlers/memory'
import { streamTarget } from '@pino-handlers/stream'
import type { WorkerApp } from './fixtures/worker-app.js'
import { handlers } from './handlers.js'
import { assertBalanced } from './support/books.js'
import { fixture, type Run, run, runFixture } from './support/run-node.js'
import { files, tempDir } from './support/temp-dir.js'

for (const { name, read, connects, texts = asTheyAre, most = 10_000, ...row } of handlers) {
  const target = `@pino-handlers/${name}`
  const some = Math.min(most, 1000)
  const optionsFor = (dir: string, t: TestContext): ReturnType<typeof row.options> =>
    name === 'stream' ? { stream: join(dir, 'stream.log') } : row.options(dir, t)
  const messages = async (dir: string, count: number): Promise<unknown[]> =>
    ((await read?.(dir, count)) ?? []).map((line) => JSON.parse(line).msg)

  describe(`${name}: worker`, () => {
    it('delivers all records as the target of a transport, and tells its books', async (t) => {
      const dir = tempDir(t)

      const run = await runApp({
        transport: { target, options: await optionsFor(dir, t) },
        records: most,
        ending: 'end',
      })

      const stats = statsOf(run, name)
      assertBalanced(stats)
      assert.deepEqual([stats.handler, stats.received, stats.delivered], [name, most, most])
      if (read) assert.deepEqual(await messages(dir, most), numbers(most))
    })

    it('delivers all records when the process exits right after the last one', async (t) => {
      const dir = tempDir(t)

      const run = await runApp({
        transport: { target, options: await optionsFor(dir, t) },
        records: most,
        ending: 'exit',
      })

      assert.deepEqual([run.code, run.stderr], [3, ''])
      if (read) assert.deepEqual(await messages(dir, most), numbers(most))
    })

    it('delivers all records when an error ends the process', async (t) => {
      const dir = tempDir(t)

      const run = await runApp({
        transport: { target, options: await optionsFor(dir, t) },
        records: some,
        ending: 'throw',
      })

      assert.equal(run.code, 1)
      assert.match(run.stderr, /on purpose/)
      if (read) assert.deepEqual(await messages(dir, some), numbers(some))
    })

    it('has delivered everything when flush calls back', async (t) => {
      const dir = tempDir(t)

      const run = await runApp({
        transport: { target, options: await optionsFor(dir, t) },
        records: some,
        ending: 'flush',
      })

      // Windows has no signals: a process that is killed just ends.
      const signal = process.platform === 'win32' ? null : 'SIGKILL'
      assert.deepEqual([run.stdout, run.signal], ['flushed\n', signal])
      if (read) assert.deepEqual(await messages(dir, some), numbers(some))
    })

    it('works as one of several targets, with a level of its own', async (t) => {
      const dir = tempDir(t)
      const targets = [
        { target, level: 'trace', options: { ...(await optionsFor(dir, t)), level: 'warn' } },
        { target: 'pino/file', level: 'trace', options: { destination: join(dir, 'sibling.log') } },
      ]

      const run = await runApp({
        transport: { targets },
        records: [
          ['info', 'a'],
          ['warn', 'b'],
          ['error', 'c'],
        ],
        ending: 'end',
      })

      const stats = statsOf(run, name)
      assertBalanced(stats)
      assert.deepEqual([stats.received, stats.filtered, stats.delivered], [2, 1, 2])
      if (read) assert.deepEqual(await messages(dir, 2), ['b', 'c'])
    })

    it('has what arrived before a sibling target killed the worker', async (t) => {
      const dir = tempDir(t)
      const targets = [
        { target, options: await optionsFor(dir, t) },
        { target: fixture('failing-target'), options: {} },
      ]

      const run = await runApp({ transport: { targets }, records: 2, ending: 'error' })

      assert.equal(run.code, 0)
      assert.match(run.stdout, /the sibling fails/)
      // What has to connect first may not have got so far.
      if (read && !connects && !row.holds) assert.deepEqual((await messages(dir, 1)).slice(0, 1), ['0'])
    })

    it('stands at the end of a pipeline', async (t) => {
      const dir = tempDir(t)
      const pipeline = [{ target: fixture('upper-transform') }, { target, options: await optionsFor(dir, t) }]

      const run = await runApp({ transport: { pipeline }, records: [['info', 'hello']], ending: 'end' })

      assert.equal(statsOf(run, name).delivered, 1)
      if (read) assert.deepEqual(await messages(dir, 1), ['HELLO'])
    })

    it("knows pino's custom levels and keys without being told", async (t) => {
      const dir = tempDir(t)
      const formatter = { fmt: '%(levelname)s %(levelno)s %(message)s' }
      const plain = await optionsFor(dir, t)

      const run = await runApp({
        transport: { target, options: row.format?.(plain, formatter) ?? { ...plain, formatter } },
        pino: { customLevels: { notice: 35 }, messageKey: 'text', errorKey: 'problem' },
        records: [
          ['notice', 'hello'],
          ['info', 'world'],
        ],
        ending: 'end',
      })

      assert.equal(statsOf(run, name).delivered, 2)
      if (read) assert.deepEqual(texts(await read(dir, 2)), ['NOTICE 25 hello\n', 'INFO 20 world\n'])
    })

    it('is what its helper makes of its options, of every level', async (t) => {
      const options = await row.options(tempDir(t), t)
      const helper = (await import(target))[helperName(name)]

      const made = helper(options)

      assert.deepEqual(made, { target: fileURLToPath(import.meta.resolve(target)), options, level: 'trace' })
    })

    it('tells what is wrong with an option in words that survive the worker', async (t) => {
      const options = { ...(await optionsFor(tempDir(t), t)), levle: 'info' }

      const run = await runApp({ transport: { target, options }, records: 0, ending: 'error' })

      assert.match(
        run.stdout,
        new RegExp(`\\[${name}\\] unknown option \\\\"levle\\\\"; did you mean \\\\"level\\\\"\\?`),
      )
    })
  })
}

describe('a worker with ours and others', () => {
  it("lets a target that loads slowly have pino's configuration, which is posted once", async (t) => {
    const dir = tempDir(t)
    const path = join(dir, 'slow.log')
    const targets = [
      { target: '@pino-handlers/file', options: { filename: join(dir, 'ours.log') } },
      { target: fixture('slow-config-target'), options: { path } },
    ]

    const run = await runApp({
      transport: { targets },
      pino: { messageKey: 'text' },
      records: [['info', 'hello']],
      ending: 'end',
    })

    assert.deepEqual([run.code, run.stderr], [0, ''])
    assert.equal(readFileSync(path, 'utf8'), 'hello\n')
  })
})

describe('a target helper', () => {
  it('is found where a bare name is not: by code that is in no file', async (t) => {
    const dir = tempDir(t)
    const code = `
      const pino = require(${JSON.stringify(createRequire(import.meta.url).resolve('pino'))})
      import(${JSON.stringify(import.meta.resolve('@pino-handlers/file'))}).then(({ fileTarget }) => {
        const targets = [fileTarget({ filename: 'a.log' }), fileTarget({ filename: 'b.log' }, 'warn')]
        const logger = pino({ base: null, timestamp: false, level: 'trace' }, pino.transport({ targets }))
        logger.trace('hello')
        logger.warn('world')
      })`

    const ended = await run(process.execPath, ['-e', code], 120_000, dir)

    assert.deepEqual([ended.code, ended.stderr], [0, ''])
    assert.deepEqual(files(dir), {
      'a.log': '{"level":10,"msg":"hello"}\n{"level":40,"msg":"world"}\n',
      'b.log': '{"level":40,"msg":"world"}\n',
    })
  })

  it('refuses what cannot cross into a worker, and says where it is', () => {
    const nested = { capacity: 1, target: { target: 'pino/file', options: { hooks: [() => ''] } } }
    const mistakes = [
      () => fileTarget({ filename: 'a.log', formatter: () => '' }),
      () => streamTarget({ stream: process.stdout }),
      () => memoryTarget(nested),
      () => fileTarget({ filename: 'a.log' }, 'warning'),
    ].map((make) => {
      try {
        return make()
      } catch (error) {
        return String(error)
      }
    })

    assert.deepEqual(mistakes, [
      `HandlerOptionError: [file] option "formatter" must be a module specifier such as './hooks.js#name' here, got a function: it cannot cross into pino's worker`,
      `HandlerOptionError: [stream] option "stream" must be plain data here, got a ${process.stdout.constructor.name}: it cannot cross into pino's worker`,
      `HandlerOptionError: [memory] option "target.options.hooks[0]" must be a module specifier such as './hooks.js#name' here, got a function: it cannot cross into pino's worker`,
      "HandlerOptionError: [file] the level of a target must be one of 'fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent', got 'warning'",
    ])
  })

  it('makes a text of a URL, which would arrive as an empty object', () => {
    assert.deepEqual(fileTarget({ filename: new URL('file:///tmp/a.log') }).options, { filename: 'file:///tmp/a.log' })
  })
})

function runApp(app: WorkerApp): Promise<Run> {
  return runFixture('worker-app', app)
}

function statsOf({ stdout, stderr }: Run, name: string): Stats {
  const events: [string, Stats][] = JSON.parse(stdout || '[]')
  const [, stats] = events.find(([event, { handler }]) => event === 'stats' && handler === name) ?? []
  assert.ok(stats, `no stats among the events; stdout: ${stdout}; stderr: ${stderr}`)
  return stats
}

function helperName(name: string): string {
  return `${name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}Target`
}

function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index))
}

function asTheyAre(lines: readonly string[]): readonly string[] {
  return lines
}
