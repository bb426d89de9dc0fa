// What CPython makes of pickled records: its own receivers, unchanged.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import socket from '@pino-handlers/socket'
import type { ExpectedLine, VariedInput } from '../../../test/fixtures/varied-app.js'
import { line } from '../../../test/support/lines.js'
import { noPython } from '../../../test/support/python-frames.js'
import { runFixture } from '../../../test/support/run-node.js'
import { freePort, ServerProcess } from '../../../test/support/server-process.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { startUnpickleServer, type Unpickled } from '../../../test/support/unpickle-server.js'
import { until } from '../../../test/support/until.js'

// What a record may be is chosen at random, with a fixed seed: each choice comes up dozens of times in FEW records. The
// pairs of choices are for one wire of each kind, and for both sides of a worker.
const [MANY, FEW] = [10_000, 1000]
const key = 'sécret'
type Where = VariedInput['where']

const unix = process.platform !== 'win32'

const wires: readonly (readonly [string, Where, number, (dir: string) => readonly string[], object])[] = [
  ['TCP', 'worker', MANY, () => ['--kind', 'tcp'], {}],
  ['TCP', 'in-process', FEW, () => ['--kind', 'tcp'], {}],
  ['TCP, signed', 'worker', FEW, () => ['--hmac-key', key], { hmac: { key } }],
  [
    'TCP, signed',
    'in-process',
    FEW,
    () => ['--hmac-key', key, '--hmac-alg', 'sha512'],
    { hmac: { key, algorithm: 'sha512' } },
  ],
  ['a Unix socket', 'worker', FEW, (dir) => ['--kind', 'unix', '--path', join(dir, 'socket')], {}],
  ['a Unix socket', 'in-process', MANY, (dir) => ['--kind', 'unix', '--path', join(dir, 'socket')], {}],
]

describe('a receiver in Python that unpickles plain data only', { skip: noPython }, () => {
  for (const [wire, where, count, serverOptions, options] of wires) {
    const skip = !unix && wire === 'a Unix socket' && "Windows' Python has none"
    it(`finds ${count} varied records as they were logged, over ${wire}, ${where}`, { skip }, async (t) => {
      const dir = tempDir(t)
      const server = await startUnpickleServer(t, count, serverOptions(dir))
      const expected = join(dir, 'expected.jsonl')
      const [host, port] = typeof server.address === 'string' ? [server.address, null] : server.address
      const given = { host, port, connectTimeout: 0, customLevels: { notice: 35, audit: 70 }, ...options }

      const input: VariedInput = { where, target: '@pino-handlers/socket', options: given, count, expected }
      const { code, stderr } = await runFixture('varied-app', input, 120_000)
      const found = (await server.received).map(seen)

      assert.deepEqual([code, stderr], [0, ''])
      const wanted: Seen[] = readFileSync(expected, 'utf8').trimEnd().split('\n').map(wantedOf)
      assert.equal(found.length, wanted.length)
      const differing = wanted.flatMap((each, n) => (isDeepStrictEqual(each, found[n]) ? [] : [[each, found[n]]]))
      assert.deepEqual(differing.slice(0, 2), [])
    })
  }

  it('rejects what was signed with another key, and takes the rest', async (t) => {
    const server = await startUnpickleServer(t, 2, ['--hmac-key', key])
    const [host, port] = server.address

    for (const each of ['guessed', key]) {
      const handler = socket({ host: String(host), port: Number(port), hmac: { key: each } })
      handler.write(line(each))
      handler.end()
      await new Promise((resolve) => handler.on('close', resolve))
    }
    const received = await server.received

    assert.deepEqual(
      received.map(({ rejected, text }) => rejected ?? text).sort(),
      [`INFO:root:${key}`, 'ValueError: bad hmac'].sort(),
    )
  })
})

describe("the receiver of Python's logging cookbook", { skip: noPython }, () => {
  it('hands records to its loggers, which print them as their own', async (t) => {
    const { port, server } = await startCookbookReceiver(t)
    const handler = socket({ host: '127.0.0.1', port })
    const error = { type: 'Error', message: 'no', stack: 'Error: no\n    at app.js:1:1' }

    handler.write(line('hello', { name: 'app.db', level: 40, ip: '10.0.0.1' }))
    handler.write(line('100% naïve %s', { level: 10 }))
    handler.write(line('failed', { name: 'app', level: 60, err: error }))
    handler.end()
    await until(() => server.output.includes('at app.js'))

    assert.equal(
      server.output,
      [
        '1508025600.123 30 WARNING app.db hello\n',
        '1508025600.123 5 TRACE root 100% naïve %s\n',
        '1508025600.123 50 CRITICAL app failed\nError: no\n    at app.js:1:1\n',
      ].join(''),
    )
  })
})

/** What is compared of a record. */
interface Seen {
  readonly record: unknown
  /** logging prints what the record says. */
  readonly isPrinted: boolean
}

type Said = Pick<ExpectedLine, 'name' | 'msg' | 'levelname' | 'exc_text'>

const ATTRIBUTES = new Set([
  ...['args', 'exc_info', 'filename', 'funcName', 'lineno', 'module', 'msecs', 'pathname', 'processName'],
  ...['relativeCreated', 'stack_info', 'thread', 'threadName'],
])

function seen({ record = {}, text }: Unpickled): Seen {
  const { name, msg, levelname, levelno, exc_text, created, process, ...rest } = record
  const extra = Object.fromEntries(Object.entries(rest).filter(([attribute]) => !ATTRIBUTES.has(attribute)))
  const said = { name, msg, levelname, exc_text } as Said
  const all = { name, msg: String(msg), levelname, levelno, exc_text, extra, created, process }
  return { record: throughUtf8(all), isPrinted: text === printed(said) }
}

function wantedOf(text: string): Seen {
  const { created, ...record }: ExpectedLine = JSON.parse(text)
  // A float that is integral is coded.
  const seconds = Number.isInteger(created) ? { $: 'float', v: `${created}.0` } : created
  return { record: throughUtf8({ ...record, created: seconds }), isPrinted: true }
}

/** What `levelname:name:message` and the text of an exception are together. Python: `Formatter.format`. */
function printed({ levelname, name, msg, exc_text }: Said): string {
  const line = `${levelname}:${name}:${msg}`
  if (exc_text === null) return line
  return line.endsWith('\n') ? `${line}${exc_text}` : `${line}\n${exc_text}`
}

// pino does not escape half a surrogate pair in a short text. Its way to the worker is UTF-8, as is the memory of what
// waits for a connection: where there is no escape, a half may or may not have become U+FFFD.
function throughUtf8<T extends Pick<ExpectedLine, 'msg' | 'extra'>>(record: T): T {
  const plain = <V>(value: V): V | string => (typeof value === 'string' ? Buffer.from(value).toString() : value)
  const extra = Object.entries(record.extra).map(([key, value]) => [key, plain(value)])
  return { ...record, msg: plain(record.msg), extra: Object.fromEntries(extra) }
}

async function startCookbookReceiver(t: TestContext): Promise<{ port: number; server: ServerProcess }> {
  const port = await freePort()
  const server = await ServerProcess.start({
    command: 'python3',
    args: ['-u', resolve('test/python/cookbook_receiver.py'), String(port)],
    env: { ...process.env, PYTHONIOENCODING: 'utf-8' },
    accepts: [{ host: '127.0.0.1', port }],
  })
  t.after(() => server.stop())
  return { port, server }
}
