// What the documentation shows in Python must be Python, and its receivers must receive.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it, type TestContext } from 'node:test'
import http, { type HttpOptions } from '@pino-handlers/http'
import socket, { type SocketOptions } from '@pino-handlers/socket'
import { line } from './support/lines.js'
import { blocksOf, documents } from './support/markdown.js'
import { noPython } from './support/python-frames.js'
import { freePort, ServerProcess } from './support/server-process.js'
import { until } from './support/until.js'

describe('Python in the documentation', { skip: noPython }, () => {
  it('can be parsed', () => {
    const blocks = documents.map((document) => [document, pythonIn(document)])
    const script =
      'import ast, json, sys\nfor name, blocks in json.load(sys.stdin):\n for block in blocks: ast.parse(block, name)'
    const { stderr } = spawnSync('python3', ['-c', script], { input: JSON.stringify(blocks), encoding: 'utf8' })

    assert.equal(stderr, '')
  })
})

describe('the receivers in docs/handlers/socket.md', { skip: noPython }, () => {
  const page = 'docs/handlers/socket.md'
  const [plain = '', signed = ''] = pythonIn(page).filter((code) => code.includes('serve_forever'))
  const key = 'sécret'

  it('print what a logger has sent', async (t) => {
    const server = await startReceiver(t, plain)

    await send(server.port, {}, line('hello', { name: 'app', level: 40 }))

    assert.match(await server.said('hello'), /^[\d-]+ [\d:,]+ WARNING app: hello\n$/)
  })

  it('print what was signed with their key, and refuse the rest', async (t) => {
    const server = await startReceiver(t, signed, { LOG_KEY: key })

    await send(server.port, { hmac: { key: 'guessed' } }, line('forged'))
    await server.said('wrong digest')
    await send(server.port, { hmac: { key } }, line('hello naïve €'))

    const said = await server.said('hello')
    assert.match(said, /^.* ERROR root: a record with a wrong digest from .*\n.* INFO root: hello naïve €\n$/)
  })

  it('call nothing that a pickle names', async (t) => {
    const server = await startReceiver(t, plain)
    const makePickle = (): Buffer => {
      const pickle = Buffer.from("cbuiltins\nprint\n(S'called'\ntR.")
      const length = Buffer.alloc(4)
      length.writeUInt32BE(pickle.length)
      return Buffer.concat([length, pickle])
    }

    await send(server.port, { makePickle }, line('any'))

    assert.match(await server.said('print is forbidden'), /UnpicklingError: builtins\.print is forbidden/)
  })
})

describe('the receivers in docs/handlers/http.md', { skip: noPython }, () => {
  const receivers = pythonIn('docs/handlers/http.md').filter((code) => code.includes('serve_forever'))
  const [forms = '', lines = ''] = receivers

  it('print what a logger has sent as forms', async (t) => {
    const server = await startReceiver(t, forms)

    const text = line('fine') + line('hello naïve €', { name: 'app', level: 40, err: { stack: 'Error: bad' } })
    const delivered = await post(server.port, { method: 'POST' }, text)

    assert.match(
      await server.said('Error: bad'),
      /^[\d-]+ [\d:,]+ INFO root: fine\n.* WARNING app: hello naïve €\nError: bad\n$/,
    )
    assert.equal(delivered, 2)
  })

  it('print what a logger has sent as lines, compressed', async (t) => {
    const server = await startReceiver(t, lines)
    const failed = line('hello', { name: 'app', level: 40, err: { stack: 'Error: bad' } })
    const text = failed.repeat(10) + line('last')

    const delivered = await post(server.port, { format: 'ndjson', gzip: true }, text)

    assert.match(await server.said('last'), /^(.* WARNING app: hello\nError: bad\n){10}.* INFO root: last\n$/)
    assert.equal(delivered, 11)
  })
})

/** A receiver of the page in a process of its own. */
interface RunningReceiver {
  readonly port: number
  /** All that it has said, once `text` is part of it. */
  said(text: string): Promise<string>
}

async function startReceiver(t: TestContext, code: string, env: NodeJS.ProcessEnv = {}): Promise<RunningReceiver> {
  const port = await freePort()
  const server = await ServerProcess.start({
    command: 'python3',
    args: ['-u', '-c', code.replace('9020', String(port))],
    env: { ...process.env, PYTHONUTF8: '1', ...env },
    accepts: [{ host: '127.0.0.1', port }],
  })
  t.after(() => server.stop())
  return {
    port,
    async said(text) {
      await until(() => server.output.includes(text) && server.output.endsWith('\n'))
      return server.output
    },
  }
}

async function send(port: number, options: Partial<SocketOptions>, text: string): Promise<void> {
  const handler = socket({ host: '127.0.0.1', port, ...options })
  handler.end(text)
  await new Promise((resolve) => handler.on('close', resolve))
}

async function post(port: number, options: Partial<HttpOptions>, text: string): Promise<number> {
  const handler = http({ host: `127.0.0.1:${port}`, url: '/log', ...options })
  handler.end(text)
  await new Promise((resolve) => handler.on('close', resolve))
  return handler.stats.delivered
}

/** The blocks of a document that are marked `python`. */
function pythonIn(document: string): string[] {
  return blocksOf(document).flatMap(({ language, code }) => (language === 'python' ? [code] : []))
}
