// --print-config shows anybody how a handler is set up, but for what is secret.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { OptionTable } from '@pino-handlers/core'
import { handlers } from '../../../test/handlers.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { configOf, runHere } from './fake-io.js'

const SECRET = 'hunter2'
const TLS = { servername: 'logs', passphrase: SECRET }
const HMAC = { key: SECRET, algorithm: 'sha256' }
const SMTP = { mailhost: 'mail', fromaddr: 'a@example.com', toaddrs: 'b@example.com', subject: 's' }
const SMTP_SECRETS = { ...SMTP, secure: 'tls', tls: TLS, credentials: ['user', SECRET] }
const SMTP_TARGET = { target: '@pino-handlers/smtp', options: SMTP_SECRETS }
const FOREIGN = {
  target: 'pino/file',
  options: {
    url: `amqp://user:${SECRET}@host/x`,
    urls: `nats://a:${SECRET}@b,nats://c:${SECRET}@d`,
    server: `user:${SECRET}@host:4222`,
    webhook: `https://host/x?n=1&access_token=${SECRET}`,
    database: `Server=db;Password=${SECRET};`,
    auth: { password: SECRET },
    list: [{ apiKey: SECRET, accessKey: SECRET, nkey: SECRET, creds: SECRET, bearer: SECRET }],
  },
}

// Options with a secret in each place that has one.
const OPTIONS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  datagram: { host: 'a', port: 1, hmac: HMAC },
  http: {
    host: 'a',
    url: `/${SECRET}?token=${SECRET}`,
    secure: true,
    context: TLS,
    credentials: ['user', SECRET],
    headers: { 'x-key': SECRET },
  },
  memory: { capacity: 1, target: SMTP_TARGET },
  queue: { queue: { type: 'memory', name: 'secrets' } },
  'queue-listener': { handlers: [{ ...SMTP_TARGET, fallback: FOREIGN }, FOREIGN] },
  smtp: SMTP_SECRETS,
  socket: { host: 'a', port: 1, hmac: HMAC, tls: TLS },
  syslog: { socktype: 'tls', tls: TLS },
}

describe('--print-config', () => {
  for (const { name } of handlers) {
    it(`has no secret of ${name}`, async (t) => {
      const { options: table }: { options: OptionTable } = await import(`@pino-handlers/${name}`)
      const options = OPTIONS[name] ?? {}
      const path = join(tempDir(t), 'log.json')
      writeFileSync(path, JSON.stringify(options))
      const others = 'filename' in table ? ['--filename', 'app.log'] : 'appname' in table ? ['--appname', 'a'] : []

      const { code, stdout, stderr } = await runHere([name, ...others, '--config', path, '--print-config'])

      const secrets = Object.entries(table).flatMap(([option, { secret }]) => (secret ? [option] : []))
      assert.deepEqual(
        { code, stderr, shown: stdout.includes(SECRET), untried: secrets.filter((option) => !(option in options)) },
        { code: 0, stderr: '', shown: false, untried: [] },
      )
    })
  }

  it('shows what is no secret beside it', async () => {
    const args = ['smtp', ...Object.entries(SMTP).flatMap(([option, value]) => [`--${option}`, value])]
    const found = await configOf([...args, '--secure=tls', '--tls.passphrase', SECRET, '--tls.servername=mail'])
    assert.deepEqual(found, { ...SMTP, secure: 'tls', tls: { passphrase: '***', servername: 'mail' } })
  })
})
