// Somebody types into the program, or presses Ctrl-C.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'
import { Handler } from '@pino-handlers/core'
import { assertBalanced } from '../../../test/support/books.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { until } from '../../../test/support/until.js'
import { fakeProcess } from './fake-io.js'
import { booksIn } from './run-cli.js'

const realEnd = Handler.prototype.end

describe('signals to the command line', () => {
  it('takes a SIGINT that is passed on by npm too for one, and not for a second one', async (t) => {
    const path = join(tempDir(t), 'app.log')
    const stdin = new PassThrough()
    const { signals, run } = fakeProcess(stdin)
    const ran = run(['file', '--filename', path, '--stats'])
    stdin.write('{"msg":"before"}\n')
    await until(() => existsSync(path) && readFileSync(path, 'utf8') !== '')
    const now = t.mock.method(performance, 'now', () => 1000)

    signals.emit('SIGINT', 'SIGINT')
    signals.emit('SIGINT', 'SIGINT')
    now.mock.restore()
    stdin.end('{"msg":"after"}\n')

    const { code, stderr } = await ran
    const books = booksIn(stderr)
    assertBalanced(books)
    assert.deepEqual([code, books.delivered, readFileSync(path, 'utf8')], [0, 2, '{"msg":"before"}\n{"msg":"after"}\n'])
  })

  it('waits no longer for --grace when the input has ended', async (t) => {
    const path = join(tempDir(t), 'app.log')
    const stdin = new PassThrough()
    const { signals, run } = fakeProcess(stdin)
    const timers = t.mock.method(globalThis, 'setTimeout')
    const clears = t.mock.method(globalThis, 'clearTimeout')
    const ran = run(['file', '--filename', path, '--stats', '--grace', '1234'])
    stdin.write('{"msg":"before"}\n')
    await until(() => existsSync(path) && readFileSync(path, 'utf8') !== '')

    signals.emit('SIGTERM', 'SIGTERM')
    stdin.end('{"msg":"after"}\n')

    const { code, stderr } = await ran
    const books = booksIn(stderr)
    const waits = timers.mock.calls.filter(({ arguments: [, delay] }) => delay === 1_234_000)
    const cleared = new Set(clears.mock.calls.map(({ arguments: [timer] }) => timer))
    assertBalanced(books)
    assert.deepEqual([code, books.delivered, waits.map(({ result }) => cleared.has(result))], [0, 2, [true]])
  })

  it('does not wait for --grace when a SIGINT comes after the end of the input', async (t) => {
    const path = join(tempDir(t), 'app.log')
    const stdin = new PassThrough()
    const { signals, run } = fakeProcess(stdin)
    t.mock.method(Handler.prototype, 'end', function end(this: Handler) {
      signals.emit('SIGINT', 'SIGINT')
      return realEnd.call(this)
    })
    const timers = t.mock.method(globalThis, 'setTimeout')
    stdin.end('{"msg":"last"}\n')

    const { code } = await run(['file', '--filename', path, '--grace', '1234'])

    const waits = timers.mock.calls.filter(({ arguments: [, delay] }) => delay === 1_234_000)
    assert.deepEqual([code, waits.length], [0, 0])
  })
})

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
