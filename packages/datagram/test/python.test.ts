// What CPython makes of pickled records, one in each datagram.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import datagram from '@pino-handlers/datagram'
import pino from 'pino'
import { closed } from '../../../test/support/closed.js'
import { line } from '../../../test/support/lines.js'
import { noPython } from '../../../test/support/python-frames.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { startUnpickleServer, type UnpickleServer } from '../../../test/support/unpickle-server.js'
import { CUSTOM_LEVELS, variedRecord } from '../../../test/support/varied-records.js'
import { flushed } from './flushed.js'

const key = 'sécret'
const unix = process.platform !== 'win32'

interface Wire {
  readonly name: string
  readonly server: (dir: string) => readonly string[]
  readonly options?: object
  readonly count: number
  /** Records that the receiver's socket certainly has room for. */
  readonly atOnce: number
}

const wires: readonly Wire[] = [
  // A datagram that finds no room is lost, and nobody is told: 16 of them are far less than any system has room for.
  { name: 'UDP', server: () => ['--kind', 'udp'], count: 10_000, atOnce: 16 },
  ...(unix
    ? [
        {
          name: 'a Unix socket, signed',
          server: (dir: string) => ['--kind', 'unixgram', '--path', join(dir, 's'), '--hmac-key', key],
          options: { hmac: { key } },
          // As many show each kind of value dozens of times.
          count: 1000,
          atOnce: 1000,
        },
      ]
    : []),
]

describe('a receiver of datagrams in Python', { skip: noPython }, () => {
  for (const { name, server: serverOptions, options, count, atOnce } of wires) {
    it(`finds ${count} varied records as they were logged, over ${name}`, async (t) => {
      const server = await startUnpickleServer(t, count, serverOptions(tempDir(t)))
      const handler = datagram({ ...addressOf(server), ...options, level: 'trace', customLevels: CUSTOM_LEVELS })
      const root = pino({ level: 'trace', customLevels: CUSTOM_LEVELS, base: { pid: process.pid } }, handler)

      const wanted: unknown[] = []
      for (let n = 0; n < count; n++) {
        const { level, name, bindings, error, msg, expected } = variedRecord(n)
        const logger = name === undefined ? root : root.child({ name })
        logger[level as 'info'](error ? { ...bindings, err: error } : bindings, msg)
        wanted.push(wellFormed(expected))
        if ((n + 1) % atOnce > 0) continue
        await flushed(handler)
        await server.written(n + 1)
      }
      const { delivered } = await closed(handler)

      const found = (await server.received).map(({ record = {} }) => wellFormed(seen(record)))
      const differing = wanted.flatMap((each, n) => (isDeepStrictEqual(each, found[n]) ? [] : [[each, found[n]]]))
      assert.deepEqual([delivered, found.length, differing.slice(0, 2)], [count, count, []])
    })
  }

  it('finds the attributes and the beginning of the longest texts in records that were too large', async (t) => {
    const server = await startUnpickleServer(t, 2, ['--kind', 'udp'])
    const handler = datagram({ ...addressOf(server), maxDatagramBytes: 1000 })
    const err = { type: 'Error', message: 'no', stack: `Error: no\n${'    at x\n'.repeat(500)}` }

    handler.write(line('é'.repeat(5000), { name: 'app', numbers: [1, 2.5] }))
    handler.write(line('short', { level: 50, err, many: Array(2000).fill(7) }))
    await once(handler.end(), 'close')

    const found = (await server.received).map(({ record = {} }) => {
      const { name, msg, levelname, exc_text, created, extra } = { ...record, ...seen(record) }
      const [start, text] = [msg, exc_text].map((each) => (typeof each === 'string' ? each.slice(0, 12) : each))
      return { name, levelname, created, start, text, extra }
    })
    assert.deepEqual(found, [
      {
        name: 'app',
        levelname: 'INFO',
        created: 1508025600.123,
        start: 'é'.repeat(12),
        text: null,
        extra: { hostname: 'host', numbers: [1, 2.5], truncated: true },
      },
      {
        name: 'root',
        levelname: 'ERROR',
        created: 1508025600.123,
        start: 'short',
        text: 'Error: no\n  ',
        extra: { hostname: 'host', truncated: true },
      },
    ])
  })
})

function addressOf({ address }: UnpickleServer): { host: string; port: number | null } {
  return typeof address === 'string' ? { host: address, port: null } : { host: address[0], port: address[1] }
}

const ATTRIBUTES = new Set([
  ...['args', 'exc_info', 'filename', 'funcName', 'lineno', 'module', 'msecs', 'pathname', 'process', 'processName'],
  ...['created', 'relativeCreated', 'stack_info', 'thread', 'threadName'],
])

function seen(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { name, msg, levelname, levelno, exc_text, ...rest } = record
  const extra = Object.fromEntries(Object.entries(rest).filter(([attribute]) => !ATTRIBUTES.has(attribute)))
  return { name, msg, levelname, levelno, exc_text, extra }
}

// Half of a surrogate pair may become U+FFFD where a line waits as UTF-8.
function wellFormed<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_, each: unknown) =>
    typeof each === 'string' ? Buffer.from(each).toString() : each,
  )
}
