// A NATS server of the test's own, with JetStream.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { missingProgram } from './required.js'
import { freePort, ServerProcess } from './server-process.js'
import { tempDir } from './temp-dir.js'

/** The reason to skip a test that needs nats-server; false where it is there or has to be. */
export const noNats: string | false = missingProgram('nats-server')

/** How a server differs from one that nobody configured. */
export interface NatsServerOptions {
  /** More lines of its configuration. */
  readonly config?: readonly string[]
  /** It speaks TLS only, as this one. */
  readonly identity?: { readonly key: string; readonly cert: string }
}

/** A NATS server that keeps its streams in a folder of the test's own. */
export class NatsServer {
  readonly port: number
  readonly #dir: string
  #process: ServerProcess | undefined

  private constructor(port: number, dir: string) {
    this.port = port
    this.#dir = dir
  }

  /** Starts a server, stopped after the test. */
  static async start(t: Pick<TestContext, 'after'>, options: NatsServerOptions = {}): Promise<NatsServer> {
    let server: NatsServer | undefined
    // Before its folder goes.
    t.after(() => server?.kill())
    server = new NatsServer(await freePort(), tempDir(t))
    server.#configure(options)
    await server.start()
    return server
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`
  }

  /** Starts it again where it was. */
  async start(): Promise<void> {
    this.#process = await ServerProcess.start({
      command: 'nats-server',
      args: ['-c', join(this.#dir, 'nats.conf')],
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

  #configure({ config = [], identity }: NatsServerOptions): void {
    const lines = [
      `listen: 127.0.0.1:${this.port}`,
      `jetstream { store_dir: ${JSON.stringify(join(this.#dir, 'store'))} }`,
      'max_payload: 16MB',
      ...config,
    ]
    if (identity) {
      for (const [name, pem] of Object.entries(identity)) writeFileSync(join(this.#dir, `${name}.pem`), pem)
      lines.push(`tls { cert_file: "${this.#dir}/cert.pem", key_file: "${this.#dir}/key.pem" }`)
    }
    writeFileSync(join(this.#dir, 'nats.conf'), `${lines.join('\n')}\n`)
  }
}
