// A Unix socket whose kind nobody has told.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import { streamClientDefaults, type UnixClient, unixClient } from '@pino-handlers/core/net'
import { tempDir } from '../../../../test/support/temp-dir.js'
import { loadKoffi, UnixDatagramSink } from '../../../../test/support/unix-datagram-sink.js'
import { Heard, openConnection, partsOf } from './open-connection.js'

const skip = process.platform === 'win32' && 'Windows has no Unix datagram sockets'

const noKoffi = (): unknown => {
  throw new Error("Cannot find module 'koffi'")
}

function clientOf(path: string, load: () => unknown = loadKoffi): UnixClient {
  return unixClient({ ...streamClientDefaults, path, load })
}

/** Starts a server of streams; `received` resolves with what its first client sends. */
async function startServer(t: TestContext, path: string): Promise<{ readonly received: Promise<string> }> {
  const server = createServer()
  const received = once(server, 'connection').then(([socket]) => text(socket))
  t.after(() => server.close())
  await once(server.listen(path), 'listening')
  return { received }
}

describe('unixClient', { skip }, () => {
  it('sends datagrams to a socket of datagrams', async (t) => {
    const path = join(tempDir(t), 's')
    const receiver = await UnixDatagramSink.start(t, path)
    if (!receiver) return
    const client = clientOf(path)
    const before = client.kind

    const sender = await openConnection(t, client)
    const told = await sender.send(partsOf('one', 'two'))

    const expected = [
      [2],
      [
        [3, 'one'],
        [3, 'two'],
      ],
      [undefined, 'datagram'],
    ]
    assert.deepEqual([told, await receiver.received(2), [before, client.kind]], expected)
  })

  for (const [what, load] of [
    ['', loadKoffi],
    [', also without koffi', noKoffi],
  ] as const) {
    it(`sends a stream to a socket of streams${what}`, async (t) => {
      const path = join(tempDir(t), 's')
      const { received } = await startServer(t, path)
      const client = clientOf(path, load)

      const sender = await openConnection(t, client)
      const told = await sender.send(partsOf('one', 'two'))
      await sender.connection.end(new AbortController().signal)

      assert.deepEqual([told, await received, client.kind, sender.events], [[2], 'onetwo', 'stream', [['opened']]])
    })
  }

  it('keeps to the kind that it has found', async (t) => {
    const path = join(tempDir(t), 's')
    const receiver = await UnixDatagramSink.start(t, path)
    if (!receiver) return
    const client = clientOf(path)
    const first = await openConnection(t, client)
    await receiver.stop()
    first.connection.send(partsOf('lost'), () => {})
    await first.heard('closed')

    const between = new Heard(t, client)
    await between.heard('closed')
    const next = await UnixDatagramSink.start(t, path)
    const second = await openConnection(t, client)
    await second.send(partsOf('again'))

    assert.deepEqual([between.events, await next?.received(1)], [[['closed', 'ECONNREFUSED', 0]], [[5, 'again']]])
  })

  it('is closed in words when nothing is there, or datagrams are needed and koffi is missing', async (t) => {
    const dir = tempDir(t)
    const path = join(dir, 's')
    const receiver = await UnixDatagramSink.start(t, path)
    if (!receiver) return
    const clients = [clientOf(join(dir, 'none')), clientOf(join(dir, 'none'), noKoffi), clientOf(path, noKoffi)]

    const messages: unknown[] = []
    for (const client of clients) {
      const sender = new Heard(t, client)
      await sender.heard('closed')
      messages.push([sender.error?.message, client.kind])
    }

    const words = `Unix datagram sockets need the package "koffi", which is not there: npm install koffi`
    assert.deepEqual(messages, [
      [`connect ENOENT ${join(dir, 'none')}`, undefined],
      [`connect ENOENT ${join(dir, 'none')}`, undefined],
      [`${words} (Cannot find module 'koffi')`, undefined],
    ])
  })

  it('tells nothing after it was let go', async (t) => {
    const path = join(tempDir(t), 's')
    await startServer(t, path)

    const sender = new Heard(t, clientOf(path))
    sender.connection.destroy()
    // One that is not let go has opened by then.
    await openConnection(t, clientOf(path))

    assert.deepEqual(sender.events, [])
  })
})
