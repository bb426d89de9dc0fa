// A mail server that writes down what it hears and says what it is told to, also what no good server would.

import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { TLSSocket } from 'node:tls'

/** What a {@link MailServer} offers. */
export interface MailServerOptions {
  /** Of EHLO, beside 8BITMIME. */
  readonly extensions?: readonly string[]
  /** Methods of AUTH; with a certificate only once the session is secured. */
  readonly auth?: string
  /** Offers STARTTLS. */
  readonly identity?: { readonly key: string; readonly cert: string }
  /**
   * An answer instead of the usual one, to 'connect', a command, or '.' at the end of a mail. 'drop' hangs up, 'stall' says
   * nothing; undefined is the usual answer.
   */
  readonly answer?: (command: string, session: MailSession) => string | undefined
}

/** What a server has heard in a session. */
export interface MailSession {
  /** Commands, '<message>' for each mail and '<tls>' once it is secured. */
  readonly heard: string[]
  readonly mails: ReceivedMail[]
  /** Also those that it did not take. */
  readonly messages: string[]
  readonly isSecured: boolean
}

/** A mail that a server has taken. */
export interface ReceivedMail {
  readonly from: string
  readonly to: readonly string[]
  readonly message: string
}

/** A mail server on 127.0.0.1, closed at the end of the test. */
export class MailServer {
  readonly sessions: MailSession[] = []
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(options: MailServerOptions) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket)
      const session = new Session(socket, options)
      this.sessions.push(session)
    })
  }

  static async start(t: TestContext, options: MailServerOptions = {}, port = 0): Promise<MailServer> {
    const server = new MailServer(options)
    await once(server.#server.listen(port, '127.0.0.1'), 'listening')
    t.after(() => {
      for (const socket of server.#sockets) socket.destroy()
      server.#server.close()
    })
    return server
  }

  get mailhost(): readonly [string, number] {
    const { port } = this.#server.address() as AddressInfo
    return ['127.0.0.1', port]
  }

  /** Of all sessions. */
  get mails(): readonly ReceivedMail[] {
    return this.sessions.flatMap(({ mails }) => mails)
  }
}

class Session implements MailSession {
  readonly heard: string[] = []
  readonly mails: ReceivedMail[] = []
  readonly messages: string[] = []
  isSecured = false
  readonly #options: MailServerOptions
  #socket: Socket
  #rest = ''
  #from = ''
  #to: string[] = []
  #lines: string[] | undefined
  // Answers to AUTH that are still to come.
  #challenges = 0

  constructor(socket: Socket, options: MailServerOptions) {
    this.#options = options
    this.#socket = socket
    this.#listen()
    this.#say(this.#options.answer?.('connect', this) ?? '220 test ESMTP')
  }

  #listen(): void {
    this.#socket.on('error', () => {})
    this.#socket.setEncoding('utf8').on('data', (text: string) => {
      const lines = (this.#rest + text).split('\r\n')
      this.#rest = lines.pop() ?? ''
      for (const line of lines) this.#hear(line)
    })
  }

  #hear(line: string): void {
    if (this.#socket.destroyed) return
    if (this.#lines) this.#hearText(this.#lines, line)
    else if (this.#challenges > 0) this.#say(--this.#challenges > 0 ? '334 UGFzc3dvcmQ6' : '235 ok')
    else {
      this.heard.push(line)
      this.#say(this.#options.answer?.(line, this) ?? this.#usual(line))
    }
  }

  #hearText(lines: string[], line: string): void {
    if (line !== '.') {
      lines.push(line.startsWith('.') ? line.slice(1) : line)
      if (this.#options.answer?.('text', this) === 'drop') this.#socket.destroy()
      return
    }
    this.#lines = undefined
    this.heard.push('<message>')
    const message = lines.map((each) => `${each}\r\n`).join('')
    this.messages.push(message)
    const answer = this.#options.answer?.('.', this) ?? '250 queued'
    if (answer.startsWith('2')) this.mails.push({ from: this.#from, to: this.#to, message })
    this.#say(answer)
  }

  #usual(line: string): string {
    const [verb = '', argument = ''] = line.split(' ', 2)
    switch (verb.toUpperCase()) {
      case 'EHLO':
        return this.#greeting()
      case 'STARTTLS':
        process.nextTick(() => this.#secure())
        return '220 go ahead'
      case 'AUTH':
        this.#challenges = { PLAIN: 0, LOGIN: 2, 'CRAM-MD5': 1 }[argument] ?? 0
        return this.#challenges > 0 ? '334 PDEuMUB0ZXN0Pg==' : '235 ok'
      case 'MAIL':
        this.#from = address(line)
        this.#to = []
        return '250 ok'
      case 'RCPT':
        this.#to.push(address(line))
        return '250 ok'
      case 'DATA':
        this.#lines = []
        return '354 go'
      case 'QUIT':
        process.nextTick(() => this.#socket.end())
        return '221 bye'
      default:
        return '250 ok'
    }
  }

  #greeting(): string {
    const { extensions = [], auth, identity } = this.#options
    const offered = ['test', '8BITMIME', ...extensions]
    if (identity && !this.isSecured) offered.push('STARTTLS')
    if (auth && (!identity || this.isSecured)) offered.push(`AUTH ${auth}`)
    return offered.map((each, n) => `250${n < offered.length - 1 ? '-' : ' '}${each}`).join('\r\n')
  }

  #secure(): void {
    this.#socket.removeAllListeners('data')
    this.#socket = new TLSSocket(this.#socket, { isServer: true, ...this.#options.identity })
    this.isSecured = true
    this.heard.push('<tls>')
    this.#listen()
  }

  #say(answer: string): void {
    if (answer === 'drop') this.#socket.destroy()
    else if (answer !== 'stall') this.#socket.write(`${answer}\r\n`)
  }
}

function address(line: string): string {
  return /<([^>]*)>/.exec(line)?.[1] ?? line
}
