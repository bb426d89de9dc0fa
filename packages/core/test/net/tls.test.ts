// The `tls` option, and connections that are secured by it.

import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { createServer as createTlsServer, type TlsOptions as ServerOptions } from 'node:tls'
import { resolveOptions, show } from '@pino-handlers/core'
import { isCertificateError, type TlsOptions, type TlsSettings, tlsCheck } from '@pino-handlers/core/net'
import { certificates } from '../../../../test/support/certificates.js'
import { tempDir } from '../../../../test/support/temp-dir.js'
import { type Closed, connecting, type Listening, listening, patient, reason, send } from './connecting.js'

/** The option as a handler reads it. */
function secured(tls: TlsOptions | boolean): TlsSettings | false {
  return resolveOptions('test', { tls: tlsCheck }, { tls: false as const }, { tls }).tls
}

function refuses(tls: unknown, message: string | RegExp): void {
  assert.throws(() => resolveOptions('test', { tls: tlsCheck }, {}, { tls }), { message })
}

function tlsServer(t: TestContext, options: ServerOptions): Promise<Listening> {
  const server = createTlsServer(options)
  // What a client does not like is told there.
  server.on('tlsClientError', () => {})
  return listening(t, server, 'secureConnection')
}

/** What the client says of a connection that it does not make, or that does not last. */
function failure({ error }: Closed): { code: string | undefined; certificate: boolean } | undefined {
  return error && { code: error.code, certificate: isCertificateError(error) }
}

describe('the option tls', () => {
  it('is true, false or an object', () => {
    const wrong = "must be true, false, or an object such as { ca: '/etc/ssl/logs-ca.pem' }"

    assert.deepEqual([secured(true), secured(false), secured({})], [{}, false, {}])
    refuses('yes', `[test] option "tls" ${wrong}, got 'yes'`)
    refuses([], `[test] option "tls" ${wrong}, got []`)
  })

  it('names what is like an unknown entry', () => {
    refuses(
      { serverName: 'logs', rejectUnauthorised: false },
      '[test] option "tls" has a wrong entry: unknown option "serverName"; did you mean "servername"?',
    )
  })

  for (const [entry, value, expected] of [
    ['ca', 1, 'PEM as text or bytes, or the path of a file, got 1'],
    ['pfx', '', "PKCS #12 as bytes, or the path of a file, got ''"],
    ['minVersion', 'TLSv1', "'TLSv1.2' | 'TLSv1.3', got 'TLSv1'"],
    ['rejectUnauthorized', 'no', "true or false, got 'no'"],
    ['alpn', [], "a list of names such as ['syslog-tls'], got []"],
  ] as const) {
    it(`says what ${entry} must be`, () => {
      refuses({ [entry]: value }, `[test] option "tls" has a wrong entry: option "${entry}" must be ${expected}`)
    })
  }

  it('names a file that cannot be read', (t) => {
    const path = join(tempDir(t), 'ca.pem')
    const reason = `names the file ${show(path)}, which cannot be read: ENOENT: no such file or directory, open '${path}'`

    refuses({ ca: path }, `[test] option "tls" has a wrong entry: option "ca" ${reason}`)
  })

  it('takes a certificate only with its key', (t) => {
    const made = certificates(t)
    if (!made) return

    refuses({ cert: made.client.cert }, '[test] option "tls" has a cert without its key')
    refuses({ key: made.client.key }, '[test] option "tls" has a key without its cert')
    refuses(
      { cert: made.client.cert, key: made.server.key },
      /^\[test\] option "tls" cannot be used: .*key values mismatch/,
    )
  })

  it('refuses what is no certificate', () => {
    const broken = '-----BEGIN CERTIFICATE-----\nnothing\n-----END CERTIFICATE-----\n'

    refuses({ ca: broken }, /^\[test\] option "tls" has a wrong entry: option "ca" holds no certificate: ./)
  })
})

