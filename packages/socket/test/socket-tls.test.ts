// Records over TLS, with an authority that nobody else knows.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import socket from '@pino-handlers/socket'
import { certificates } from '../../../test/support/certificates.js'
import { numbered } from '../../../test/support/lines.js'
import { runFixture } from '../../../test/support/run-node.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { startReceiver } from './receiver.js'

describe('socket over TLS', () => {
  it('reaches a server whose authority it is told, named or by its address', async (t) => {
    const made = certificates(t)
    if (!made) return
    const { ca, server } = made
    const lines = numbered(1000)

    const texts: (string | undefined)[] = []
    for (const host of ['127.0.0.1', 'localhost']) {
      const receiver = await startReceiver(t, { tls: server })
      const handler = socket({ ...receiver.address, host, format: 'ndjson', tls: { ca } })
      for (const each of lines) handler.write(each)
      handler.end()
      const [received] = await receiver.ended(1)
      texts.push(received?.data.toString())
    }

    assert.deepEqual(texts, [lines.join(''), lines.join('')])
  })

  it('shows its own certificate to a server that asks for it, in a worker, from files', async (t) => {
    const made = certificates(t)
    if (!made) return
    const { ca, server, client } = made
    const dir = tempDir(t)
    const files = { ca, cert: client.cert, key: client.key }
    for (const [name, pem] of Object.entries(files)) writeFileSync(join(dir, `${name}.pem`), pem)
    const receiver = await startReceiver(t, { tls: { ...server, ca, requestCert: true, rejectUnauthorized: true } })
    const tls = Object.fromEntries(Object.keys(files).map((name) => [name, join(dir, `${name}.pem`)]))

    await runFixture('worker-app', {
      transport: { target: '@pino-handlers/socket', options: { ...receiver.address, format: 'ndjson', tls } },
      records: 1000,
      ending: 'end',
    })
    const [received] = await receiver.ended(1)

    const messages = received?.data
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).msg)
    assert.deepEqual(
      [received?.authorized, messages],
      [true, Array.from({ length: 1000 }, (_, index) => String(index))],
    )
  })

  it('sends nothing to a server that it does not trust, and says why', async (t) => {
    const made = certificates(t)
    if (!made) return
    const receiver = await startReceiver(t, { tls: made.server })
    const handler = socket({ ...receiver.address, format: 'ndjson', tls: true, onError: 'ignore' })
    const failed = once(handler, 'failure')

    handler.write(numbered(1).join(''))
    const [failure] = await failed
    const { state, queued } = handler.stats
    handler.end()
    await once(handler, 'close')

    const label = `tls://127.0.0.1:${receiver.address.port}`
    // What follows, a hint, depends on the version of Node.
    assert.ok(failure.message.startsWith(`cannot connect to ${label}: unable to verify the first certificate`))
    assert.deepEqual(
      [failure.kind, failure.code, state, queued, handler.stats.dropped],
      ['connect', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'failed', 1, { closed: 1 }],
    )
  })
})
