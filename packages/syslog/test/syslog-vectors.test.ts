// What CPython's SysLogHandler did with sockets, and what becomes of the same records here.

import assert from 'node:assert/strict'
import dns from 'node:dns'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import syslog, { type Socktype } from '@pino-handlers/syslog'
import { type Case, casesOf, decodeObject } from '../../../test/oracle/vectors.js'
import { line } from '../../../test/support/lines.js'
import { freePort } from '../../../test/support/server-process.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { UnixDatagramSink } from '../../../test/support/unix-datagram-sink.js'
import { ended, StreamReceiver } from './receivers.js'

const formatter = { fmt: '%(message)s' }
const quick = { formatter, onError: 'ignore', retryStart: 0.02, retryMax: 0.02 } as const
// For what can never be sent.
const impatient = { ...quick, closeTimeout: 0.5 } as const

const SOCKTYPES: Readonly<Record<string, Socktype>> = { null: 'unix', dgram: 'unix-dgram', stream: 'unix-stream' }
const WORDS: Readonly<Record<string, string>> = {
  OSError: 'EPROTOTYPE',
  FileNotFoundError: 'ENOENT',
  ConnectionRefusedError: 'ECONNREFUSED',
}

const skip = process.platform === 'win32' && 'Windows has no such sockets'

describe('an address that is a path leads where it did with CPython', { skip }, () => {
  for (const one of casesOf('syslog').filter(({ kind }) => kind === 'unix')) {
    const { listen, socktype } = one.input
    it(`${one.id}: ${listen}, socktype ${socktype}`, async (t) => {
      const [when = '', kind = when] = String(listen).split('-')
      const receiver = receiverAt(t, join(tempDir(t), 's'), kind)
      const isThere = when !== 'late' && kind !== 'none'
      if (isThere && !(await receiver.start())) return

      const expected = expectedUnix(one)
      const patience = expected.error === null ? quick : impatient
      const kindAsked = SOCKTYPES[String(socktype)] ?? 'unix'
      const handler = syslog({ ...patience, address: receiver.path, socktype: kindAsked })
      const failed = once(handler, 'failure')
      handler.write(line('e0'))
      await Promise.race([failed, ...(isThere ? [receiver.received(1)] : [])])
      if (when === 'restart') await receiver.stop()
      if (when === 'restart' || when === 'late') await receiver.start()
      handler.write(line('e1') + line('e2'))
      await ended(handler)

      const { delivered, lastError } = handler.stats
      const error = delivered > 0 ? null : (/\bE[A-Z]+\b/.exec(lastError ?? '')?.[0] ?? lastError)
      const got = delivered > 0 ? await receiver.received(delivered) : []
      assert.deepEqual({ got, error }, expected)
    })
  }
})

/** All that was logged, if CPython ever came through, since here records wait; else none, and the last error in words. */
function expectedUnix({ expect }: Case): {
  readonly got: readonly string[]
  readonly error: string | undefined | null
} {
  const { rows } = decodeObject(expect)
  const seen = (Array.isArray(rows) ? rows : []).map((row): [unknown, unknown] => [row[0], row[1]])
  if (seen.some(([delivered]) => delivered !== null))
    return { got: seen.map((_, index) => `<14>e${index}\0`), error: null }
  return { got: [], error: WORDS[String([seen.at(-1)?.[1]].flat()[0])] }
}

/** A receiver of either kind, and its messages. */
interface Receiver {
  readonly path: string
  /** False where the test is skipped. */
  start(): Promise<boolean>
  stop(): Promise<void>
  received(count: number): Promise<readonly string[]>
}

function receiverAt(t: TestContext, path: string, kind: string): Receiver {
  return kind === 'stream' ? streamsAt(t, path) : datagramsAt(t, path)
}

function streamsAt(t: TestContext, path: string): Receiver {
  let receiver: StreamReceiver | undefined
  return {
    path,
    async start() {
      if (receiver) await receiver.start()
      else receiver = await StreamReceiver.start(t, { path })
      return true
    },
    stop: async () => receiver?.stop(),
    received: async (count) => ((await receiver?.received(`e${count - 1}\0`)) ?? '').split(/(?<=\0)/),
  }
}

function datagramsAt(t: TestContext, path: string): Receiver {
  let sink: UnixDatagramSink | undefined
  let before: readonly string[] = []
  let all: readonly string[] = []
  return {
    path,
    async start() {
      sink = await UnixDatagramSink.start(t, path)
      return sink !== undefined
    },
    async stop() {
      before = all
      await sink?.stop()
    },
    async received(count) {
      const texts = (await sink?.received(count - before.length))?.map((told) => String([told].flat()[1]))
      all = [...before, ...(texts ?? [])]
      return all
    },
  }
}

// CPython's connection over TCP is made once, in the constructor, and never again (D5).
const tcp: Readonly<Record<string, (t: TestContext) => Promise<unknown>>> = {
  'refused-at-init': async (t) => {
    const port = await freePort()
    const handler = syslog({ ...quick, address: ['127.0.0.1', port], socktype: 'tcp' })
    handler.write(line('one'))
    const [{ code }] = await once(handler, 'failure')
    const receiver = await StreamReceiver.start(t, { port })
    await ended(handler)
    return [code, await receiver.received('\0')]
  },
  'server-gone': async (t) => {
    const receiver = await StreamReceiver.start(t)
    const handler = syslog({ ...quick, address: receiver.address, socktype: 'tcp' })
    handler.write(line('one'))
    await receiver.received('one\0')
    const failed = once(handler, 'failure')
    await receiver.stop()
    await receiver.start()
    await failed
    handler.write(line('two'))
    await ended(handler)
    return [await receiver.received('two\0'), receiver.connections]
  },
  unresolvable: async (t) => {
    t.mock.method(dns, 'lookup', (host: string, _: unknown, done: (error: Error) => void) =>
      process.nextTick(done, Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' })),
    )
    const handler = syslog({ ...impatient, address: ['nowhere.invalid', 514], socktype: 'tcp' })
    handler.write(line('one'))
    await ended(handler)
    return [handler.stats.lastError, handler.stats.dropped]
  },
  'after-close': async (t) => {
    const receiver = await StreamReceiver.start(t)
    const handler = syslog({ ...quick, address: receiver.address, socktype: 'tcp' })
    handler.write(line('one'))
    await ended(handler)
    await new Promise((resolve) => handler.write(line('two'), resolve))
    return [await receiver.received('one\0'), handler.stats.delivered, handler.stats.dropped]
  },
}

const ANSWERS: Readonly<Record<string, unknown>> = {
  'refused-at-init': ['ECONNREFUSED', '<14>one\0'],
  'server-gone': ['<14>one\0<14>two\0', 2],
  unresolvable: ['cannot connect to tcp://nowhere.invalid:514: getaddrinfo ENOTFOUND nowhere.invalid', { closed: 1 }],
  'after-close': ['<14>one\0', 1, { failed: 1 }],
}

describe('a connection over TCP', () => {
  const events = casesOf('syslog').flatMap(({ kind, input }) => (kind === 'tcp' ? [String(input.event)] : []))
  for (const event of new Set([...events, ...Object.keys(ANSWERS)])) {
    it(`has an answer of its own to ${event}`, async (t) => {
      assert.deepEqual(await tcp[event]?.(t), ANSWERS[event])
    })
  }
})
