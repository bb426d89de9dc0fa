// Somebody types into the program.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'
import { assertBalanced } from '../../../test/support/books.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { until } from '../../../test/support/until.js'
import { fakeProcess } from './fake-io.js'
import { booksIn } from './run-cli.js'

describe('a terminal as stdin', () => {
  it('is told of, and ends at the first SIGINT without waiting for its end', async (t) => {
    const path = join(tempDir(t), 'app.log')
    const stdin = new PassThrough()
    const { signals, run } = fakeProcess(stdin, {}, 80)
    const ran = run(['file', '--filename', path, '--stats'])
    stdin.write('{"msg":"typed"}\n')
    await until(() => existsSync(path) && readFileSync(path, 'utf8') !== '')

    signals.emit('SIGINT', 'SIGINT')

    const { code, stderr } = await ran
    const books = booksIn(stderr)
    assertBalanced(books)
    assert.deepEqual(
      [code, stderr.split('\n')[0], books.delivered, readFileSync(path, 'utf8')],
      [0, 'pino-handlers: reading from the terminal until Ctrl-C', 1, '{"msg":"typed"}\n'],
    )
  })
})
