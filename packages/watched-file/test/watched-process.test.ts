// The watched-file handler with the real logrotate and real signals, in processes of their own.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import type { RotatedApp, RotatedReport } from '../../../test/fixtures/watched-logrotate.js'
import { assertBalanced } from '../../../test/support/books.js'
import { unixOnly } from '../../../test/support/platform.js'
import { runFixture } from '../../../test/support/run-node.js'
import { files, tempDir } from '../../../test/support/temp-dir.js'

const ROUNDS = 20
const RECORDS = 500

describe('watched-file under logrotate', () => {
  it('has each record once when files are moved and made anew, and follows by itself', async (t) => {
    const rotated = await rotate(t, { directives: ['create 0640'] })
    if (!rotated) return

    const { report, logs } = rotated
    const { reopens } = report
    assert.deepEqual(everyRecord(logs), numbers(ROUNDS * RECORDS))
    assert.ok(reopens.length >= ROUNDS - 1, `${reopens.length} reopens`)
    assert.deepEqual(
      reopens.map((reopen) => reopen.reopens),
      numbers(reopens.length).map((n) => Number(n) + 1),
    )
  })

  it('has each record once and in order when files are moved and it makes the next one itself', async (t) => {
    const rotated = await rotate(t, { directives: ['nocreate'], options: { mode: 'w', delay: true, fileMode: '640' } })
    if (!rotated) return

    const { report, logs } = rotated
    assert.deepEqual([inOrder(logs), report.complaints], [numbers(ROUNDS * RECORDS), []])
  })

  it('has each record once and in order when postrotate sends SIGHUP', async (t) => {
    const rotated = await rotate(t, { directives: ['create 0640'], signal: true, options: { checkInterval: 3600 } })
    if (!rotated) return

    const { report, logs } = rotated
    assert.deepEqual([inOrder(logs), report.complaints], [numbers(ROUNDS * RECORDS), []])
    assert.deepEqual(
      report.reopens.map(({ reason }) => reason),
      Array(ROUNDS).fill('signal'),
    )
    assert.equal(Object.keys(logs).length, ROUNDS + 1)
  })

  for (const mode of ['a', 'w']) {
    it(`has each record once and in order with copytruncate between batches, in mode ${mode}`, async (t) => {
      const rotated = await rotate(t, { directives: ['copytruncate'], pauses: true, options: { mode } })
      if (!rotated) return

      const { report, logs } = rotated
      assert.deepEqual([inOrder(logs), report.complaints, report.reopens], [numbers(ROUNDS * RECORDS), [], []])
      assert.deepEqual(Object.keys(logs).length, ROUNDS + 1)
    })
  }
})

describe('reopenOnSighup', { skip: unixOnly('nobody can send it a SIGHUP') }, () => {
  for (const [what, together] of [
    ['workers', false],
    ['targets of one worker', true],
  ] as const) {
    it(`tells 15 ${what} and a handler beside them, by one listener and without a warning`, async (t) => {
      const dir = tempDir(t)
      const { stdout, stderr } = await runFixture('watched-sighup', { dir, count: 15, together })

      const { warnings, ...report } = JSON.parse(stdout || '{}')
      assert.deepEqual(report, { reopens: 16, reasons: ['signal'], listeners: [1, 1, 1, 0] }, stderr)
      // pino itself has a listener for the exit with each transport.
      assert.deepEqual(
        warnings.filter((warning: string) => !warning.includes(' exit listeners added')),
        [],
      )
      assert.doesNotMatch(stderr, /(SIGHUP|message|close) listeners added/)
      const { 'leaver.log': _, ...logs } = files(dir)
      const [before, after] = ['before', 'after'].map((msg) => `${JSON.stringify({ level: 30, msg })}\n`)
      const names = [...numbers(15), 'local']
      const expected = names.flatMap((name) => [
        [`${name}.log`, after],
        [`${name}.log.1`, before],
      ])
      assert.deepEqual(logs, Object.fromEntries(expected))
    })
  }
})

type Rotated = { readonly report: RotatedReport; readonly logs: Record<string, string> }

async function rotate(t: TestContext, how: Partial<RotatedApp>): Promise<Rotated | undefined> {
  const logrotate = findLogrotate()
  if (!logrotate) {
    assert.notEqual(process.env.PINO_HANDLERS_REQUIRE_SERVERS, '1', 'logrotate is missing')
    t.skip('logrotate is missing')
    return undefined
  }
  // logrotate refuses folders that others may write to.
  const dir = tempDir(t)
  mkdirSync(join(dir, 'logs'), { mode: 0o700 })
  const app = { logrotate, dir, rounds: ROUNDS, records: RECORDS, ...how }
  const { code, stdout, stderr } = await runFixture('watched-logrotate', app)
  assert.equal(code, 0, stderr)
  const report: RotatedReport = JSON.parse(stdout)
  assertBalanced(report.stats)
  assert.equal(report.stats.delivered, ROUNDS * RECORDS)
  return { report, logs: files(join(dir, 'logs')) }
}

// Debian does not have it in the path of ordinary users.
function findLogrotate(): string | undefined {
  return ['logrotate', '/usr/sbin/logrotate', '/sbin/logrotate'].find((path) => {
    try {
      execFileSync(path, ['--version'], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  })
}

/** The messages of all files, the oldest file first; app.log.20 is the oldest. */
function inOrder(logs: Record<string, string>): string[] {
  const age = (name: string): number => Number(name.slice('app.log.'.length) || 0)
  const names = Object.keys(logs).sort((a, b) => age(b) - age(a))
  return messages(names.map((name) => logs[name]).join(''))
}

/** The messages of all files by their numbers, whatever the files are called. */
function everyRecord(logs: Record<string, string>): string[] {
  return messages(Object.values(logs).join('')).sort((a, b) => Number(a) - Number(b))
}

function messages(text: string): string[] {
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line).msg]))
}

function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, n) => String(n))
}
