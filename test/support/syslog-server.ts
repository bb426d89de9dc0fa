// What tests see of a real syslog daemon, whichever it is.

import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import type { NetConnectOpts } from 'node:net'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { certificates, type Identity } from './certificates.js'
import { freePort, ServerProcess } from './server-process.js'
import { tempDir } from './temp-dir.js'
import { until } from './until.js'

/** Where a daemon listens: ports of 127.0.0.1 and paths of Unix sockets. */
export interface SyslogInputs {
  readonly udp: number
  /** TCP, each message ended by a line feed. */
  readonly tcpLf: number
  /** TCP, each message preceded by its length. */
  readonly tcpOctet: number
  /** TLS, each message preceded by its length; the certificate is `server` of `certificates`. */
  readonly tlsOctet: number
  /** Datagrams parsed as from the network. */
  readonly unixDatagram: string
  /** Datagrams parsed as those of `/dev/log`. */
  readonly devLog: string
  /** A stream parsed as from the network, each message ended by a line feed. */
  readonly unixStream: string
}

/** The name of one input. */
export type SyslogInput = keyof SyslogInputs

/** A message as the daemon understood it. What the message did not say is '', unless the daemon put something in. */
export interface SyslogMessage {
  readonly input: SyslogInput
  readonly facility: number
  readonly severity: number
  /** In RFC 3339, to the microsecond, with `Z` for UTC. */
  readonly time: string
  readonly hostname: string
  readonly app: string
  readonly procid: string
  readonly msgid: string
  /** The structured data, as it was sent. */
  readonly data: string
  readonly msg: string
  /** All of the message as it came in. */
  readonly raw: string
}

/** What the two daemons differ in. */
export interface Daemon {
  readonly command: string
  /** The arguments, `dir` being the daemon's folder, with the configuration in `dir`/daemon.conf. */
  args(dir: string): readonly string[]
  readonly env: NodeJS.ProcessEnv
  /**
   * The text of the configuration. Messages go to `dir`/messages as lines of JSON, whose values are those of a message or
   * their texts. UDP and datagram inputs open before the others. `dir`/ca.pem, cert.pem and key.pem are for TLS.
   */
  config(dir: string, inputs: SyslogInputs): string
}

/** A running daemon. */
export class SyslogServer {
  readonly inputs: SyslogInputs
  readonly #daemon: Daemon
  readonly #dir: string
  readonly #received: SyslogMessage[] = []
  #position = 0
  #process: ServerProcess | undefined

  private constructor(daemon: Daemon, dir: string, inputs: SyslogInputs) {
    this.inputs = inputs
    this.#daemon = daemon
    this.#dir = dir
  }

  /** Starts a daemon with a folder of its own, and ends it after the test; skips the test where openssl is missing. */
  static async start(t: TestContext, daemon: Daemon): Promise<SyslogServer | undefined> {
    const made = certificates(t)
    if (!made) return undefined
    // Registered first, so that the daemon has ended when its folder goes.
    let server: SyslogServer | undefined
    t.after(() => server?.stop('SIGKILL'))
    const dir = tempDir(t)
    const [udp, tcpLf, tcpOctet, tlsOctet] = [await freePort(), await freePort(), await freePort(), await freePort()]
    const [unixDatagram, devLog, unixStream] = [join(dir, 'datagram'), join(dir, 'dev-log'), join(dir, 'stream')]
    const inputs = { udp, tcpLf, tcpOctet, tlsOctet, unixDatagram, devLog, unixStream }
    writeIdentity(dir, made.ca, made.server)
    mkdirSync(join(dir, 'work'))
    writeFileSync(join(dir, 'daemon.conf'), daemon.config(dir, inputs))
    writeFileSync(join(dir, 'messages'), '')
    server = new SyslogServer(daemon, dir, inputs)
    await server.start()
    return server
  }

