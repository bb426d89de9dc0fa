// http against what CPython's HTTPHandler sent, byte for byte, as a server hears it.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { createServer as createSecureServer } from 'node:tls'
import { isDeepStrictEqual } from 'node:util'
import { PythonError } from '@pino-handlers/core/python'
import http, { type HttpOptions } from '@pino-handlers/http'
import { pythonRequest, urlencode } from '@pino-handlers/http/wire'
import { assertBalanced } from '../support/books.js'
import { type Certificates, certificates } from '../support/certificates.js'
import { BASE, type Case, casesOf, decodeObject } from './vectors.js'

describe('http answers as CPython does', () => {
  const cases = casesOf('http')

  it('http: the request of a record', async (t) => {
    // What Python makes of the answer is left out: we look at it, and Python does not but for what it cannot read.
    const isAnswered = ({ input }: Case): boolean => !('reply' in input) && Number(input.status ?? 200) >= 200
    const asked = cases.filter((one) => one.kind === 'http' && isAnswered(one))
    const made = certificates(t)
    if (!made) return
    const differences: unknown[] = []
    for (const one of asked) {
      const { request, errors } = answerOf(one)
      const reason = refusedFor(one)
      if (reason) {
        t.diagnostic(`${one.id} is refused at construction: ${reason}`)
        await assert.rejects(exchangeOf(t, one, made), /\[http\] option "(url|credentials)"/)
        continue
      }
      const got = await exchangeOf(t, one, made)
      const expected = { request, errors }
      if (!isDeepStrictEqual(shortened(got, expected.request), expected))
        differences.push({ id: one.id, expected, got })
    }
    assert.deepEqual(differences, [])
  })

  it('http: the same request from the pure function, also for urls that the option refuses', () => {
    // Of an absolute url Python takes the host for the header as well.
    const isPath = ({ input }: Case): boolean => !/^\w+:\/\//.test(String(input.url))
    const asked = cases.filter((one) => one.kind === 'http' && answerOf(one).request !== '' && isPath(one))
    const differences = asked.flatMap((one) => {
      const got = textOf(one)
      const { request } = answerOf(one)
      const { request: compared } = shortened({ request: got }, request)
      return isDeepStrictEqual(compared, request) ? [] : [{ id: one.id, request, got }]
    })
    assert.deepEqual(differences, [])
  })

  it('init: what the constructor takes, and what it refuses', () => {
    const differing = cases
      .filter(({ kind }) => kind === 'init')
      .filter(({ input, expect }) => constructs(decodeObject(input)) === 'error' in Object(expect))
    assert.deepEqual(differing, [])
  })
})

function constructs({ method, context, secure, credentials }: Record<string, unknown>): boolean {
  try {
    const given = { host: 'localhost', url: '/log', ...(context === true && { context: {} }), secure: secure === true }
    const options = { ...given, ...(method !== undefined && { method }), ...(credentials ? { credentials } : {}) }
    Reflect.apply(http, undefined, [options]).destroy()
    return true
  } catch {
    return false
  }
}

// A long request stands there as its length and its hash.
function answerOf({ expect }: Case): { request: unknown; errors: readonly unknown[] } {
  const { request = '', errors = [] }: { request?: unknown; errors?: readonly unknown[] } = Object(expect)
  return { request, errors }
}

// Python sends what is no path, or finds out with each record, and sends a user of which the server takes the beginning.
function refusedFor({ input }: Case): string | undefined {
  if (!/^\/[\x21-\x7e]*$/.test(String(input.url))) return `url ${JSON.stringify(input.url)} is no path`
  const [user, password] = credentialsOf(input) ?? ['', '']
  if (!user.isWellFormed() || !password.isWellFormed()) return 'the credentials are no text'
  return user.includes(':') ? 'the user has a colon' : undefined
}

function fieldsOf(input: Case['input']): Record<string, unknown> {
  const { attrs, only } = decodeObject(input)
  const all: Record<string, unknown> = { ...BASE, ...Object(attrs) }
  if (!Array.isArray(only)) return all
  return Object.fromEntries(Object.entries(all).filter(([name]) => only.includes(name)))
}

function credentialsOf(input: Case['input']): readonly [string, string] | undefined {
  const { credentials } = input
  return Array.isArray(credentials) ? [String(credentials[0]), String(credentials[1])] : undefined
}

function textOf({ input }: Case): string {
  const method = String(input.method ?? 'GET').toUpperCase() === 'POST' ? 'POST' : 'GET'
  const host = `${String(input.host ?? '127.0.0.1')}:{PORT}`
  const settings = { method, url: String(input.url), host, credentials: credentialsOf(input) } as const
  const { path, headers, body } = pythonRequest(settings, urlencode(fieldsOf(input)))
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return `${method} ${path} HTTP/1.1\r\n${lines}\r\n${body ?? ''}`
}

// Long requests are in the vectors as their length and hash.
function shortened<T extends { request: string }>(
  got: T,
  expected: unknown,
): Omit<T, 'request'> & { request: unknown } {
  if (typeof expected === 'string') return got
  const hex = createHash('sha256').update(got.request).digest('hex')
  return { ...got, request: { $: 'sha256', len: got.request.length, hex } }
}

async function exchangeOf(
  t: TestContext,
  { input }: Case,
  { ca, server: identity }: Certificates,
): Promise<{ request: string; errors: string[] }> {
  const heard: string[] = []
  const hear = (connection: Socket): void => {
    let text = ''
    connection.on('error', () => {})
    connection.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk
      const [head = '', body = ''] = text.split('\r\n\r\n')
      const length = Number(/^Content-length: (\d+)$/m.exec(head)?.[1] ?? 0)
      if (!text.includes('\r\n\r\n') || body.length < length) return
      heard.push(text)
      connection.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
    })
  }
  // 'context' is one that knows the authority, true is Python's own.
  const secure = Boolean(input.secure)
  const server = secure ? createSecureServer(identity, hear) : createServer(hear)
  const port = await listen(server)
  t.after(() => server.close())
  const errors: string[] = []
  const fields = fieldsOf(input)
  const credentials = credentialsOf(input)
  const options: HttpOptions = {
    host: `127.0.0.1:${port}`,
    url: String(input.url),
    method: String(input.method ?? 'GET').toUpperCase() === 'POST' ? 'POST' : 'GET',
    ...(credentials && { credentials }),
    secure,
    ...(input.secure === 'context' && { context: { ca } }),
    mapLogRecord: () => fields,
    onError: 'throw',
  }
  const handler = http(options).on('error', (error: Error) => errors.push(nameOf(error)))
  handler.write('{"level":30}\n')
  await new Promise<void>((resolve) => handler.end(resolve))
  assertBalanced(handler.stats)
  const shown = String(input.host ?? '127.0.0.1')
  return { request: heard.join('').replace(`Host: 127.0.0.1:${port}`, `Host: ${shown}:{PORT}`), errors }
}

// Python's name for an error.
function nameOf(error: Error): string {
  if (error instanceof PythonError) return error.name
  return /certificate/.test(error.message) ? 'SSLCertVerificationError' : error.message
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(portOf(server.address()))))
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address === 'object' && address !== null) return address.port
  throw new Error('the server has no port')
}
