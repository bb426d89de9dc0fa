// The handler where koffi, which is optional, was not installed.

import assert from 'node:assert/strict'
import { cpSync, mkdirSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { closed } from '../../../test/support/closed.js'
import { line } from '../../../test/support/lines.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { Receiver } from './receiver.js'

const skip = process.platform === 'win32' && 'Windows has no Unix datagram sockets'

describe('datagram without koffi', { skip }, () => {
  it('says at construction what a path needs, and sends over UDP', async (t) => {
    const scope = join(tempDir(t), 'node_modules/@pino-handlers')
    mkdirSync(scope, { recursive: true })
    symlinkSync(resolve('packages/core'), join(scope, 'core'))
    for (const part of ['dist', 'package.json']) {
      cpSync(join('packages/datagram', part), join(scope, 'datagram', part), { recursive: true })
    }
    const { default: datagram } = await import(pathToFileURL(join(scope, 'datagram/dist/index.js')).href)
    const receiver = await Receiver.start(t)
    const handler = datagram({ host: '127.0.0.1', port: receiver.port, format: 'ndjson' })

    handler.write(line('one'))
    await closed(handler)

    assert.deepEqual(await receiver.texts(1), [line('one')])
    assert.throws(() => datagram({ host: '/run/log.sock', port: null }), {
      name: 'HandlerOptionError',
      message:
        /^\[datagram\] option "host" cannot be a path here: Unix datagram sockets need the package "koffi", which is not there: npm install koffi/,
    })
  })
})