  /** Starts the daemon again after `stop`, with the same inputs. */
  async start(): Promise<void> {
    const { tcpLf, tcpOctet, tlsOctet, unixDatagram, devLog, unixStream } = this.inputs
    // A daemon that was killed leaves its sockets behind, and perhaps half a line.
    for (const path of [unixDatagram, devLog, unixStream]) rmSync(path, { force: true })
    this.#read()
    truncateSync(join(this.#dir, 'messages'), this.#position)
    const accepts: NetConnectOpts[] = [tcpLf, tcpOctet, tlsOctet].map((port) => ({ host: '127.0.0.1', port }))
    this.#process = await ServerProcess.start({
      command: this.#daemon.command,
      args: this.#daemon.args(this.#dir),
      env: { ...this.#daemon.env, PATH: process.env.PATH, TZ: 'UTC' },
      accepts: [...accepts, { path: unixStream }],
    })
  }

  /** Ends the daemon and resolves when it has ended. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.#process?.stop(signal)
    this.#process = undefined
  }

  /** Ends the daemon and starts it again, with the same inputs. */
  async restart(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.stop(signal)
    await this.start()
  }

  /**
   * All messages since the first start, of which there are at least `count`: waits until so many have come in, at the
   * most `limit` milliseconds, and rejects with those that have. Those of one connection are in order.
   */
  async messages(count: number, limit = 120_000): Promise<readonly SyslogMessage[]> {
    try {
      await until(() => this.#read() >= count, limit)
      return [...this.#received]
    } catch (cause) {
      const said = this.#process?.output
      const came = this.#received.slice(-20).map((message) => JSON.stringify(message))
      const text = [`${this.#received.length} messages came in, not ${count}`, said, ...came].join('\n')
      throw new Error(text, { cause })
    }
  }

  /** Reads the lines that are complete. */
  #read(): number {
    const fd = openSync(join(this.#dir, 'messages'), 'r')
    try {
      const bytes = Buffer.alloc(fstatSync(fd).size - this.#position)
      readSync(fd, bytes, 0, bytes.length, this.#position)
      const end = bytes.lastIndexOf('\n') + 1
      this.#position += end
      const lines = bytes.toString('utf8', 0, end).split('\n').slice(0, -1)
      for (const line of lines) this.#received.push(parseMessage(line))
      return this.#received.length
    } finally {
      closeSync(fd)
    }
  }
}

type Written = { readonly [key in keyof SyslogMessage]: SyslogMessage[key] | string }

function parseMessage(line: string): SyslogMessage {
  const { hostname, app, procid, msgid, data, ...written }: Written = JSON.parse(line)
  // rsyslog writes what is not there as the protocol does.
  const text = (value: string): string => (value === '-' ? '' : value)
  return {
    input: written.input as SyslogInput,
    facility: Number(written.facility),
    severity: Number(written.severity),
    time: written.time.replace(/\+00:00$/, 'Z'),
    hostname: text(hostname),
    app: text(app),
    procid: text(procid),
    msgid: text(msgid),
    // syslog-ng counts what it hears from Unix sockets.
    data: text(data).replace(/\[meta sequenceId="\d+"\]$/, ''),
    msg: written.msg,
    raw: written.raw,
  }
}

function writeIdentity(dir: string, ca: string, { cert, key }: Identity): void {
  writeFileSync(join(dir, 'ca.pem'), ca)
  writeFileSync(join(dir, 'cert.pem'), cert)
  writeFileSync(join(dir, 'key.pem'), key, { mode: 0o600 })
}

/** Where .ci/unpack-servers puts the daemons; this file runs as build/test/support/syslog-server.js. */
export const UNPACKED: string = fileURLToPath(new URL('../../servers', import.meta.url))

/** The folder below those of the unpacked libraries that holds the file whose path ends in `name`, if there is one. */
export function unpackedFolder(name: string): string | undefined {
  try {
    const paths = readdirSync(join(UNPACKED, 'usr/lib'), { recursive: true, encoding: 'utf8' })
    const found = paths.find((path) => path === name || path.endsWith(`/${name}`))
    return found && join(UNPACKED, 'usr/lib', found.slice(0, -name.length))
  } catch {
    return undefined
  }
}
