// What docs/coming-from/pino-socket.md says, tried on both.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Receiver } from '../../packages/datagram/test/receiver.js'
import { startReceiver } from '../../packages/socket/test/receiver.js'
import { numbered } from '../support/lines.js'
import { assertBooks, runShown, writes } from '../support/shown-program.js'

const page = 'docs/coming-from/pino-socket.md'
const lines = numbered(50)
const after = writes(lines)

describe('coming from pino-socket', () => {
  it('the translated configuration sends the same bytes', async (t) => {
    const server = await startReceiver(t)
    const replace = { 'logs.example': '127.0.0.1', '5000': String(server.address.port) }

    await runShown(t, { page, having: "target: 'pino-socket'", replace, after })
    const ours = await runShown(t, { page, having: '@pino-handlers/socket', replace, after })

    const received = await server.ended(2)
    assert.deepEqual(
      received.map(({ data }) => String(data)),
      [lines.join(''), lines.join('')],
    )
    assertBooks(ours)
  })

  it('over UDP each record is a datagram', async (t) => {
    const receiver = await Receiver.start(t)
    const replace = { 'logs.example': '127.0.0.1', '5000': String(receiver.port) }

    const ours = await runShown(t, { page, having: '@pino-handlers/datagram', replace, after })

    assert.deepEqual((await receiver.received(lines.length)).map(String), lines)
    assertBooks(ours)
  })
})
