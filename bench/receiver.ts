// The other end of a network peer, in a process of its own.

import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { root } from '../scripts/sources.js'

/** How records travel. */
export type Way = 'tcp' | 'http' | 'smtp' | 'udp' | 'unix-datagram'

/** Where a peer sends to: the port on 127.0.0.1, or the path of the Unix socket. */
export interface Destination {
  readonly port: number
  readonly path: string
}

export interface Receiver {
  readonly at: Destination
  /** Resolves when all senders have gone and what came is in the folder: with the time of the last bytes, on the clock that processes share. */
  finish(): Promise<number>
}

/**
 * Starts one.
 * @param folder gets a file for each connection, or one with all datagrams, each behind its length in four bytes
 * @param path the Unix socket, if that is the way
 */
export async function startReceiver(way: Way, folder: string, path: string): Promise<Receiver> {
  return follow(start(way, folder, path), path)
}

/**
 * Starts one that takes from a queue.
 * @param folder gets a file
 * @param queue the option `queue`
 */
export function startListener(folder: string, queue: object): Promise<Receiver> {
  const program = fileURLToPath(new URL('./receivers/queue.js', import.meta.url))
  return follow(open(process.execPath, [program, folder, JSON.stringify(queue)]), '')
}

type Child = ChildProcessByStdio<Writable, Readable, null>

async function follow(child: Child, path: string): Promise<Receiver> {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const { port = 0 } = await next(lines)
  return {
    at: { port, path },
    async finish() {
      child.stdin.end()
      const { last = 0 } = await next(lines)
      if (child.exitCode === null) await once(child, 'exit')
      return last
    },
  }
}

function start(way: Way, folder: string, path: string): Child {
  const node = way !== 'udp' && way !== 'unix-datagram'
  const command = node ? process.execPath : 'python3'
  const program = node
    ? fileURLToPath(new URL(`./receivers/${way}.js`, import.meta.url))
    : join(root, 'bench/receivers/datagrams.py')
  const args = way === 'unix-datagram' ? [program, folder, path] : [program, folder]
  return open(command, args)
}

function open(command: string, args: readonly string[]): Child {
  return spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
}

async function next(lines: AsyncIterator<string>): Promise<{ port?: number; last?: number }> {
  const { value, done } = await lines.next()
  if (done) throw new Error('the receiver has ended')
  return JSON.parse(value)
}
