// The dictConfig in docs/from-python.md and its translation, with the same calls.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { Receiver } from '../packages/datagram/test/receiver.js'
import { root } from '../scripts/sources.js'
import { headerOf, messageOf, textOf } from './support/mail-message.js'
import { MailServer } from './support/mail-server.js'
import { noPython } from './support/python-frames.js'
import { assertBooks, runShown, writes } from './support/shown-program.js'
import { tempDir } from './support/temp-dir.js'

const page = 'docs/from-python.md'

const pythonCalls = `
logger.debug('cart %d opened', 17)
logger.info('order %d taken: %s', 17, 'tea')
logger.warning('naïve: 2 € missing')
logger.error('payment failed\\nby the bank')
logging.getLogger('other').warning('not of the shop')
listener.stop()
`

const calls = `
logger.debug('cart %d opened', 17)
logger.info('order %d taken: %s', 17, 'tea')
logger.warn('naïve: 2 € missing')
logger.error('payment failed\\nby the bank')
root.child({ name: 'other' }).warn('not of the shop')
${writes([])}
`

describe('the dictConfig in docs/from-python.md', { skip: noPython }, () => {
  it('and its translation print, write, send and mail the same', async (t) => {
    const python = await Destinations.start(t)
    const pino = await Destinations.start(t)
    const dir = tempDir(t)

    const code = python.replaced(readFileSync(join(root, page), 'utf8')).match(/^```python\n(.*?)^```$/ms)?.[1] ?? ''
    const env = { ...process.env, PYTHONUTF8: '1', TZ: 'UTC' }
    const { stdout } = await promisify(execFile)('python3', ['-c', code + pythonCalls], { cwd: dir, env })
    const replace = pino.replacements
    const run = await runShown(t, { page, having: 'queue-listener', replace, after: calls, env: { TZ: 'UTC' } })

    const theirs = await python.received(stdout, dir)
    const ours = await pino.received(readFileSync(join(run, '../stdout'), 'utf8'), run)
    assert.deepEqual(ours, theirs)
    assert.equal(
      theirs.printed,
      'I order 17 taken: tea\nW naïve: 2 € missing\nE payment failed\nby the bank\nW not of the shop\n',
    )
    assertBooks(run)
  })
})

/** Where the records of one program go. */
class Destinations {
  readonly #syslog: Receiver
  readonly #mail: MailServer

  private constructor(syslog: Receiver, mail: MailServer) {
    this.#syslog = syslog
    this.#mail = mail
  }

  static async start(t: TestContext): Promise<Destinations> {
    return new Destinations(await Receiver.start(t), await MailServer.start(t))
  }

  /** What the page's addresses are here. */
  get replacements(): Record<string, string> {
    return {
      "'logs.example', 514": `'127.0.0.1', ${this.#syslog.port}`,
      "'mail.example', 25": `'127.0.0.1', ${this.#mail.mailhost[1]}`,
      // A test may be slow.
      "'subject': 'shop failed'": "'subject': 'shop failed', 'timeout': 120",
      "subject: 'shop failed'": "subject: 'shop failed', timeout: 120",
      'handlers: [': 'flushTimeout: 120, handlers: [',
    }
  }

  replaced(text: string): string {
    return Object.entries(this.replacements).reduce((all, [from, to]) => all.replaceAll(from, to), text)
  }

  /** All that came, with TIME for each time. */
  async received(
    printed: string,
    dir: string,
  ): Promise<{ readonly printed: string; readonly [what: string]: unknown }> {
    const datagrams = await this.#syslog.received(3)
    return {
      printed,
      file: timeless(readFileSync(join(dir, 'app.log'), 'utf8')),
      syslog: datagrams.map((datagram) => timeless(String(datagram))),
      mails: this.#mail.mails.map(({ from, to, message }) => {
        const mail = messageOf(message)
        return { from, to, subject: headerOf(mail, 'subject'), text: timeless(textOf(mail)) }
      }),
    }
  }
}

function timeless(text: string): string {
  return text.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}/g, 'TIME')
}
