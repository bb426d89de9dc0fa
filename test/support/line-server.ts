// A server on a Unix socket, on Windows a pipe, that keeps the lines it gets; and what it keeps, by the folder of a test.

import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { until } from './until.js'

const received = new Map<string, string[]>()

/** Where the server for a folder is, or will be. */
export function lineServerPath(dir: string): string {
  return process.platform === 'win32' ? join(String.raw`\\.\pipe`, dir) : join(dir, 'socket')
}

/** Starts a server for the folder of a test, until that ends, and returns its path. */
export function startLineServer(t: Pick<TestContext, 'after'>, dir: string): string {
  const path = lineServerPath(dir)
  const connections = new Set<Socket>()
  const lines: string[] = []
  received.set(dir, lines)
  const server = createServer((connection) => {
    connections.add(connection)
    let rest = ''
    connection.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split(/(?<=\n)/)
      rest = parts.at(-1)?.endsWith('\n') ? '' : (parts.pop() ?? '')
      lines.push(...parts)
    })
    connection.on('error', () => connection.destroy())
  })
  server.listen(path)
  t.after(() => {
    received.delete(dir)
    for (const connection of connections) connection.destroy()
    server.close()
  })
  return path
}

/** The lines that the server of a folder has got, once there are `count` of them. */
export async function linesReceived(dir: string, count: number): Promise<readonly string[]> {
  const lines = received.get(dir) ?? []
  await until(() => lines.length >= count)
  return lines
}
