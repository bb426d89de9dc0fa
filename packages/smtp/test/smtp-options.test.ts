// Wrong options, each told in words of its own.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import smtp, { type SmtpOptions } from '@pino-handlers/smtp'

const BASE: SmtpOptions = { mailhost: 'mx', fromaddr: 'a@x', toaddrs: 'b@x', subject: 's' }

const WRONG: readonly (readonly [options: object, words: RegExp])[] = [
  [{ mailhost: ['mx', 1, 2] }, /option "mailhost" must be a host name or address, or \[host, port\]/],
  [{ mailhost: 'mx:25' }, /a port is given as \[host, port\]/],
  [{ mailhost: '[::1]:25' }, /a port is given as \[host, port\]/],
  [{ mailhost: 'user:secret@mx' }, /option "mailhost" is '\*\*\*@mx': who we are is given as option "credentials"/],
  [{ toaddrs: [] }, /option "toaddrs" has no recipients/],
  [{ toaddrs: 'no address' }, /option "toaddrs" has an address that is none/],
  [{ toaddrs: ['a@x', 'ann@'] }, /option "toaddrs" has an address that is none: 'ann@'/],
  [{ toaddrs: '@example.com' }, /option "toaddrs" has an address that is none: '@example.com'/],
  [{ toaddrs: 'a@b@example.com' }, /option "toaddrs" has an address that is none: 'a@b@example.com'/],
  [{ toaddrs: 'a@example..com' }, /option "toaddrs" has an address that is none: 'a@example..com'/],
  [{ fromaddr: 'a@@x' }, /option "fromaddr" has an address that is none: 'a@@x'/],
  [{ toaddrs: 'a@x\r\nBcc: b@x' }, /option "toaddrs" has a line break/],
  [{ fromaddr: 'a@x, b@x' }, /option "fromaddr" has 2 addresses/],
  [{ subject: 'a\rb' }, /option "subject" has a line break/],
  [{ subject: '%(message)q' }, /option "subject" cannot be used: Invalid format/],
  [{ credentials: ['user'] }, /option "credentials" must be \[username, password\]/],
  [{ credentials: ['user', 'secret'] }, /option "credentials" needs "secure"/],
  [{ secure: ['/no/key.pem'] }, /option "secure" .*key.pem/],
  [{ secure: 'ssl' }, /option "secure" must be 'none' \| 'starttls'/],
  [{ tls: {} }, /option "tls" has no meaning without "secure"/],
  [{ contextRecords: 5 }, /option "contextRecords" needs "level"/],
  [{ recipients: { loud: 'a@x' } }, /option "recipients" has the level 'loud'/],
  [{ recipients: { fatal: [] } }, /option "recipients" for 'fatal' has no recipients/],
  [{ timeout: 0 }, /option "timeout" must be a number of seconds above 0/],
]

describe('smtp options', () => {
  for (const [options, words] of WRONG) {
    it(`says what is wrong with ${JSON.stringify(options)}`, () => {
      assert.throws(() => smtp({ ...BASE, ...options }), words)
    })
  }

  it('never shows a password', () => {
    const wrong: object = { credentials: { user: 'u', pass: 'pa55word' } }

    assert.throws(
      () => smtp({ ...BASE, ...wrong }),
      (error: Error) => !error.message.includes('pa55word'),
    )
  })
})
