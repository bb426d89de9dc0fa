// In pino's worker thread, and what is told of a password anywhere.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import smtp, { type SmtpOptions } from '@pino-handlers/smtp'
import type { WorkerApp } from '../../../test/fixtures/worker-app.js'
import { assertBalanced } from '../../../test/support/books.js'
import { MailServer, type MailServerOptions } from '../../../test/support/mail-server.js'
import { type Run, runFixture } from '../../../test/support/run-node.js'
import { freePort } from '../../../test/support/server-process.js'

const PASSWORD = 'pa55word-é-with-more'

// As it is, and as each way to log in sends it.
const SECRETS = [PASSWORD, `\0user\0${PASSWORD}`, `user\0${PASSWORD}`].flatMap((text) => [
  text,
  Buffer.from(text).toString('base64'),
  Buffer.from(text).toString('base64url'),
  Buffer.from(text).toString('hex'),
])

const BASE = { fromaddr: 'app@example.com', toaddrs: 'ann@example.com', subject: 'Log' }

const RECORDS: WorkerApp['records'] = [
  ['error', 'one'],
  ['error', 'two'],
]

describe('smtp in a worker', () => {
  for (const ending of ['end', 'exit', 'throw'] as const) {
    it(`delivers what was logged right before the process ends by '${ending}'`, async (t) => {
      const server = await MailServer.start(t)

      await run({ ...BASE, mailhost: server.mailhost }, ending)

      assert.equal(server.mails.length, 2)
    })
  }

  it('tells a mistake in an option, and the nearest name', async () => {
    const { stdout } = await run({ ...BASE, mailhost: 'mx', toaddr: 'ann@example.com' }, 'error')

    assert.match(stdout, /\[smtp\] unknown option \\"toaddr\\"; did you mean \\"toaddrs\\"\?/)
  })

  it('says once that mails do not go, and how many were lost', async () => {
    const mailhost = ['127.0.0.1', await freePort()]

    const { stderr } = await run({ ...BASE, mailhost, closeTimeout: 2, retryStart: 0.01 }, 'end')

    assert.deepEqual(
      stderr
        .replaceAll(/:\d+\b/g, '')
        .trim()
        .split('\n')
        .slice(0, 1),
      ['[smtp] cannot send mail through smtp://127.0.0.1: connect ECONNREFUSED 127.0.0.1'],
    )
    assert.match(stderr, /closed with 2 records that could not be delivered/)
  })
})

describe('a password', () => {
  for (const auth of ['PLAIN', 'LOGIN', 'CRAM-MD5', 'CRAM-MD5 PLAIN LOGIN']) {
    it(`stands in nothing that is told when it is refused by ${auth}, though the server repeats it`, async (t) => {
      const { server, options } = await refusing(t, {
        auth,
        answer: (command) => (/^AUTH PLAIN ./.test(command) ? `535 not ${command.slice(11)} ${PASSWORD}` : undefined),
      })

      const { stdout, stderr } = await run(options, 'end')

      assert.deepEqual([secretsIn(stdout + stderr), server.mails.length], [[], 0])
      assert.match(stderr, /cannot send mail through/)
    })
  }

  it('stands in no error of an option, and in nothing that a handler shows', async () => {
    const wrong = [
      { credentials: { user: 'user', pass: PASSWORD } },
      { credentials: ['user', PASSWORD, 'more'] },
      { credentials: `user:${PASSWORD}` },
      { credentials: ['user', PASSWORD] },
      { credentials: ['user', PASSWORD], secure: 'ssl' },
      { password: PASSWORD },
    ]

    const told = wrong.map((options) => {
      try {
        return String(Reflect.apply(smtp, undefined, [{ ...BASE, mailhost: 'mx', ...options }]))
      } catch (error) {
        return error instanceof Error ? `${error.stack}${JSON.stringify(error)}` : ''
      }
    })

    assert.deepEqual(secretsIn(told.join('\n')), [])
  })

  it('is not told to listeners in this thread either', async (t) => {
    const { options } = await refusing(t, { auth: 'PLAIN' })
    const handler = smtp({ ...options, onError: 'ignore' })
    const told: unknown[] = []
    for (const event of ['failure', 'state', 'drop', 'stats', 'reconnect', 'error'])
      handler.on(event, (payload: unknown) => told.push(payload))

    handler.write('{"level":50,"msg":"one"}\n')
    await once(handler, 'failure')
    handler.end()
    await once(handler, 'close')
    assertBalanced(handler.stats)

    assert.deepEqual([told.length > 3, secretsIn(JSON.stringify(told))], [true, []])
  })
})

interface Refusing {
  readonly server: MailServer
  readonly options: SmtpOptions
}

async function refusing(t: TestContext, options: MailServerOptions): Promise<Refusing> {
  const server = await MailServer.start(t, { user: ['user', 'another'], ...options })
  const credentials = ['user', PASSWORD] as const
  return {
    server,
    options: { ...BASE, mailhost: server.mailhost, credentials, allowInsecureAuth: true, closeTimeout: 1 },
  }
}

function run(options: object, ending: WorkerApp['ending']): Promise<Run> {
  const transport = { target: '@pino-handlers/smtp', options }
  return runFixture('worker-app', { transport, records: RECORDS, ending } satisfies WorkerApp)
}

function secretsIn(text: string): readonly string[] {
  return SECRETS.filter((secret) => text.includes(secret))
}
