// What is refused at construction, in words that stand alone.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import http, { options } from '@pino-handlers/http'
import { tempDir } from '../../../test/support/temp-dir.js'

const NO_BATCHES = "has no meaning with format 'python-form', which has no batches"

const wrong: readonly [given: object, message: string][] = [
  [{ host: '' }, `option "host" must be ${options.host?.expected}, got ''`],
  [{ host: 'http://x' }, `option "host" is 'http://x': a host is given without scheme and path`],
  [{ host: 'user:secret@x' }, 'option "host" has an @ in it: who asks is said by the option credentials'],
  [{ host: 'a b' }, `option "host" must be ${options.host?.expected}, got 'a b'`],
  [{ host: 'x:70000' }, `option "host" must be ${options.host?.expected}, got 'x:70000'`],
  [{ url: 'log' }, 'option "url" must begin with a slash: it is what follows the host'],
  [{ url: 'http://x/log' }, 'option "url" must begin with a slash: it is what follows the host'],
  [{ url: '/a b' }, 'option "url" must have no spaces, control or non-ASCII characters: they go as %XX'],
  [{ url: '/é' }, 'option "url" must have no spaces, control or non-ASCII characters: they go as %XX'],
  [{ url: '/a\r\nX: y' }, 'option "url" must have no spaces, control or non-ASCII characters: they go as %XX'],
  [{ url: undefined }, `option "url" is required: ${options.url?.expected}`],
  [{ method: 'PUT' }, `option "method" must be 'GET' | 'POST', got 'PUT'`],
  [{ method: 'GET', format: 'json' }, `option "method" must be 'POST' with format 'json': batches are posted`],
  [{ method: 'get', preset: 'loki' }, `option "method" must be 'POST' with preset 'loki': batches are posted`],
  [{ context: {} }, 'option "context" only makes sense with secure: true'],
  [{ credentials: ['user', 1] }, 'option "credentials" must be [user, password], two strings'],
  [{ credentials: 'user:pass' }, 'option "credentials" must be [user, password], two strings'],
  [{ credentials: ['a:b', 'c'] }, 'option "credentials" has a user with a colon, which is where the password begins'],
  [{ credentials: ['a', '\ud83d'] }, 'option "credentials" has half of a surrogate pair, which is no text'],
  [{ headers: ['a: b'] }, `option "headers" must be ${options.headers?.expected}`],
  [{ headers: { 'a b': 'x' } }, `option "headers" has a name that no header can have: 'a b'...`],
  [{ headers: { 'Key: secret': 'x' } }, `option "headers" has a name that no header can have: 'Key'...`],
  [{ headers: { a: 'x\r\ny' } }, `option "headers" has for 'a' a value that no header can have`],
  [{ headers: { a: 'x\0' } }, `option "headers" has for 'a' a value that no header can have`],
  [{ headers: { a: 1 } }, `option "headers" has for 'a' a value that no header can have`],
  [{ headers: { Host: 'x' } }, `option "headers" has 'Host', which this handler sets itself`],
  [{ headers: { 'Content-Length': '1' } }, `option "headers" has 'Content-Length', which this handler sets itself`],
  [
    { headers: { 'transfer-encoding': 'x' } },
    `option "headers" has 'transfer-encoding', which this handler sets itself`,
  ],
  [{ headers: { Expect: '100-continue' } }, `option "headers" has 'Expect', which this handler sets itself`],
  [{ headers: { A: '1', a: '2' } }, `option "headers" has 'a', which is set already`],
  [
    { headers: { Authorization: 'x' }, credentials: ['u', 'p'] },
    `option "headers" has 'Authorization', which is set already`,
  ],
  [{ preset: 'graylog' }, `option "preset" must be ${options.preset?.expected}, got 'graylog'`],
  [{ format: 'xml' }, `option "format" must be 'python-form' | 'json' | 'ndjson', got 'xml'`],
  [{ format: 'json', maxBatchBytes: 0 }, `option "maxBatchBytes" must be ${options.maxBatchBytes?.expected}, got 0`],
  [{ format: 'json', maxBatchRecords: 0 }, `option "maxBatchRecords" must be an integer, 1 or more, got 0`],
  [{ concurrency: 1.5 }, `option "concurrency" must be an integer, 1 or more, got 1.5`],
  [{ timeout: -1 }, `option "timeout" must be ${options.timeout?.expected}, got -1`],
  [{ flushInterval: 1 }, `option "flushInterval" ${NO_BATCHES}`],
  [{ flushLevel: 'warn', format: 'python-form' }, `option "flushLevel" ${NO_BATCHES}`],
  [{ gzip: true }, `option "gzip" ${NO_BATCHES}`],
  [{ maxBatchRecords: 10 }, `option "maxBatchRecords" ${NO_BATCHES}`],
  [{ maxBatchBytes: '1MB' }, `option "maxBatchBytes" ${NO_BATCHES}`],
  [{ preset: 'loki', format: 'json' }, 'option "format" has no meaning with a preset, which has its own form'],
  [{ format: 'json', flushInterval: -1 }, `option "flushInterval" must be ${options.flushInterval?.expected}, got -1`],
  [{ format: 'json', flushLevel: 'loud' }, `option "flushLevel" must be ${options.flushLevel?.expected}, got 'loud'`],
  [{ getConnection: 1 }, `option "getConnection" must be ${options.getConnection?.expected}, got 1`],
  [
    { preset: 'loki', mapLogRecord: () => ({}) },
    'option "mapLogRecord" has no meaning with a preset, which has its own form',
  ],
  [{ batchSize: 3 }, `unknown option "batchSize"`],
]

describe('the options of http', () => {
  for (const [given, message] of wrong) {
    it(`are wrong with ${JSON.stringify(given)}`, () => {
      const all = { host: 'localhost', url: '/log', ...given }
      assert.throws(
        () => Reflect.apply(http, undefined, [all]),
        (error: Error) => error.name === 'HandlerOptionError' && error.message.startsWith(`[http] ${message}`),
      )
    })
  }

  it('are wrong with a deadLetter file that cannot be written', (t) => {
    const deadLetter = `${tempDir(t)}/missing/dead.ndjson`
    assert.throws(() => http({ host: 'localhost', url: '/log', deadLetter }), {
      name: 'HandlerOptionError',
      message: /^\[http\] option "deadLetter" names a file that cannot be written: ENOENT/,
    })
  })

  for (const given of [
    { method: 'post' },
    { gzip: false },
    { url: '/p?' },
    { url: '/p#part' },
    { host: '[::1]:8080' },
    { format: 'json', flushInterval: 0, flushLevel: 10 },
    { preset: 'loki', url: undefined },
  ]) {
    it(`are right with ${JSON.stringify(given)}`, () => {
      const all = { host: 'localhost', url: '/log', ...given }
      assert.doesNotThrow(() => Reflect.apply(http, undefined, [all]).destroy())
    })
  }
})
