// What is wrong with an option of the socket handler, as the application reads it.

import assert from 'node:assert/strict'
import { join, resolve } from 'node:path'
import { describe, it } from 'node:test'
import { show } from '@pino-handlers/core'
import socket, { type SocketOptions } from '@pino-handlers/socket'
import { runFixture } from '../../../test/support/run-node.js'
import { tempDir } from '../../../test/support/temp-dir.js'

const host = 'logs.example'
const port = 9020
const cwd = process.cwd()
const portExpected = 'a port from 1 to 65535, or null when host is a path'
const hostExpected = 'a host name or address, or with port: null the path of a Unix socket'
const sizeExpected = "a number of bytes, or a size such as '10MB' or '10MiB'"
const functionExpected = "a function (record) => Uint8Array, or a module specifier such as './hooks.js#name'"

const wrong: readonly (readonly [Record<string, unknown>, string])[] = [
  [{}, `option "host" is required: ${hostExpected}`],
  [{ host }, `option "port" is required: ${portExpected}`],
  [{ port }, `option "host" is required: ${hostExpected}`],
  [{ host: '', port }, `option "host" must be ${hostExpected}, got ''`],
  [{ host: ['logs', 9020], port }, `option "host" must be ${hostExpected}, got [ 'logs', 9020 ]`],
  [
    { host: 'tcp://logs.example', port },
    'option "host" is \'tcp://logs.example\': a path needs port: null, and a host is given without scheme',
  ],
  [
    { host: '/run/logs.sock', port },
    'option "host" is \'/run/logs.sock\': a path needs port: null, and a host is given without scheme',
  ],
  [{ host: 'logs example', port }, 'option "host" is \'logs example\': a host has no spaces'],
  [{ host, port: 0 }, `option "port" must be ${portExpected}, got 0`],
  [{ host, port: 65_536 }, `option "port" must be ${portExpected}, got 65536`],
  [{ host, port: '9020' }, `option "port" must be ${portExpected}, got '9020'`],
  [{ host, port: 90.2 }, `option "port" must be ${portExpected}, got 90.2`],
  [{ host, port, retry_start: 1 }, 'unknown option "retry_start"; did you mean "retryStart"?'],
  [{ host, port, retryStart: 0 }, 'option "retryStart" must be a number of seconds above 0, got 0'],
  [{ host, port, retryFactor: 0.5 }, 'option "retryFactor" must be a number, 1 or more, got 0.5'],
  [{ host, port, retryMax: '30s' }, 'option "retryMax" must be a number of seconds above 0, got \'30s\''],
  [{ host, port, connectTimeout: -1 }, 'option "connectTimeout" must be a number of seconds, 0 or more, got -1'],
  [{ host, port, keepAlive: true }, 'option "keepAlive" must be a number of seconds, 0 or more, got true'],
  [{ host, port, closeOnError: 1 }, 'option "closeOnError" must be true or false, got 1'],
  [{ host, port, resendWindow: 'much' }, `option "resendWindow" must be ${sizeExpected}, got 'much'`],
  [{ host, port, resendWindow: -1 }, `option "resendWindow" must be ${sizeExpected}, got -1`],
  [{ host, port, maxQueueRecords: -1 }, 'option "maxQueueRecords" must be a non-negative integer, got -1'],
  [
    { host, port, overflow: 'drop' },
    "option \"overflow\" must be 'drop-oldest' | 'drop-newest' | 'drop-below-level' | 'block', got 'drop'",
  ],
  [{ host, port, format: 'msgpack' }, "option \"format\" must be 'pickle' | 'json' | 'ndjson', got 'msgpack'"],
  [
    { host, port, format: 'ndjson', hmac: { key: 'k' } },
    "option \"hmac\" has no meaning with format 'ndjson', only with 'pickle'",
  ],
  [
    { host, port, format: 'json', makePickle: './build/test/fixtures/hooks.js#shout' },
    "option \"makePickle\" has no meaning with format 'json', only with 'pickle'",
  ],
  [{ host, port, makePickle: 5 }, `option "makePickle" must be ${functionExpected}, got 5`],
  [
    { host, port, makePickle: './no-such-hooks.js#pickle' },
    `option "makePickle" names './no-such-hooks.js#pickle', which cannot be loaded from ${cwd}: Cannot find module './no-such-hooks.js'`,
  ],
  [
    { host, port, hmac: { key: 'k' }, makePickle: './build/test/fixtures/hooks.js#shout' },
    'option "hmac" cannot sign what makePickle returns: sign in makePickle',
  ],
  // A key is not shown.
  [{ host, port, hmac: 'secret' }, 'option "hmac" must be an object { key, algorithm }, not the key alone'],
  [{ host, port, hmac: {} }, 'option "hmac" must have a key'],
  [
    { host, port, hmac: { key: 1234 } },
    'option "hmac" has a wrong entry: option "key" must be a non-empty string, or bytes',
  ],
  [
    { host, port, hmac: { key: 'k', algorithm: 'sha1024' } },
    'option "hmac" names the algorithm \'sha1024\', which cannot be used: Invalid digest: sha1024',
  ],
  [
    { host, port, hmac: { key: 'k', digest: 'sha1' } },
    'option "hmac" has a wrong entry: unknown option "digest"; known options: algorithm, key',
  ],
  [
    { host, port, tls: 'yes' },
    "option \"tls\" must be true, false, or an object such as { ca: '/etc/ssl/logs-ca.pem' }, got 'yes'",
  ],
  [
    { host, port, tls: { serverName: 'logs' } },
    'option "tls" has a wrong entry: unknown option "serverName"; did you mean "servername"?',
  ],
  [
    { host, port, tls: { ca: '/no/such/ca.pem' } },
    `option "tls" has a wrong entry: option "ca" names the file ${show(resolve('/no/such/ca.pem'))}, which cannot be read: ` +
      `ENOENT: no such file or directory, open '${resolve('/no/such/ca.pem')}'`,
  ],
  [{ host, port, address: ['logs.example', 9020] }, `unknown option "address"; known options: ${known()}`],
]

