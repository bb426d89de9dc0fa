// The handler that docs/writing-a-handler.md begins with, run as it stands there.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { Handler, Stats } from '@pino-handlers/core'
import pino from 'pino'
import { root } from '../scripts/sources.js'
import { assertBalanced } from './support/books.js'
import { tempDir } from './support/temp-dir.js'
import { linesPosted, startWebServer } from './support/web-server.js'

describe('a handler in 15 lines', () => {
  it('has 15 lines', () => {
    const lines = shownHandler().split('\n')
    assert.equal(lines.filter((line) => line !== '' && !line.startsWith('//')).length <= 15, true, lines.join('\n'))
  })

  it("is a target in pino's worker", async (t) => {
    const dir = tempDir(t)
    const options = {
      url: `http://${await startWebServer(t, dir)}/`,
      level: 'error',
      formatter: { fmt: '%(message)s' },
    }
    const transport = pino.transport({ target: writeHandler(dir), options })
    const books: Stats[] = []
    transport.on('stats', (stats: Stats) => books.push(stats))
    const logger = pino(transport)

    logger.info('not this')
    logger.error('this')
    const posted = await linesPosted(dir, 1)
    transport.end()
    await once(transport, 'close')

    assert.deepEqual(posted, ['this\n'])
    for (const stats of books) assertBalanced(stats)
    assert.deepEqual(books.map(summary), [{ delivered: 1, filtered: 1, dropped: {} }])
  })

  it('is a stream in-process, and counts what it could not post', async (t) => {
    const dir = tempDir(t)
    const url = `http://${await startWebServer(t, dir)}/`
    const { default: webhook }: { default: Factory } = await import(writeHandler(dir))
    const taking = webhook({ url })
    const failing = webhook({ url: 'http://127.0.0.1:1/', onError: 'ignore' })
    const logger = pino({}, pino.multistream([{ stream: taking }, { stream: failing }]))

    logger.info('one')
    const closed = [once(taking, 'close'), once(failing, 'close')]
    taking.end()
    failing.end()
    await Promise.all(closed)

    assert.equal((await linesPosted(dir, 1)).length, 1)
    for (const { stats } of [taking, failing]) assertBalanced(stats)
    assert.deepEqual(summary(taking.stats), { delivered: 1, filtered: 0, dropped: {} })
  })

  it('refuses an option that it does not have', async (t) => {
    const { default: webhook }: { default: Factory } = await import(writeHandler(tempDir(t)))
    assert.throws(() => webhook({ ulr: 'http://127.0.0.1/' }), {
      message: '[webhook] unknown option "ulr"; did you mean "url"?',
    })
  })
})

type Factory = (options: object) => Handler

function summary({ delivered, filtered, dropped }: Stats): object {
  return { delivered, filtered, dropped }
}

function shownHandler(): string {
  const text = readFileSync(join(root, 'docs/writing-a-handler.md'), 'utf8')
  return text.match(/^```js\n\/\/ webhook\.js\n(.*?)^```$/ms)?.[1] ?? ''
}

/** Writes the handler to a folder, beside the packages, and returns its URL. */
function writeHandler(dir: string): string {
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'), 'junction')
  const here = join(dir, 'here')
  mkdirSync(here)
  const path = join(here, 'webhook.mjs')
  writeFileSync(path, shownHandler())
  return pathToFileURL(path).href
}
