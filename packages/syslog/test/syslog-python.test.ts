// Beside CPython's SysLogHandler: the same records to the same receivers.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import syslog from '@pino-handlers/syslog'
import { line } from '../../../test/support/lines.js'
import { noPython } from '../../../test/support/python-frames.js'
import { run } from '../../../test/support/run-node.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { UnixDatagramSink } from '../../../test/support/unix-datagram-sink.js'
import { ended, StreamReceiver, UdpReceiver } from './receivers.js'

const script = fileURLToPath(new URL('../../../../test/python/syslog_sender.py', import.meta.url))
const skip = process.platform === 'win32' && 'Windows has no such sockets'

// TRACE, which CPython does not have, would be a warning there.
const KNOWN = [
  [20, 'DEBUG', 10],
  [30, 'INFO', 20],
  [40, 'WARNING', 30],
  [50, 'ERROR', 40],
  [60, 'CRITICAL', 50],
] as const
const TEXTS = ['plain', 'grüße 😀', '', 'two\nlines', 'tab\there', '%s %d']

/** How both are told to send. */
interface Way {
  readonly address: readonly [string, number] | string
  readonly socktype: 'udp' | 'tcp' | 'unix' | 'unix-dgram' | 'unix-stream'
  readonly facility: string | number
  readonly ident: string
  readonly appendNul: boolean
}

const LIKE = { facility: 'local3', ident: '', appendNul: true } as const
const fmt = '%(name)s %(levelname)s %(message)s'

async function fromPython(t: TestContext, { appendNul, ...way }: Way): Promise<boolean> {
  const records = TEXTS.flatMap((msg) =>
    KNOWN.map(([, levelname, levelno]) => ({ name: 'app', levelname, levelno, msg, args: null })),
  )
  const input = JSON.stringify({ ...way, append_nul: appendNul, fmt, records })
  if (noPython) {
    t.skip(noPython)
    return false
  }
  const { code, stderr } = await run('python3', [script, input])
  assert.deepEqual([code, stderr], [0, ''])
  return true
}

async function fromHere(way: Way): Promise<void> {
  const handler = syslog({ ...way, framing: 'none', formatter: { fmt } })
  for (const msg of TEXTS) for (const [level] of KNOWN) handler.write(line(msg, { level, name: 'app' }))
  await ended(handler)
}

const COUNT = TEXTS.length * KNOWN.length

describe('syslog beside CPython', () => {
  it('sends the same datagrams over UDP', async (t) => {
    for (const more of [{}, { ident: 'app: ', appendNul: false, facility: 0 }]) {
      const [theirs, ours] = [await UdpReceiver.start(t), await UdpReceiver.start(t)]
      const way = { ...LIKE, ...more, socktype: 'udp' } as const

      if (!(await fromPython(t, { ...way, address: theirs.address }))) return
      await fromHere({ ...way, address: ours.address })

      assert.deepEqual(await ours.received(COUNT), await theirs.received(COUNT))
    }
  })

  it('sends the same stream over TCP', async (t) => {
    for (const more of [{}, { ident: 'app: ', appendNul: false, facility: 23 }]) {
      const [theirs, ours] = [await StreamReceiver.start(t), await StreamReceiver.start(t)]
      const way = { ...LIKE, ...more, socktype: 'tcp' } as const
      const end = way.appendNul ? 'CRITICAL %s %d\0' : 'CRITICAL %s %d'

      if (!(await fromPython(t, { ...way, address: theirs.address }))) return
      await fromHere({ ...way, address: ours.address })

      assert.equal(await ours.received(end), await theirs.received(end))
    }
  })

  for (const socktype of ['unix', 'unix-stream'] as const) {
    it(`sends the same to a Unix socket of streams with socktype ${socktype}`, { skip }, async (t) => {
      const dir = tempDir(t)
      const [theirs, ours] = [join(dir, 'theirs'), join(dir, 'ours')]
      const receivers = [await StreamReceiver.start(t, { path: theirs }), await StreamReceiver.start(t, { path: ours })]

      if (!(await fromPython(t, { ...LIKE, socktype, address: theirs }))) return
      await fromHere({ ...LIKE, socktype, address: ours })

      const [their, our] = await Promise.all(receivers.map((each) => each.received('CRITICAL %s %d\0')))
      assert.equal(our, their)
    })
  }

  for (const socktype of ['unix', 'unix-dgram'] as const) {
    it(`sends the same to a Unix socket of datagrams with socktype ${socktype}`, { skip }, async (t) => {
      const address = join(tempDir(t), 's')
      const receiver = await UnixDatagramSink.start(t, address)
      if (!receiver) return

      if (!(await fromPython(t, { ...LIKE, socktype, address }))) return
      await fromHere({ ...LIKE, socktype, address })

      const received = await receiver.received(2 * COUNT)
      assert.deepEqual(received.slice(COUNT), received.slice(0, COUNT))
    })
  }
})
