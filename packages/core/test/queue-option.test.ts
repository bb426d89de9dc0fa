// The option `queue`.

import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { inspect } from 'node:util'
import { required, resolveOptions, show } from '@pino-handlers/core'
import { isQueue, memoryQueue, queueCheck } from '@pino-handlers/core/queue'
import { given } from '../../../test/fixtures/queue-makers.js'
import { onWindows } from '../../../test/support/platform.js'
import { fixture } from '../../../test/support/run-node.js'
import { tempDir } from '../../../test/support/temp-dir.js'

const makers = fixture('queue-makers')
const PIPE = String.raw`\\.\pipe\app`

describe('queueCheck', () => {
  it('takes a queue as it is', () => {
    const queue = memoryQueue()

    assert.equal(resolved(queue), queue)
  })

  it('makes the queues that ship', (t) => {
    const dir = workingDirectory(t)
    const specs = [
      { type: 'memory', name: 'app' },
      { type: 'socket', path: onWindows ? PIPE : 'app.sock', connectTimeout: 1 },
      { type: 'directory', path: 'spool' },
    ]

    assert.deepEqual(
      specs.map((spec) => resolved(spec).label),
      [
        "memory queue 'app'",
        `socket queue ${onWindows ? show(PIPE) : `'${join(dir, 'app.sock')}'`}`,
        `directory queue '${join(dir, 'spool')}'`,
      ],
    )
  })

  it('has a function of a module make one, from the options but the type', () => {
    const queues = [
      { type: makers, url: 'redis://localhost', list: 'logs' },
      makers,
      { type: `${makers}#strict`, url: 'x' },
    ]

    assert.deepEqual(
      [queues.map((spec) => isQueue(resolved(spec))), given],
      [
        [true, true, true],
        [{ url: 'redis://localhost', list: 'logs' }, {}],
      ],
    )
  })

  it('finds packages from the working directory', (t) => {
    const folder = join(workingDirectory(t), 'node_modules', '@acme', 'queue-redis')
    mkdirSync(folder, { recursive: true })
    writeFileSync(
      join(folder, 'index.js'),
      'module.exports = ({ url }) => ({ label: url, put() {}, async take() {}, acknowledge() {}, close() {} })',
    )

    assert.equal(resolved({ type: '@acme/queue-redis', url: 'redis://localhost' }).label, 'redis://localhost')
  })

  it('says which package a type needs that is not installed', (t) => {
    workingDirectory(t)

    assert.throws(() => resolved({ type: 'redis' }), {
      name: 'HandlerOptionError',
      message:
        /^\[queue\] option "queue" of type 'redis' needs a package: npm install @pino-handlers\/queue-redis \(it names .*, which cannot be loaded from /,
    })
  })

  const types = "'memory', 'socket', 'directory', 'redis', 'nats', 'amqp'"
  const mustBe = `must be a queue, or { type, ...options } with the type ${types} or that of a module, got`
  const wrong: readonly (readonly [value: unknown, message: string | RegExp])[] = [
    [undefined, /^\[queue\] option "queue" is required: a queue, or /],
    [7, `${mustBe} 7`],
    ['', `${mustBe} ''`],
    [{}, `${mustBe} {}`],
    [[], `${mustBe} []`],
    [{ path: '/run/app.sock' }, `${mustBe} { path: '/run/app.sock' }`],
    [{ put() {}, take() {} }, 'is no queue: it lacks the functions acknowledge, close'],
    [{ type: 'memory' }, `of type 'memory': option "name" is required: a non-empty string`],
    [{ type: 'memory', name: '' }, `of type 'memory': option "name" must be a non-empty string, got ''`],
    ['memory', `of type 'memory': option "name" is required: a non-empty string`],
    [{ type: 'socket', pathh: '/run/x' }, `of type 'socket': unknown option "pathh"; did you mean "path"?`],
    [
      { type: 'socket', path: 7 },
      `of type 'socket': option "path" must be the path of a Unix socket, on Windows the name of a pipe, got 7`,
    ],
    [
      { type: 'sockets' },
      /^\[queue\] option "queue" names 'sockets', which cannot be loaded from .*; did you mean 'socket'\?$/,
    ],
    [{ type: 'reddis' }, /^\[queue\] option "queue" names 'reddis', which .*; did you mean 'redis'\?$/],
    ['NATS', /^\[queue\] option "queue" names 'NATS', which .*; did you mean 'nats'\?$/],
    [
      { type: 'kafka' },
      /^\[queue\] option "queue" names 'kafka', which .*; known types: 'memory', 'socket', 'directory', 'redis', 'nats', 'amqp'$/,
    ],
    [{ type: './redis' }, /^\[queue\] option "queue" names '.\/redis', which .*; known types: 'memory', /],
    [{ type: `${makers}#strict` }, /: option "url" is required: where the broker is$/],
    [
      { type: `${makers}#half` },
      /: what was returned is no queue but \{.*\}, which lacks the functions take, acknowledge$/,
    ],
    [{ type: `${makers}#late` }, /: what was returned is no queue but Promise \{/],
    [{ type: `${makers}#nothing` }, /, but "nothing" is 7, not a function there; it exports: .*; known types: /],
    [{ type: `${makers}#Made` }, /: Class constructor Made cannot be invoked without 'new'$/],
  ]
  for (const [value, message] of wrong) {
    it(`refuses ${JSON.stringify(value)?.replace(makers, '') ?? 'undefined'}`, () => {
      assert.throws(() => resolved(value), {
        name: 'HandlerOptionError',
        message: typeof message === 'string' ? `[queue] option "queue" ${message}` : message,
      })
    })
  }

  it('does not repeat the password of a URL that stands where a type should', () => {
    const message = /"queue" names 'redis:\/\/\*\*\*@host', which is a URL and no module; known types: /

    assert.throws(
      () => resolved('redis://user:secret@host'),
      (error: Error) => message.test(error.message) && !inspect(error).includes('secret'),
    )
  })
})

function resolved(queue: unknown): { readonly label: string } {
  return resolveOptions('queue', { queue: required(queueCheck) }, {}, { queue }).queue
}

function workingDirectory(t: TestContext): string {
  const before = process.cwd()
  const dir = tempDir(t)
  process.chdir(dir)
  t.after(() => process.chdir(before))
  return dir
}
