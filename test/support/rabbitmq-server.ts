// A RabbitMQ server of the test's own.

import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import { freePort, ServerProcess } from './server-process.js'
import { tempDir } from './temp-dir.js'

// The one in the path changes to a user of its own.
const PROGRAM = '/usr/lib/rabbitmq/bin/rabbitmq-server'

/** The reason to skip a test that needs rabbitmq-server; false where it is there or has to be. */
export const noRabbitmq: string | false =
  !existsSync(PROGRAM) && process.env.PINO_HANDLERS_REQUIRE_SERVERS !== '1' && 'rabbitmq-server is missing'

/** How a server differs from one that nobody configured. */
export interface RabbitmqServerOptions {
  /** More lines of its configuration. */
  readonly config?: readonly string[]
  /** It speaks TLS as well, as this one. */
  readonly identity?: { readonly key: string; readonly cert: string; readonly ca: string } | undefined
  /** Names, which are passwords too, of users that may use the virtual host and nothing in it. */
  readonly strangers?: readonly string[]
}

/** A RabbitMQ server that keeps its queues in a folder of the test's own. */
export class RabbitmqServer {
  readonly port: number
  readonly tlsPort: number
  readonly #dir: string
  readonly #env: NodeJS.ProcessEnv
  #process: ServerProcess | undefined

  private constructor(port: number, tlsPort: number, dir: string, env: NodeJS.ProcessEnv) {
    this.port = port
    this.tlsPort = tlsPort
    this.#dir = dir
    this.#env = env
  }

  /** Starts a server, stopped after the test. */
  static async start(t: Pick<TestContext, 'after'>, options: RabbitmqServerOptions = {}): Promise<RabbitmqServer> {
    let server: RabbitmqServer | undefined
    // Before its folder goes.
    t.after(() => server?.kill())
    const [port, distPort, namesPort] = [await freePort(), await freePort(), await freePort()]
    // Nodes find each other by it, and the server starts one that stays unless there is one.
    const names = await ServerProcess.start({
      command: 'epmd',
      args: ['-port', String(namesPort), '-address', '127.0.0.1'],
      env: process.env,
      accepts: [{ host: '127.0.0.1', port: namesPort }],
    })
    t.after(() => names.stop('SIGKILL'))
    const dir = tempDir(t)
    server = new RabbitmqServer(port, await freePort(), dir, environment(dir, port, distPort, namesPort))
    server.#configure(options)
    await server.start()
    return server
  }

  get url(): string {
    return `amqp://127.0.0.1:${this.port}`
  }

  /** Starts it again where it was. */
  async start(): Promise<void> {
    this.#process = await ServerProcess.start({
      command: PROGRAM,
      args: [],
      env: this.#env,
      accepts: [{ host: '127.0.0.1', port: this.port }],
    })
  }

  /** Asks it for something, as those do who run it. */
  async control(...args: readonly string[]): Promise<void> {
    await promisify(execFile)(join(dirname(PROGRAM), 'rabbitmqctl'), [...args], { env: this.#env })
  }

  /** Ends it as a crash does. */
  async kill(): Promise<void> {
    await this.#process?.stop('SIGKILL')
  }

  /** Lets it stand still, or go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process?.signal(signal)
  }

  #configure({ config = [], identity, strangers = [] }: RabbitmqServerOptions): void {
    const dir = this.#dir
    const lines = ['log.console = true', 'log.file = false', `listeners.tcp.1 = 127.0.0.1:${this.port}`, ...config]
    lines.push(`load_definitions = ${dir}/definitions.json`)
    writeFileSync(join(dir, 'definitions.json'), JSON.stringify(definitions(strangers)))
    if (identity) {
      for (const [name, pem] of Object.entries(identity)) writeFileSync(join(dir, `${name}.pem`), pem)
      lines.push(`listeners.ssl.1 = 127.0.0.1:${this.tlsPort}`)
      lines.push(`ssl_options.certfile = ${dir}/cert.pem`, `ssl_options.keyfile = ${dir}/key.pem`)
      lines.push(`ssl_options.cacertfile = ${dir}/ca.pem`)
    }
    writeFileSync(join(dir, 'rabbitmq.conf'), `${lines.join('\n')}\n`)
    writeFileSync(join(dir, 'plugins'), '[].\n')
    writeFileSync(join(dir, 'env.conf'), '')
    mkdirSync(join(dir, 'log'))
  }
}

function definitions(strangers: readonly string[]): unknown {
  const users = ['guest', ...strangers]
  return {
    vhosts: [{ name: '/' }],
    users: users.map((name) => ({ name, password: name, tags: '' })),
    permissions: users.map((user) => {
      const what = strangers.includes(user) ? '^$' : '.*'
      return { user, vhost: '/', configure: what, write: what, read: what }
    }),
  }
}

function environment(dir: string, port: number, distPort: number, namesPort: number): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: dir,
    ERL_EPMD_PORT: String(namesPort),
    RABBITMQ_NODENAME: `test${port}@localhost`,
    RABBITMQ_DIST_PORT: String(distPort),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
      '+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}',
    RABBITMQ_CONF_ENV_FILE: join(dir, 'env.conf'),
    RABBITMQ_CONFIG_FILE: join(dir, 'rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(dir, 'plugins'),
    RABBITMQ_MNESIA_BASE: join(dir, 'mnesia'),
    RABBITMQ_LOG_BASE: join(dir, 'log'),
    RABBITMQ_PID_FILE: join(dir, 'pid'),
    // Then the process that is started is the server itself.
    RUNNING_UNDER_SYSTEMD: '1',
  }
}
