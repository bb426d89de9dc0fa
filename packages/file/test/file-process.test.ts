// The file handler in processes of their own: at their ends, several on one file, one that fails beside one that works.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { Stats } from '@pino-handlers/core'
import { assertBalanced } from '../../../test/support/books.js'
import type { AppReport } from '../../../test/support/log-app.js'
import { noFullDevice } from '../../../test/support/platform.js'
import { fixture, run, runFixture } from '../../../test/support/run-node.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { until } from '../../../test/support/until.js'

function messagesIn(path: string): string[] {
  const text = readFileSync(path, 'utf8')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  return whole.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line).msg.trim()]))
}

function upTo(count: number): string[] {
  return Array.from({ length: count }, (_, n) => String(n))
}

for (const where of ['worker', 'in-process'] as const) {
  describe(`file ${where}`, () => {
    for (const bufferSize of [0, '1MB']) {
      it(`has written all when process.exit() ends the process, with bufferSize ${bufferSize}`, async (t) => {
        const filename = join(tempDir(t), 'app.log')
        const input = { where, options: { filename, bufferSize, flushInterval: 60 }, count: 10_000, end: 'exit' }
        const { code, stderr } = await runFixture('file-app', input)
        assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
        assert.deepEqual(messagesIn(filename), upTo(10_000))
      })
    }

    it('has written all when the process has nothing more to do', async (t) => {
      const filename = join(tempDir(t), 'app.log')
      const options = { filename, bufferSize: '1MB', flushInterval: 60 }
      const { code, stderr } = await runFixture('file-app', { where, options, count: 100, end: 'return' })
      assert.deepEqual({ code, stderr, messages: messagesIn(filename) }, { code: 0, stderr: '', messages: upTo(100) })
    })

    it('has a fatal record in the file before anybody can kill the process', async (t) => {
      const filename = join(tempDir(t), 'app.log')
      const options = { filename, bufferSize: '1MB', flushInterval: 60, delay: true }
      const child = spawn(process.execPath, [fixture('file-fatal'), JSON.stringify({ where, options })])
      await until(() => has(filename, 'the end is near'))
      child.kill('SIGKILL')
      await new Promise((resolve) => child.on('exit', resolve))
      assert.deepEqual(messagesIn(filename), ['before', 'the end is near'])
    })

    it('says on stderr what fails, once, and leaves the exit code alone', { skip: noFullDevice }, async (t) => {
      const filename = join(tempDir(t), 'app.log')
      symlinkSync('/dev/full', filename)
      const { code, stderr } = await runFixture('file-app', { where, options: { filename }, count: 2, end: 'end' })
      const [first, ...rest] = stderr.split('\n')
      assert.deepEqual(
        {
          code,
          first,
          rest: rest.filter((text) => !/^(\[file\] \d+ more failures? of kind "write".*)?$/.test(text)),
        },
        {
          code: 0,
          first: `[file] cannot write to '${filename}': ENOSPC: no space left on device, write; holding records until it works again`,
          rest: [],
        },
      )
    })

    const skip = process.platform !== 'linux' && 'only Linux has prlimit'
    it('has exact books when the file reaches the size that the process may write', { skip }, async (t) => {
      const dir = tempDir(t)
      const [filename, report] = [join(dir, 'app.log'), join(dir, 'report')]
      const input = { where, options: { filename, onError: 'ignore' }, count: 5000, padding: 50, end: 'end', report }
      const command = ['--fsize=100000', process.execPath, fixture('file-app'), JSON.stringify(input)]
      const { code, stderr } = await run('prlimit', command)
      const { stats }: AppReport = JSON.parse(readFileSync(report, 'utf8'))
      const messages = messagesIn(filename)
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
      assert.deepEqual(
        { bytes: stats.bytes, received: stats.received, delivered: stats.delivered, dropped: stats.dropped },
        { bytes: 100_000, received: 5000, delivered: messages.length, dropped: { closed: 5000 - messages.length } },
      )
      assertBalanced(stats)
    })
  })
}

describe('files of several processes', () => {
  it('have only whole lines when four write to one file', async (t) => {
    const filename = join(tempDir(t), 'app.log')
    const input = { where: 'in-process', options: { filename }, count: 10_000, padding: 500, end: 'end' }
    const runs = await Promise.all(
      (['worker', 'worker', 'in-process', 'in-process'] as const).map((where) =>
        runFixture('file-app', { ...input, where }),
      ),
    )
    const times = new Map<string, number>()
    for (const message of messagesIn(filename)) {
      const [number = ''] = message.split(' ')
      times.set(number, (times.get(number) ?? 0) + 1)
    }
    assert.deepEqual(
      { codes: runs.map(({ code }) => code), records: times.size, uneven: [...times.values()].filter((n) => n !== 4) },
      { codes: [0, 0, 0, 0], records: 10_000, uneven: [] },
    )
  })
})

describe('file beside another target in one worker', () => {
  it('leaves it all its records while it fails itself', async (t) => {
    const dir = tempDir(t)
    const [failing, healthy, report] = [join(dir, 'missing', 'a.log'), join(dir, 'b.log'), join(dir, 'report')]
    const { code, stderr } = await runFixture('file-targets', { failing, healthy, count: 1000, report })
    const books: Stats[] = JSON.parse(readFileSync(report, 'utf8'))
    const settled = books.map(({ received, delivered, dropped }) => ({ received, delivered, dropped }))
    assert.deepEqual({ code, stderr, messages: messagesIn(healthy) }, { code: 0, stderr: '', messages: upTo(1000) })
    assert.deepEqual(
      settled.sort((a, b) => a.delivered - b.delivered),
      [
        { received: 1000, delivered: 0, dropped: { closed: 1000 } },
        { received: 1000, delivered: 1000, dropped: {} },
      ],
    )
    for (const stats of books) assertBalanced(stats)
  })
})

function has(path: string, text: string): boolean {
  try {
    return readFileSync(path, 'utf8').includes(text)
  } catch {
    return false
  }
}
