// What must never be told, looked for in all that is told.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { describe, it } from 'node:test'
import http, { type HttpOptions } from '@pino-handlers/http'
import { assertBalanced } from '../../../test/support/books.js'
import { QUICK, scripted } from '../../../test/support/scripted-server.js'

const PASSWORD = 'pass "word" & <s3cr3t>/1'
const SECRETS = {
  url: '/in/s3cr3t-of-a-webhook?token=s3cr3t%20query&short=1',
  headers: { 'X-Api-Key': 's3cr3t-key', Cookie: 's3cr3t-cookie', 'X-Anything': 'Bearer s3cr3t-token' },
} as const

/** Whatever a handler tells when it has sent a record, in all ways that it has. */
async function told(options: Partial<HttpOptions>): Promise<string> {
  const texts: string[] = []
  const handler = http({ host: '127.0.0.1:1', ...SECRETS, ...QUICK, closeTimeout: 0, onError: 'throw', ...options })
  handler.on('error', (error: Error) => {
    for (let each: unknown = error; each instanceof Error; each = each.cause) texts.push(each.message, each.stack ?? '')
  })
  for (const event of ['failure', 'drop', 'state', 'stats', 'reconnect']) {
    handler.on(event, (payload) => texts.push(JSON.stringify(payload)))
  }
  handler.write('{"level":50,"msg":"x"}\n')
  await new Promise<void>((resolve) => {
    handler.flush((error) => {
      texts.push(String(error?.stack))
      resolve()
    })
  })
  // Rather than `once` of node:events, which rejects at the first error.
  const closed = new Promise((resolve) => handler.once('close', resolve))
  handler.end()
  await closed
  assertBalanced(handler.stats)
  texts.push(JSON.stringify(handler.stats))
  return texts.join('\n')
}

function leaks(text: string): readonly string[] {
  const basic = Buffer.from(`user:${PASSWORD}`).toString('base64')
  return ['s3cr3t', basic, encodeURIComponent(PASSWORD)].filter((secret) => text.includes(secret))
}

describe('http keeps to itself', () => {
  for (const form of [{ format: 'ndjson' }, { format: 'python-form', method: 'POST' }, { preset: 'loki' }] as const) {
    const kind = 'preset' in form ? form.preset : form.format
    for (const status of [401, 503, 302]) {
      it(`secrets that the server repeats with ${status}, ${kind}`, async (t) => {
        const { host } = await scripted(t, ({ url, headers }) => {
          const { authorization = '' } = headers
          const password = String(Buffer.from(authorization.slice(6), 'base64')).slice('user:'.length)
          const html = password.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
          const body = [
            url,
            JSON.stringify(headers),
            password,
            JSON.stringify({ password }),
            encodeURIComponent(password),
          ]
          return { status, body: `${[...body, html.replaceAll('"', '&quot;')].join('\n')} ${decodeURIComponent(url)}` }
        })
        const text = await told({ host, credentials: ['user', PASSWORD], ...form })

        assert.deepEqual([text.includes(`answered ${status}`), leaks(text)], [true, []])
      })
    }

    it(`secrets when there is no answer, or none that makes sense, ${kind}`, async (t) => {
      const server = createServer((socket) => {
        socket.on('error', () => {})
        socket.once('data', (data) => socket.end(`s3cr3t-key ${String(data)}`))
      })
      await once(server.listen(0, '127.0.0.1'), 'listening')
      t.after(() => server.close())
      const address = server.address()
      const host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
      const options = { credentials: ['user', PASSWORD], ...form } as const
      const text = await told({ host, ...options })
      const absent = await told(options)
      const thrown = await told({ ...options, getConnection: () => connect('/s3cr3t-key/socket') })

      assert.deepEqual([leaks(text), leaks(absent), leaks(thrown)], [[], [], []])
    })
  }

  it('a token that the server repeats without the word before it', async (t) => {
    const { host } = await scripted(t, ({ headers }) => {
      const [, token] = String(headers['x-anything']).split(' ')
      return { status: 401, body: `unknown: ${token}` }
    })
    const text = await told({ host, format: 'ndjson' })

    assert.deepEqual([text.includes('unknown: '), leaks(text)], [true, []])
  })

  it('secrets that stand in options which are wrong', () => {
    const wrong: readonly object[] = [
      { host: 'user:s3cr3t@host' },
      { host: 'https://user:s3cr3t@host/' },
      { url: 'https://user:s3cr3t@host/' },
      { url: '/in?token=s3cr3t 1' },
      { credentials: 's3cr3t' },
      { credentials: ['user', 's3cr3t', 's3cr3t'] },
      { headers: 'Authorization: s3cr3t' },
      { headers: { 'Authorization: s3cr3t': '' } },
      { headers: { Authorization: ['s3cr3t'] } },
      { headers: { Authorization: 's3cr3t\n' } },
      { secure: true, context: { passphrase: { s3cr3t: 1 } } },
    ]
    const messages = wrong.map((given) => {
      try {
        Reflect.apply(http, undefined, [{ host: 'localhost', url: '/in', ...given }])
        return 'no error'
      } catch (error) {
        return String(error)
      }
    })

    assert.deepEqual(
      messages.filter((message) => message === 'no error' || message.includes('s3cr3t')),
      [],
    )
  })
})
