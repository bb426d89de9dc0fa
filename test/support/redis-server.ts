// A Redis server of the test's own.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { missingProgram } from './required.js'
import { freePort, ServerProcess } from './server-process.js'
import { tempDir } from './temp-dir.js'

/** The reason to skip a test that needs redis-server; false where it is there or has to be. */
export const noRedis: string | false = missingProgram('redis-server')

/** How a server differs from one that nobody configured. */
export interface RedisServerOptions {
  /** More lines of its configuration. */
  readonly config?: readonly string[]
  /** It speaks TLS only, as this one. */
  readonly identity?: { readonly key: string; readonly cert: string; readonly ca: string }
  /** It is a sentinel, which knows this server under a name. */
  readonly watches?: { readonly name: string; readonly port: number }
}

/** A Redis server whose entries are on the disk before it answers. */
export class RedisServer {
  readonly port: number
  readonly #dir: string
  #isSentinel = false
  #process: ServerProcess | undefined

  private constructor(port: number, dir: string) {
    this.port = port
    this.#dir = dir
  }

  /** Starts a server, stopped after the test. */
  static async start(t: Pick<TestContext, 'after'>, options: RedisServerOptions = {}): Promise<RedisServer> {
    let server: RedisServer | undefined
    // Before its folder goes.
    t.after(() => server?.kill())
    server = new RedisServer(await freePort(), tempDir(t))
    server.#configure(options)
    await server.start()
    return server
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** Starts it again where it was. */
  async start(): Promise<void> {
    this.#process = await ServerProcess.start({
      command: 'redis-server',
      args: [join(this.#dir, 'redis.conf'), ...(this.#isSentinel ? ['--sentinel'] : [])],
      env: process.env,
      accepts: [{ host: '127.0.0.1', port: this.port }],
    })
  }

  /** Ends it as a crash does. */
  async kill(): Promise<void> {
    await this.#process?.stop('SIGKILL')
  }

  /** Lets it stand still, or go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process?.signal(signal)
  }

  #configure({ config = [], identity, watches }: RedisServerOptions): void {
    this.#isSentinel = watches !== undefined
    const usual = ['save ""', 'appendonly yes', 'appendfsync always']
    const role = watches ? [`sentinel monitor ${watches.name} 127.0.0.1 ${watches.port} 1`] : usual
    const lines = ['bind 127.0.0.1', `dir ${this.#dir}`, ...role, ...config]
    if (identity) {
      for (const [name, pem] of Object.entries(identity)) writeFileSync(join(this.#dir, `${name}.pem`), pem)
      lines.push('port 0', `tls-port ${this.port}`, 'tls-auth-clients no')
      lines.push(`tls-cert-file ${this.#dir}/cert.pem`, `tls-key-file ${this.#dir}/key.pem`)
      lines.push(`tls-ca-cert-file ${this.#dir}/ca.pem`)
    } else lines.push(`port ${this.port}`)
    writeFileSync(join(this.#dir, 'redis.conf'), `${lines.join('\n')}\n`)
  }
}
