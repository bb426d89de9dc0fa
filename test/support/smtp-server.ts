// The npm package smtp-server, whose mails are read by mailparser; both are not ours.

import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { type AddressObject, type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'
import type { ModeServer, ServerMode } from './aiosmtpd-server.js'
import type { Identity } from './certificates.js'

/** Starts servers, stopped after the test, which tell of their mails as the other ones do. */
export function startSmtpServers(
  t: TestContext,
  modes: readonly ServerMode[],
  identity: Identity,
): Promise<readonly ModeServer[]> {
  return Promise.all(modes.map((mode) => startServer(t, mode, identity)))
}

async function startServer(t: TestContext, { tls, auth }: ServerMode, identity: Identity): Promise<ModeServer> {
  const mails: object[] = []
  const disabled = [...(tls === 'starttls' ? [] : ['STARTTLS' as const]), ...(auth ? [] : ['AUTH' as const])]
  const server = new SMTPServer({
    ...identity,
    secure: tls === 'tls',
    disabledCommands: disabled,
    allowInsecureAuth: true,
    authOptional: !auth,
    onAuth({ username, password }, _session, done) {
      if (username === 'user' && password === 'secret') done(null, { user: username })
      else done(new Error('wrong'))
    },
    onData(stream, session, done) {
      simpleParser(stream).then((mail) => {
        mails.push(told(mail, session))
        done()
      }, done)
    },
  })
  // What a client does that hangs up is no failure of the test.
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  t.after(() => server.close())
  const { port } = server.server.address() as AddressInfo
  return { mailhost: ['127.0.0.1', port], mails: () => mails }
}

function told(mail: ParsedMail, { envelope, secure, user }: SMTPServerSession): object {
  const { mailFrom, rcptTo } = envelope
  return {
    from: mailFrom ? mailFrom.address : '',
    rcpt: rcptTo.map(({ address }) => address),
    tls: secure,
    login: Boolean(user),
    To: textOf(mail.to),
    From: textOf(mail.from),
    Subject: mail.subject ?? '',
    headers: mail.headerLines.map(({ line }) => line.slice(0, line.indexOf(':'))),
    defects: [],
    parts: [
      ['text/plain', mail.text ?? ''],
      ...(mail.html ? [['text/html', mail.html]] : []),
      ...mail.attachments.map(({ contentType, content }) => [contentType, gunzipSync(content).toString()]),
    ],
  }
}

function textOf(people: AddressObject | AddressObject[] | undefined): string {
  return [people ?? []]
    .flat()
    .flatMap(({ value }) => value)
    .map(({ name, address }) => (name ? `${name} <${address}>` : address))
    .join(', ')
}
