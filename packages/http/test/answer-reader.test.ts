// The reader of answers, given their bytes in every way that a connection may cut them.

import assert from 'node:assert/strict'
import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { AnswerReader, type ReadAnswer } from '@pino-handlers/http/wire'

describe('AnswerReader', () => {
  const answers: Readonly<Record<string, [text: string, status: number, body: string, keepsOpen: boolean]>> = {
    'a length': ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', 200, 'hello', true],
    'no body': ['HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n', 204, '', true],
    'not modified': ['HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n', 304, '', true],
    'no reason': ['HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n', 200, '', true],
    'empty values and spaces': ['HTTP/1.1 200 OK\r\nX:\r\ncontent-length: \t2 \t\r\n\r\nok', 200, 'ok', true],
    'answers on the way': [
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\nx',
      201,
      'x',
      true,
    ],
    chunks: [
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n6 ;a="b"\r\n world\r\n0\r\nDigest: x\r\n\r\n',
      200,
      'hello world',
      true,
    ],
    'chunks that are no more': ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 200, '', true],
    'the last one': ['HTTP/1.1 503 Busy\r\nConnection: x, Close\r\nContent-Length: 2\r\n\r\nno', 503, 'no', false],
    'HTTP/1.0 that stays': [
      'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok',
      200,
      'ok',
      true,
    ],
    'HTTP/1.0': ['HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok', 200, 'ok', false],
  }

  for (const [what, [text, status, body, keepsOpen]] of Object.entries(answers)) {
    it(`reads ${what}, wherever the bytes are cut`, () => {
      assert.deepEqual(
        readings(text).map((each) => shown(each)),
        readings(text).map(() => ({ status, body, keepsOpen })),
      )
    })
  }

  it('reads what ends with the connection, wherever the bytes are cut', () => {
    const text = 'HTTP/1.1 200 OK\r\n\r\nto the end'
    const got = cuts(text).map((pieces) => {
      const reader = new AnswerReader()
      for (const piece of pieces) if (reader.push(Buffer.from(piece, 'latin1'))) return undefined
      return shown(reader.end())
    })
    assert.deepEqual(
      got,
      got.map(() => ({ status: 200, body: 'to the end', keepsOpen: false })),
    )
  })

  it('gives the value of Retry-After, and does not use a connection again on which more came', () => {
    const reader = new AnswerReader()
    const text = 'HTTP/1.1 429 Slow\r\nretry-AFTER: 7\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 200 OK\r\n'
    assert.deepEqual(reader.push(Buffer.from(text)), { status: 429, retryAfter: '7', text: 'x', keepsOpen: false })
  })

  const wrong: Readonly<Record<string, string>> = {
    'another protocol': '220 mail.example.org ESMTP\r\n',
    'HTTP/2': 'HTTP/2 200\r\n\r\n',
    'no status': 'HTTP/1.1 OK\r\n\r\n',
    'a status of four digits': 'HTTP/1.1 2000 OK\r\n\r\n',
    'a change of protocol': 'HTTP/1.1 101 Switching Protocols\r\n\r\n',
    'a line without a colon': 'HTTP/1.1 200 OK\r\nServer\r\n\r\n',
    'a space before the colon': 'HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\n',
    'a folded line': 'HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n',
    'a bare newline in a value': 'HTTP/1.1 200 OK\r\nX: a\nContent-Length: 0\r\n\r\n',
    'two lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n',
    'a length that is none': 'HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n',
    'a length and chunks': 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n',
    'another coding': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n',
    'chunks in HTTP/1.0': 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
    'the size of a chunk that is none': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\n',
    'a chunk that is longer than it says': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n',
    'a head without end': `HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(4000)}`,
  }

  for (const [what, text] of Object.entries(wrong)) {
    it(`refuses ${what}`, () => {
      assert.throws(() => new AnswerReader().push(Buffer.from(text)), /^Error: its answer is not understood, as to /)
    })
  }

  it('says that the connection is gone when an answer is cut off, wherever that is', () => {
    const text = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'
    const got = Array.from({ length: text.length }, (_, end) => {
      const reader = new AnswerReader()
      reader.push(Buffer.from(text.slice(0, end)))
      return codeOf(() => reader.end())
    })
    assert.deepEqual(
      got,
      got.map(() => 'ECONNRESET'),
    )
  })

  it('reads what node:http answers, at once and byte by byte', async (t) => {
    const scripts: ((response: ServerResponse) => void)[] = [
      (response) => response.end(),
      (response) => response.end('a body of some bytes: ü'),
      (response) => response.writeHead(204).end(),
      (response) => response.writeHead(413, { 'retry-after': 'Sun, 06 Nov 1994 08:49:37 GMT' }).end('x'.repeat(70_000)),
      (response) => {
        response.writeHead(503, { trailer: 'X-Sum' })
        for (let size = 1; size < 5000; size *= 3) response.write('y'.repeat(size))
        response.addTrailers({ 'X-Sum': '1' })
        response.end()
      },
      (response) => {
        response.writeContinue()
        response.writeEarlyHints({ link: '</style.css>; rel=preload' })
        response.shouldKeepAlive = false
        response.end('the last')
      },
    ]
    const bytes = await Promise.all(scripts.map((script) => bytesOf(t, script)))
    const whole = bytes.map((each) => new AnswerReader().push(each))
    const single = bytes.map((each) => {
      const reader = new AnswerReader()
      return Array.from(each, (byte) => reader.push(Buffer.from([byte]))).at(-1)
    })
    const expected = [
      { status: 200, body: '', keepsOpen: true },
      { status: 200, body: 'a body of some bytes: ü', keepsOpen: true },
      { status: 204, body: '', keepsOpen: true },
      { status: 413, body: 'x'.repeat(70_000), keepsOpen: true },
      { status: 503, body: 'y'.repeat(1 + 3 + 9 + 27 + 81 + 243 + 729 + 2187), keepsOpen: true },
      { status: 200, body: 'the last', keepsOpen: false },
    ]
    assert.deepEqual([whole.map(shown), single.map(shown)], [expected, expected])
  })
})

// What node:http sends, until it has been quiet on a connection that it then closes.
async function bytesOf(t: TestContext, script: (response: ServerResponse) => void): Promise<Buffer> {
  const server = createServer((request, response) => {
    response.on('finish', () => request.socket.end())
    script(response)
  })
  t.after(() => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const socket = connect(portOf(server.address()), '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address === 'object' && address !== null) return address.port
  throw new Error('the server has no port')
}

// At once, byte by byte, and in two pieces at each place.
function cuts(text: string): string[][] {
  const two = Array.from({ length: text.length - 1 }, (_, at) => [text.slice(0, at + 1), text.slice(at + 1)])
  return [[text], Array.from(text), ...two]
}

function readings(text: string): (ReadAnswer | undefined)[] {
  return cuts(text).map((pieces) => {
    const reader = new AnswerReader()
    const answers = pieces.map((piece) => reader.push(Buffer.from(piece, 'latin1')))
    return answers.every((answer, index) => (answer === undefined) === index < answers.length - 1)
      ? answers.at(-1)
      : undefined
  })
}

function shown(answer: ReadAnswer | undefined): object | undefined {
  return answer && { status: answer.status, body: answer.text, keepsOpen: answer.keepsOpen }
}

function codeOf(read: () => unknown): unknown {
  try {
    return read()
  } catch (error) {
    return Object(error).code
  }
}
