// Servers in processes of their own, which end by their own pid.

import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer, type NetConnectOpts } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A program to run, until it is stopped. */
export interface ServerCommand {
  readonly command: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** Where it accepts connections when it is ready; all of them have to. */
  readonly accepts: readonly NetConnectOpts[]
}

// Far more than any server takes, on a machine that is busy with other tests.
const LIMIT = 240_000

/** A server that runs in a process of its own. */
export class ServerProcess {
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown>
  #output = ''

  private constructor({ command, args, env }: ServerCommand) {
    this.#child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text
      })
    }
    this.#ended = new Promise((resolve) => {
      this.#child.on('close', resolve)
      this.#child.on('error', (error) => {
        this.#output += error
        resolve(error)
      })
    })
  }

  /** Starts a server and resolves when it accepts connections; rejects with what it said if it ends before. */
  static async start(command: ServerCommand): Promise<ServerProcess> {
    const server = new ServerProcess(command)
    const over = new AbortController()
    server.#ended.then(() => over.abort())
    const timer = setTimeout(() => over.abort(), LIMIT)
    try {
      for (const address of command.accepts) await accepting(address, over.signal)
      return server
    } catch (error) {
      await server.stop('SIGKILL')
      throw new Error(`${command.command} did not start: ${server.#output}`, { cause: error })
    } finally {
      clearTimeout(timer)
    }
  }

  /** What the server has said so far. */
  get output(): string {
    return this.#output
  }

  /** Lets it stand still, or go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal)
  }

  /** Sends the signal and resolves when the server has ended; one that takes too long is killed. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.#child.kill(signal)
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), LIMIT)
    await this.#ended
    clearTimeout(timer)
  }
}

// A server tells nobody that it has begun to listen.
async function accepting(address: NetConnectOpts, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted()
    const socket = connect(address)
    try {
      await once(socket, 'connect', { signal })
      return
    } catch {
      await sleep(5)
    } finally {
      socket.destroy()
    }
  }
}

/** A port of 127.0.0.1 that is free for both TCP and UDP, and which the system gives to nobody else by itself. */
export async function freePort(): Promise<number> {
  // Below the ports of outgoing connections and of servers that ask for any: free still after a restart.
  const port = 12_000 + Math.floor(Math.random() * 20_000)
  const tcp = createServer()
  const udp = createSocket('udp4')
  try {
    await once(tcp.listen(port, '127.0.0.1'), 'listening')
    udp.bind(port, '127.0.0.1')
    await once(udp, 'listening')
    return port
  } catch {
    return await freePort()
  } finally {
    tcp.close()
    udp.close()
  }
}
