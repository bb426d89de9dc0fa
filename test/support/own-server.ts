// A server of the test's own that can be killed, and started again where it was.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { freePort, ServerProcess } from './server-process.js'
import { tempDir } from './temp-dir.js'

/** What makes one kind of server. */
export interface OwnServerPlan {
  readonly command: string
  /** How its URLs begin: 'redis'. */
  readonly scheme: string
  /** What it is given, where `file` is its configuration. */
  args(file: string): readonly string[]
  /** The lines of its configuration; it keeps what it has in `dir`. */
  config(dir: string, port: number): readonly string[]
  /** What lies in `dir` beside it, by name. */
  readonly files?: Readonly<Record<string, string>> | undefined
}

/** A server with one port and a folder. */
export class OwnServer {
  readonly port: number
  readonly url: string
  readonly #command: string
  readonly #args: readonly string[]
  #process: ServerProcess | undefined

  private constructor(plan: OwnServerPlan, port: number, dir: string) {
    const file = join(dir, 'server.conf')
    this.port = port
    this.url = `${plan.scheme}://127.0.0.1:${port}`
    this.#command = plan.command
    this.#args = plan.args(file)
    for (const [name, text] of Object.entries(plan.files ?? {})) writeFileSync(join(dir, name), text)
    writeFileSync(file, `${plan.config(dir, port).join('\n')}\n`)
  }

  /** Starts a server, stopped after the test. */
  static async start(t: Pick<TestContext, 'after'>, plan: OwnServerPlan): Promise<OwnServer> {
    let server: OwnServer | undefined
    // Before its folder goes.
    t.after(() => server?.kill())
    server = new OwnServer(plan, await freePort(), tempDir(t))
    await server.start()
    return server
  }

  /** Starts it again where it was. */
  async start(): Promise<void> {
    this.#process = await ServerProcess.start({
      command: this.#command,
      args: this.#args,
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
}
