// A mail server that writes down what it hears and says what it is told to, also what no good server would.

import { createHmac } from 'node:crypto'
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
  /** Who may log in; everybody by default. */
  readonly user?: readonly [name: string, password: string]
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
  #port = 0

  private constructor(options: MailServerOptions) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket)
      const session = new Session(socket, options)
      this.sessions.push(session)
    })
  }

  static async start(t: TestContext, options: MailServerOptions = {}, port = 0): Promise<MailServer> {
    const server = new MailServer(options)
    server.#port = port
    await server.restart()
    t.after(() => server.stop())
    return server
  }

  /** Listens again, where it did. */
  async restart(): Promise<void> {
    await once(this.#server.listen(this.#port, '127.0.0.1'), 'listening')
    const { port } = this.#server.address() as AddressInfo
    this.#port = port
  }

  /** Hangs up and listens no more; what it has stays. */
  stop(): void {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
  }

  get mailhost(): readonly [string, number] {
    return ['127.0.0.1', this.#port]
  }

  /** Of all sessions. */
  get mails(): readonly ReceivedMail[] {
    return this.sessions.flatMap(({ mails }) => mails)
  }
}

/** An AUTH that is under way: what is asked and what is right to answer, and what was answered so far. */
interface Login {
  readonly exchange: Exchange
  readonly answers: string[]
}

type Exchange = readonly (readonly [question: string, answer: string])[]

const CHALLENGE = '<1896.697170952@test>'

const EXCHANGES: Readonly<Record<string, (name: string, password: string) => Exchange>> = {
  PLAIN: (name, password) => [['', `\0${name}\0${password}`]],
  LOGIN: (name, password) => [
    ['Username:', name],
    ['Password:', password],
  ],
  'CRAM-MD5': (name, password) => [
    [CHALLENGE, `${name} ${createHmac('md5', password).update(CHALLENGE).digest('hex')}`],
  ],
}

class Session implements MailSession {
  readonly heard: string[] = []
  readonly mails: ReceivedMail[] = []
  readonly messages: string[] = []
  isSecured = false
  readonly #options: MailServerOptions
  #socket: Socket
  #rest = ''
  #from: string | undefined
  #to: string[] = []
  #lines: string[] | undefined
  #login: Login | undefined

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
    else if (this.#login) {
      this.#login.answers.push(line)
      this.#say(this.#askNext(this.#login))
    } else {
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
    if (answer.startsWith('2')) this.mails.push({ from: this.#from ?? '', to: this.#to, message })
    this.#from = undefined
    this.#to = []
    this.#say(answer)
  }

  #usual(line: string): string {
    const [verb = '', argument = '', initial] = line.split(' ', 3)
    switch (verb.toUpperCase()) {
      case 'EHLO':
        return this.#greeting()
      case 'STARTTLS':
        if (!this.#options.identity) return '502 not here'
        process.nextTick(() => this.#secure())
        return '220 go ahead'
      case 'AUTH':
        return this.#startLogin(argument.toUpperCase(), initial === undefined ? [] : [initial])
      case 'MAIL':
        this.#from = address(line)
        this.#to = []
        return '250 ok'
      case 'RCPT':
        if (this.#from === undefined) return '503 whose mail?'
        this.#to.push(address(line))
        return '250 ok'
      case 'DATA':
        if (this.#to.length === 0) return '554 nobody to send it to'
        this.#lines = []
        return '354 go'
      case 'RSET':
        this.#from = undefined
        this.#to = []
        return '250 ok'
      case 'QUIT':
        process.nextTick(() => this.#socket.end())
        return '221 bye'
      default:
        return '250 ok'
    }
  }

  #startLogin(method: string, answers: string[]): string {
    const exchange = EXCHANGES[method]
    if (!exchange) return '504 unknown'
    const [name, password] = this.#options.user ?? ['', '']
    this.#login = { exchange: exchange(name, password), answers }
    return this.#askNext(this.#login)
  }

  #askNext({ exchange, answers }: Login): string {
    const next = exchange[answers.length]
    if (next) return `334 ${base64(next[0])}`
    this.#login = undefined
    const isRight = exchange.every(([, answer], n) => answers[n] === base64(answer))
    return isRight || !this.#options.user ? '235 ok' : '535 wrong'
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

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

function address(line: string): string {
  return /<([^>]*)>/.exec(line)?.[1] ?? line
}