describe('a connection over TLS', () => {
  it('trusts an authority that is given as text, bytes or a file', async (t) => {
    const made = certificates(t)
    if (!made) return
    const path = join(tempDir(t), 'ca.pem')
    writeFileSync(path, made.ca)
    const received: string[] = []
    // A worker gets bytes as a plain Uint8Array.
    for (const ca of [made.ca, Uint8Array.from(Buffer.from(made.ca)), path]) {
      const { address, text } = await tlsServer(t, made.server)
      const { connection, opened } = connecting(t, { address, tls: secured({ ca }) })
      await opened
      await send(connection, 'one\n', 'two\n')
      await connection.end(patient)
      received.push(await text)
    }

    assert.deepEqual(received, ['one\ntwo\n', 'one\ntwo\n', 'one\ntwo\n'])
  })

  it('takes much at once', async (t) => {
    const made = certificates(t)
    if (!made) return
    const { address, text } = await tlsServer(t, made.server)
    const { connection, opened } = connecting(t, { address, tls: secured({ ca: made.ca }) })
    await opened
    const texts = Array.from({ length: 32 }, (_, n) => `${n}\n`.repeat(100_000))
    for (const each of texts) await send(connection, each)
    await connection.end(patient)

    assert.ok((await text) === texts.join(''))
  })

  it('shows its own certificate to a server that asks for it', async (t) => {
    const made = certificates(t)
    if (!made) return
    const { address, text } = await tlsServer(t, { ...made.server, ca: made.ca, requestCert: true })
    const { connection, opened } = connecting(t, { address, tls: secured({ ca: made.ca, ...made.client }) })
    await opened
    await send(connection, 'line\n')
    await connection.end(patient)

    assert.equal(await text, 'line\n')
  })

  it('is refused without a certificate by a server that asks for one', async (t) => {
    const made = certificates(t)
    if (!made) return
    const { address } = await tlsServer(t, { ...made.server, ca: made.ca, requestCert: true, maxVersion: 'TLSv1.3' })
    const { closed } = connecting(t, { address, tls: secured({ ca: made.ca }) })

    assert.deepEqual(failure(await closed), { code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', certificate: true })
  })

  it('tells that a server refused it so late that it has ended', async (t) => {
    const made = certificates(t)
    if (!made) return
    const { address } = await tlsServer(t, { ...made.server, ca: made.ca, requestCert: true, maxVersion: 'TLSv1.3' })
    const { connection, opened, told } = connecting(t, { address, tls: secured({ ca: made.ca }) })
    await opened
    await connection.end(patient)

    assert.deepEqual(told, ['opened', 'failed'])
  })

  it('says in words that a server does not speak TLS', async (t) => {
    const { address, peer } = await listening(t)
    const { closed } = connecting(t, { address, tls: secured(true) })
    ;(await peer).write('HTTP/1.1 400 Bad Request\r\n\r\n')

    assert.deepEqual(reason(await closed), { message: 'wrong version number', code: 'ERR_SSL_WRONG_VERSION_NUMBER' })
  })

  for (const [what, server, tls, code] of [
    ['an authority that is not trusted', 'server', {}, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['another name', 'otherName', { ca: true }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    [
      'a name that is not the wanted one',
      'server',
      { ca: true, servername: 'logs.example' },
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
    ['a time that is over', 'expired', { ca: true }, 'CERT_HAS_EXPIRED'],
  ] as const) {
    it(`is not made to a server whose certificate has ${what}`, async (t) => {
      const made = certificates(t)
      if (!made) return
      const { address } = await tlsServer(t, made[server])
      const options = 'ca' in tls ? { ...tls, ca: made.ca } : tls
      const { closed, told } = connecting(t, { address, tls: secured(options) })

      assert.deepEqual({ ...failure(await closed), told }, { code, certificate: true, told: ['closed'] })
    })
  }

  it('is made to a server whose certificate has the wanted name', async (t) => {
    const made = certificates(t)
    if (!made) return
    const { address } = await tlsServer(t, made.otherName)
    const { opened, told } = connecting(t, { address, tls: secured({ ca: made.ca, servername: 'other.example' }) })
    await opened

    assert.deepEqual(told, ['opened'])
  })

  it('reads the files again each time', async (t) => {
    const made = certificates(t)
    if (!made) return
    const path = join(tempDir(t), 'ca.pem')
    // A certificate, but not one that vouches for the server.
    writeFileSync(path, made.client.cert)
    const tls = secured({ ca: path })
    const { address } = await tlsServer(t, made.server)
    const before = await connecting(t, { address, tls }).closed
    writeFileSync(path, made.ca)
    const { opened, told } = connecting(t, { address, tls })
    await opened
    rmSync(path)
    const after = await connecting(t, { address, tls }).closed

    assert.deepEqual(
      { before: failure(before)?.certificate, told, after: failure(after) },
      { before: true, told: ['opened'], after: { code: 'ENOENT', certificate: false } },
    )
  })

  it('is given up when the server says nothing', async (t) => {
    const { address } = await listening(t)
    const { closed, told } = connecting(t, { address, tls: secured(true), connectTimeout: 0.05 })

    assert.deepEqual({ ...failure(await closed), told }, { code: 'ETIMEDOUT', certificate: false, told: ['closed'] })
  })

  it('is not made to a server that closes instead', async (t) => {
    const { address, peer } = await listening(t)
    const { closed, told } = connecting(t, { address, tls: secured(true) })
    ;(await peer).end()

    assert.deepEqual({ ...failure(await closed), told }, { code: 'ECONNRESET', certificate: false, told: ['closed'] })
  })
})