describe('socket says', () => {
  for (const [options, text] of wrong) {
    it(text, () => {
      assert.throws(() => socket(options as unknown as SocketOptions), {
        name: 'HandlerOptionError',
        message: `[socket] ${text}`,
      })
    })
  }
})

describe('socket says of a path', { skip: process.platform === 'win32' && 'pipes have other names' }, () => {
  it('that it is too long for a Unix socket, in bytes', (t) => {
    const path = join(tempDir(t), 'ü'.repeat(60))

    assert.throws(() => socket({ host: path, port: null }), {
      message: /^\[socket\] option "host" has \d+ bytes, and the path of a Unix socket at most 10[37]: '.*$/,
    })
  })

  it('that it has a NUL', () => {
    assert.throws(() => socket({ host: '/tmp/a\0b', port: null }), {
      message: '[socket] option "host" is \'/tmp/a\\x00b\': a path has no NUL character',
    })
  })

  it('that it is not secured', () => {
    assert.throws(() => socket({ host: '/run/logs.sock', port: null, tls: true }), {
      message: '[socket] option "tls" has no meaning with port null: a Unix socket is not secured',
    })
  })
})

describe('socket in a worker says the same', () => {
  const some = [{ host }, { host, port: 65_536 }, { host, port, hmac: 'secret' }, { host, port, tls: 'yes' }]
  for (const options of some) {
    const [, text] = wrong.find(([each]) => JSON.stringify(each) === JSON.stringify(options)) ?? []
    it(String(text), async () => {
      const run = await runFixture('worker-app', {
        transport: { target: '@pino-handlers/socket', options },
        records: 0,
        ending: 'error',
      })

      assert.deepEqual(JSON.parse(run.stdout), [['error', `[socket] ${text}`]])
    })
  }
})

function known(): string {
  const names = [
    ...['closeOnError', 'closeTimeout', 'connectTimeout', 'customLevels', 'errorKey', 'filter', 'format', 'formatter'],
    ...['hmac', 'host', 'idleTimeout', 'keepAlive', 'level', 'levelKey', 'makePickle', 'maxQueueBytes'],
    ...['maxQueueRecords', 'messageKey', 'nestedKey', 'noDelay', 'onError', 'overflow', 'port', 'protectLevel'],
    ...['reportDrops', 'resendWindow', 'retryFactor', 'retryMax', 'retryStart', 'statsInterval', 'timeKey', 'tls'],
  ]
  return `${names.join(', ')}, writeTimeout`
}
