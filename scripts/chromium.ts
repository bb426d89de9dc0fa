// A browser without a window, driven through a pipe, and the one page that it shows.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'

/** What the browser says of its page; there are more events than these, which are of no matter here. */
export type BrowserEvent =
  | {
      readonly method: 'Runtime.exceptionThrown'
      readonly params: { readonly exceptionDetails: { readonly exception?: { readonly description?: string } } }
    }
  | {
      readonly method: 'Runtime.consoleAPICalled'
      readonly params: { readonly type: string; readonly args: readonly { readonly value?: unknown }[] }
    }
  | {
      readonly method: 'Log.entryAdded'
      readonly params: { readonly entry: { readonly text: string; readonly url?: string } }
    }
  | {
      readonly method: 'Network.requestWillBeSent'
      readonly params: { readonly request: { readonly url: string } }
    }

/** What a command is answered with. */
interface Answer {
  readonly id: number
  readonly result?: Readonly<Record<string, unknown>>
  readonly error?: { readonly message: string }
}

/** The Chromium or Chrome of this machine, if it has one. */
export function findChromium(): string | undefined {
  return ['chromium', 'chromium-browser', 'google-chrome'].find(
    (name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0,
  )
}

/** The page of a new browser. */
export class BrowserPage {
  readonly #browser: ChildProcess
  readonly #profile: string
  readonly #commands: Writable
  readonly #answers = new Map<number, (answer: Answer) => void>()
  readonly #hear: (event: BrowserEvent) => void
  #sent = 0
  #session: unknown

  private constructor(command: string, hear: (event: BrowserEvent) => void) {
    this.#hear = hear
    this.#profile = mkdtempSync(join(tmpdir(), 'chromium-'))
    this.#browser = spawn(command, argumentsFor(this.#profile), {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    })
    const [, , , commands, messages] = this.#browser.stdio
    if (!(commands instanceof Writable && messages instanceof Readable)) throw new Error('the browser has no pipes')
    this.#commands = commands
    this.#listen(messages)
  }

  /** Starts a browser, whose page tells `hear` what happens in it. */
  static async start(command: string, hear: (event: BrowserEvent) => void): Promise<BrowserPage> {
    const page = new BrowserPage(command, hear)
    const { targetId } = await page.send('Target.createTarget', { url: 'about:blank' })
    const { sessionId } = await page.send('Target.attachToTarget', { targetId, flatten: true })
    page.#session = sessionId
    for (const domain of ['Log', 'Network', 'Runtime']) await page.send(`${domain}.enable`)
    return page
  }

  /** Sends a command of the DevTools protocol and returns what it answers. */
  async send(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
    const id = ++this.#sent
    const answer = new Promise<Answer>((resolve) => this.#answers.set(id, resolve))
    this.#commands.write(`${JSON.stringify({ id, method, params, sessionId: this.#session })}\0`)
    const { result, error } = await answer
    if (result === undefined) throw new Error(`${method}: ${error?.message}`)
    return result
  }

  /** The value of an expression in the page, awaited if it is a promise. */
  async evaluate(expression: string): Promise<unknown> {
    const answer = await this.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })
    const { value } = Object(answer.result)
    return value
  }

  /** Ends the browser. */
  async stop(): Promise<void> {
    const ended = once(this.#browser, 'exit')
    await this.send('Browser.close')
    await ended
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 })
  }

  #listen(messages: Readable): void {
    let rest = ''
    messages.setEncoding('utf8').on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\0')
      rest = parts.pop() ?? ''
      for (const message of parts.map(parseMessage)) {
        if ('method' in message) this.#hear(message)
        else this.#answer(message)
      }
    })
  }

  #answer(answer: Answer): void {
    this.#answers.get(answer.id)?.(answer)
    this.#answers.delete(answer.id)
  }
}

function argumentsFor(profile: string): string[] {
  return [
    '--headless',
    '--remote-debugging-pipe',
    `--user-data-dir=${profile}`,
    ...['--disable-gpu', '--disable-quic', '--disable-sync', '--disable-background-networking'],
    ...['--disable-component-update', '--no-first-run'],
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ]
}

function parseMessage(text: string): BrowserEvent | Answer {
  return JSON.parse(text) as BrowserEvent | Answer
}
