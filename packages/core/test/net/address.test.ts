// What a handler takes for the address of its destination.

import assert from 'node:assert/strict'
import { join, resolve } from 'node:path'
import { describe, it } from 'node:test'
import { resolveOptions } from '@pino-handlers/core'
import { addressCheck, addressLabel, addressOf, hostCheck, parsePath, portCheck } from '@pino-handlers/core/net'

const windows = process.platform === 'win32'

/** The address that a handler makes of its options, as it stands in messages. */
function label(options: { host?: unknown; port?: unknown }): string {
  const { host, port } = resolveOptions('test', { host: hostCheck, port: portCheck }, {}, options)
  return addressLabel('tcp', addressOf(host, port))
}

function labelOf(address: unknown): string {
  const resolved = resolveOptions('test', { address: addressCheck }, {}, { address }).address
  return resolved ? addressLabel('udp', resolved) : 'none'
}

describe('host and port', () => {
  it('are a name or a number and a port', () => {
    assert.deepEqual(
      [
        label({ host: 'logs.example', port: 1 }),
        label({ host: '127.0.0.1', port: 65_535 }),
        label({ host: '::1', port: 9020 }),
        label({ host: '[::1]', port: 9020 }),
      ],
      ['tcp://logs.example:1', 'tcp://127.0.0.1:65535', 'tcp://[::1]:9020', 'tcp://[::1]:9020'],
    )
  })

  it('are an absolute path when the port is null', { skip: windows && 'a pipe has a name of its own' }, () => {
    assert.deepEqual(
      [label({ host: '/run/log.sock', port: null }), label({ host: 'log.sock', port: null })],
      ['unix:/run/log.sock', `unix:${resolve('log.sock')}`],
    )
  })

  const port = 'option "port" must be a port from 1 to 65535, or null when host is a path'
  for (const [options, message] of [
    [{ port: 1 }, 'option "host" is required: a host name or address, or with port: null the path of a Unix socket'],
    [{ host: 'here' }, 'option "port" is required: a port from 1 to 65535, or null when host is a path'],
    [{ host: 'here', port: 0 }, `${port}, got 0`],
    [{ host: 'here', port: 65_536 }, `${port}, got 65536`],
    [{ host: 'here', port: 1.5 }, `${port}, got 1.5`],
    [{ host: 'here', port: '9020' }, `${port}, got '9020'`],
    [
      { host: '', port: 1 },
      `option "host" must be a host name or address, or with port: null the path of a Unix socket, got ''`,
    ],
    [
      { host: '/run/log.sock', port: 1 },
      `option "host" is '/run/log.sock': a path needs port: null, and a host is given without scheme`,
    ],
    [
      { host: 'tcp://here', port: 1 },
      `option "host" is 'tcp://here': a path needs port: null, and a host is given without scheme`,
    ],
    [{ host: 'here there', port: 1 }, `option "host" is 'here there': a host has no spaces`],
  ] as const) {
    it(`refuses ${JSON.stringify(options)}`, () => {
      assert.throws(() => label(options), { message: `[test] ${message}` })
    })
  }
})

describe('an address in one option', () => {
  it('is a list of host and port', () => {
    assert.deepEqual([labelOf(['localhost', 514]), labelOf(['::1', 514])], ['udp://localhost:514', 'udp://[::1]:514'])
  })

  it('is a path', { skip: windows && 'a pipe has a name of its own' }, () => {
    assert.equal(labelOf('/dev/log'), 'unix:/dev/log')
  })

  const address = `option "address" must be [host, port], or the path of a Unix socket such as '/dev/log'`
  for (const [value, message] of [
    [['localhost', 0], 'option "address" has the port 0; a port is a number from 1 to 65535'],
    [['localhost', '514'], `option "address" has the port '514'; a port is a number from 1 to 65535`],
    [['/dev/log', 514], `option "address" is '/dev/log': a path stands alone, and a host is given without scheme`],
    ['udp://here:514', `option "address" is 'udp://here:514': a host is given as [host, port], without scheme`],
    [['localhost'], `${address}, got [ 'localhost' ]`],
    ['', `${address}, got ''`],
    [514, `${address}, got 514`],
    [
      'localhost',
      `option "address" is 'localhost', which has no slash: a host is given as [host, port], a path with its folder`,
    ],
  ] as const) {
    it(`refuses ${JSON.stringify(value)}`, () => {
      assert.throws(() => labelOf(value), { message: `[test] ${message}` })
    })
  }
})

describe('the path of a Unix socket', { skip: windows && 'a pipe has a name of its own' }, () => {
  for (const [platform, limit] of [
    ['linux', 107],
    ['darwin', 103],
  ] as const) {
    it(`has at most ${limit} bytes on ${platform}`, () => {
      const longest = join('/tmp', 'é'.repeat((limit - 5) / 2))
      const tooLong = `${longest}x`

      assert.equal(parsePath(longest, platform), longest)
      assert.throws(() => parsePath(tooLong, platform), {
        message: `has ${limit + 1} bytes, and the path of a Unix socket at most ${limit}: '${tooLong}'`,
      })
    })
  }

  it('has no NUL', () => {
    assert.throws(() => parsePath('/tmp/\0', 'linux'), {
      message: String.raw`is '/tmp/\x00': a path has no NUL character`,
    })
  })
})

describe('a path on Windows', () => {
  it('is the name of a pipe', () => {
    assert.equal(parsePath(String.raw`\\.\pipe\log`, 'win32'), String.raw`\\.\pipe\log`)
    assert.equal(addressLabel('tcp', { path: String.raw`\\.\pipe\log` }), String.raw`\\.\pipe\log`)
    assert.throws(() => parsePath('/run/log.sock', 'win32'), {
      message: String.raw`is '/run/log.sock'; on Windows it must be the name of a pipe, such as \\.\pipe\log`,
    })
  })
})
