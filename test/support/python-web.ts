// Python's web server and Python's HTTPHandler, in processes of their own.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { encode } from './python-frames.js'
import { until } from './until.js'

// A request as Python's server has read it.
interface PythonRequest {
  /** All of its bytes, as latin-1. */
  readonly raw: string
  /** Which connection it came over. */
  readonly connection: number
  /** Its form, as urllib.parse reads it. */
  readonly fields: Readonly<Record<string, string>>
}

/** A server that speaks a version of HTTP. */
export interface PythonServer {
  readonly host: string
  /** Resolves with all requests so far, once there are as many. */
  requests(count: number): Promise<readonly PythonRequest[]>
}

/** Starts http.server, until the test ends. */
export async function startPythonServer(
  t: Pick<TestContext, 'after'>,
  protocol: 'HTTP/1.0' | 'HTTP/1.1',
): Promise<PythonServer> {
  const script = resolve('test/python/http_server.py')
  const child = spawn('python3', [script, protocol], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(async () => {
    const ended = once(child, 'close')
    child.kill('SIGKILL')
    await ended
  })
  const told = createInterface(child.stdout)
  const [ready]: string[] = await once(told, 'line')
  const { port }: { port: number } = JSON.parse(ready ?? '{}')
  const requests: PythonRequest[] = []
  told.on('line', (line) => requests.push(parseRequest(line)))
  return {
    host: `127.0.0.1:${port}`,
    async requests(count) {
      await until(() => requests.length >= count, 60_000)
      return [...requests]
    },
  }
}

/** What Python's HTTPHandler is made of. */
export interface PythonHandlerOptions {
  readonly host: string
  readonly url: string
  readonly method: 'GET' | 'POST'
  readonly credentials?: readonly [string, string] | undefined
}

/** Has Python's HTTPHandler send records, given as their dictionaries; returns when it has, with what it wrote to stderr. */
export function sendByPython(records: readonly (readonly [options: PythonHandlerOptions, record: object])[]): string {
  const { stderr } = spawnSync('python3', [resolve('test/python/http_sender.py')], {
    input: records.map(([options, record]) => `${JSON.stringify([options, encode(record)])}\n`).join(''),
    encoding: 'utf8',
  })
  return stderr
}

function parseRequest(line: string): PythonRequest {
  return JSON.parse(line)
}
