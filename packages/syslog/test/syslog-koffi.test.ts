// Where koffi is not installed. Once loaded it stays, so this has a process of its own.

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import syslog from '@pino-handlers/syslog'
import { line } from '../../../test/support/lines.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { UnixDatagramSink } from '../../../test/support/unix-datagram-sink.js'
import { ended, StreamReceiver } from './receivers.js'

const skip = process.platform === 'win32' && 'Windows has no such sockets'
const WORDS =
  'Unix datagram sockets need the package "koffi", which is not there: npm install koffi (this is not koffi)'

/** Lets the package find something else in place of koffi, until the test ends. */
function hideKoffi(t: TestContext): void {
  const require = createRequire(import.meta.resolve('@pino-handlers/syslog'))
  const path = require.resolve('koffi')
  require(path)
  const found = require.cache[path]
  assert.ok(found)
  const { exports } = found
  found.exports = {}
  t.after(() => {
    found.exports = exports
  })
}

describe('syslog without koffi', { skip }, () => {
  it('refuses socktype unix-dgram', (t) => {
    hideKoffi(t)
    const address = join(tempDir(t), 's')

    assert.throws(() => syslog({ address, socktype: 'unix-dgram' }), {
      name: 'HandlerOptionError',
      message: `[syslog] option "socktype" is 'unix-dgram', but ${WORDS}`,
    })
  })

  it('sends a stream to a path that has one', async (t) => {
    hideKoffi(t)
    const address = join(tempDir(t), 's')
    const receiver = await StreamReceiver.start(t, { path: address })
    const handler = syslog({ address, formatter: { fmt: '%(message)s' } })

    handler.write(line('one'))
    await ended(handler)

    assert.equal(await receiver.received('\0'), '<14>one\0')
  })

  it('says what is missing for a path that takes datagrams, and counts what was lost', async (t) => {
    hideKoffi(t)
    const address = join(tempDir(t), 's')
    if (!(await UnixDatagramSink.start(t, address))) return
    const handler = syslog({ address, onError: 'ignore', closeTimeout: 0.1 })

    handler.write(line('one'))
    await ended(handler)

    const { lastError, dropped } = handler.stats
    assert.deepEqual([lastError, dropped], [`cannot connect to unix:${address}: ${WORDS}`, { closed: 1 }])
  })
})
