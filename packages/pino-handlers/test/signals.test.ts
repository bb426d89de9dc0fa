// Real processes: pipes, signals to the whole group, readers that leave.

import assert from 'node:assert/strict'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { assertBalanced } from '../../../test/support/books.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { until } from '../../../test/support/until.js'
import { bin, booksIn, start, startCli } from './run-cli.js'

const skip = process.platform === 'win32' && 'Windows has no signals and no shell of this kind'

const has = (path: string, text: string): boolean => existsSync(path) && readFileSync(path, 'utf8').includes(text)

// It takes its time to say goodbye, as applications do.
const APP = `
console.log('{"msg":"ready"}')
const alive = setInterval(() => {}, 1000)
process.once('SIGINT', () => {
  console.log('{"msg":"asked to end"}')
  setTimeout(() => {
    console.log('{"msg":"last words"}')
    clearInterval(alive)
  }, 100)
})
`

describe('pino-handlers as a process', { skip }, () => {
  it('delivers what the application says after a SIGINT to the whole group', async (t) => {
    const dir = tempDir(t)
    const log = join(dir, 'app.log')
    writeFileSync(join(dir, 'app.mjs'), APP)
    const pipe = `trap : INT; "$1" "$2" | "$1" "$3" file --filename "$4" --stats`
    const { child, ended } = start(t, 'sh', ['-c', pipe, 'sh', process.execPath, join(dir, 'app.mjs'), bin, log], true)
    await until(() => has(log, 'ready'))

    // Of the group that was made for it.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT')
    const { stderr } = await ended

    const books = booksIn(stderr)
    assertBalanced(books)
    assert.deepEqual(
      [books.delivered, readFileSync(log, 'utf8')],
      [3, '{"msg":"ready"}\n{"msg":"asked to end"}\n{"msg":"last words"}\n'],
    )
  })

  it('has a watched-file look after its file at a SIGHUP, and goes on', async (t) => {
    const dir = tempDir(t)
    const log = join(dir, 'app.log')
    const { child, ended } = startCli(t, ['watched-file', '--filename', log, '--stats'])
    child.stdin.write('{"msg":"before"}\n')
    await until(() => has(log, 'before'))
    renameSync(log, join(dir, 'app.log.1'))

    child.kill('SIGHUP')

    await until(() => existsSync(log))
    child.stdin.end('{"msg":"after"}\n')
    const { code, stderr } = await ended
    const books = booksIn(stderr)
    assertBalanced(books)
    assert.deepEqual([code, books.delivered, readFileSync(log, 'utf8')], [0, 2, '{"msg":"after"}\n'])
  })

  it('ends at once at a second signal', async (t) => {
    const log = join(tempDir(t), 'app.log')
    const { child, ended } = startCli(t, ['file', '--filename', log])
    child.stdin.write('{"msg":"ready"}\n')
    await until(() => has(log, 'ready'))

    child.kill('SIGINT')
    child.kill('SIGTERM')

    const { code } = await ended
    assert.ok(code === 130 || code === 143, `exit code ${code}`)
  })

  it('waits for the end of the input no longer than --grace', async (t) => {
    const log = join(tempDir(t), 'app.log')
    const { child, ended } = startCli(t, ['file', '--filename', log, '--grace', '0', '--stats'])
    child.stdin.write('{"msg":"ready"}\n{"msg":"no end')
    await until(() => has(log, 'ready'))

    child.kill('SIGTERM')

    const { code, stderr } = await ended
    const books = booksIn(stderr)
    assertBalanced(books)
    assert.deepEqual(
      [code, books.delivered, stderr.split('\n')[0]],
      [0, 2, 'pino-handlers: the input goes on after --grace; what came until now is delivered'],
    )
  })

  it('goes on without --tee when the reader of stdout leaves', async (t) => {
    const log = join(tempDir(t), 'app.log')
    const { child, ended } = startCli(t, ['file', '--filename', log, '--tee', '--stats'])
    child.stdin.write('{"msg":"first"}\n')
    await until(() => has(log, 'first'))
    child.stdout.destroy()
    for (let n = 0; n < 1000; n++) child.stdin.write(`{"msg":"${'x'.repeat(1000)}"}\n`)
    child.stdin.end()

    const { code, stderr } = await ended

    const books = booksIn(stderr)
    assertBalanced(books)
    assert.deepEqual([code, books.delivered], [0, 1001])
  })

  it('takes from a queue instead of stdin, until a signal', async (t) => {
    const dir = tempDir(t)
    const queue = { type: 'directory', path: join(dir, 'queue') }
    const log = join(dir, 'app.log')
    const config = join(dir, 'listener.json')
    const target = { target: '@pino-handlers/file', options: { filename: log } }
    writeFileSync(config, JSON.stringify({ handler: 'queue-listener', queue, handlers: [target] }))
    const producer = startCli(t, ['queue', '--queue.type=directory', '--queue.path', queue.path])
    producer.child.stdin.end('{"msg":"one"}\n{"msg":"two"}\n')
    assert.equal((await producer.ended).code, 0)
    const { child, ended } = startCli(t, ['--config', config, '--stats'])
    await until(() => has(log, 'two'))

    child.kill('SIGTERM')

    const { code, stderr } = await ended
    const books = booksIn(stderr)
    assertBalanced(books)
    assert.deepEqual([code, books.delivered, readFileSync(log, 'utf8')], [0, 2, '{"msg":"one"}\n{"msg":"two"}\n'])
  })
})
