// The stream handler in a process of its own, whose reader is quick, slow or gone.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import type { Stats } from '@pino-handlers/core'
import { assertBalanced } from '../../../test/support/books.js'
import type { AppInput, AppReport } from '../../../test/support/log-app.js'
import { unixOnly } from '../../../test/support/platform.js'
import { fixture, type Run, run, runFixture } from '../../../test/support/run-node.js'
import { tempDir } from '../../../test/support/temp-dir.js'

const PLACES = ['worker', 'in-process'] as const
const FAST = { options: { stream: 'stdout' }, end: 'end' } as const

/** The numbers that the messages begin with. */
function numbersIn(text: string): number[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Number.parseInt(JSON.parse(line).msg, 10))
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n)
}

function readReport(path: string): AppReport {
  return JSON.parse(readFileSync(path, 'utf8'))
}

const noShell = unixOnly('it has no shell of this kind')

/** Runs the application in `script`, where "$app" is its command. */
function shell(script: string, input: AppInput): Promise<Run> {
  const command = `app() { ${JSON.stringify(process.execPath)} ${JSON.stringify(fixture('stream-app'))} "$1"; }\n`
  return run('/bin/sh', ['-c', command + script, 'sh', JSON.stringify(input)])
}

for (const where of PLACES) {
  describe(`stream ${where}`, () => {
    it('writes to stderr unless it is told otherwise', async () => {
      const { code, stdout, stderr } = await runFixture('stream-app', { where, options: {}, count: 3, end: 'end' })
      assert.deepEqual({ code, stdout, stderr: numbersIn(stderr) }, { code: 0, stdout: '', stderr: [0, 1, 2] })
    })

    it('writes to a descriptor that the process was given', { skip: noShell }, async (t) => {
      const path = join(tempDir(t), 'out')
      const { code, stdout } = await shell(`app "$1" 3>${path}`, {
        where,
        options: { stream: 3 },
        count: 3,
        end: 'end',
      })
      assert.deepEqual(
        { code, stdout, numbers: numbersIn(readFileSync(path, 'utf8')) },
        { code: 0, stdout: '', numbers: [0, 1, 2] },
      )
    })

    it('has written all when process.exit() ends the process, to a pipe', async () => {
      const { code, stdout, stderr } = await runFixture('stream-app', { where, ...FAST, count: 10_000, end: 'exit' })
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
      assert.deepEqual(numbersIn(stdout), upTo(10_000))
    })

    it('has written all when process.exit() ends the process, to a file', { skip: noShell }, async (t) => {
      const path = join(tempDir(t), 'out')
      const { code, stderr } = await shell(`app "$1" > ${path}`, { where, ...FAST, count: 10_000, end: 'exit' })
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
      assert.deepEqual(numbersIn(readFileSync(path, 'utf8')), upTo(10_000))
    })

    it('has written all when the process has nothing more to do', async () => {
      const { code, stdout } = await runFixture('stream-app', { where, ...FAST, count: 1000, end: 'return' })
      assert.equal(code, 0)
      assert.deepEqual(numbersIn(stdout), upTo(1000))
    })

    it('keeps 100,000 lines whole and in order through a pipe that is often full', async () => {
      const input = { where, options: { stream: 'stdout', maxQueueBytes: '100MB' }, count: 100_000, touchStdout: true }
      const { code, stdout, stderr } = await runFixture('stream-app', { ...input, end: 'end' })
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
      assert.deepEqual(numbersIn(stdout), upTo(100_000))
    })

    it('ends quietly when its reader has left', { skip: noShell }, async (t) => {
      const path = join(tempDir(t), 'code')
      const script = `(app "$1"; echo $? > ${path}) | head -1`
      const { stdout, stderr } = await shell(script, { where, ...FAST, count: 20_000, padding: 100 })
      assert.deepEqual(
        { first: numbersIn(stdout), stderr, code: readFileSync(path, 'utf8') },
        { first: [0], stderr: '', code: '0\n' },
      )
    })

    // The reader of the pipe takes nothing before the application has ended.
    it('drops and counts what a stalled pipe does not take, within memory', { skip: noShell }, async (t) => {
      await assertWithinMemory(t, where, async (input) => {
        const dir = tempDir(t)
        const [code, out] = [join(dir, 'code'), join(dir, 'out')]
        const script = `(app "$1"; echo $? > ${code}) | (while [ ! -s ${code} ]; do sleep 0.02; done; cat > ${out})`
        const { stderr } = await shell(script, input)
        return { code: readFileSync(code, 'utf8'), stdout: readFileSync(out, 'utf8'), stderr }
      })
    })

    const skip = unixOnly('a process writes to its standard streams without ever giving up')
    it('drops and counts what a stalled socket does not take, within memory', { skip }, async (t) => {
      await assertWithinMemory(t, where, async (input) => {
        const child = spawn(process.execPath, [fixture('stream-app'), JSON.stringify(input)])
        const [code, stdout, stderr] = await new Promise<[number | null, Promise<Buffer[]>, Promise<Buffer[]>]>(
          (resolve) => {
            child.on('exit', (code) => resolve([code, child.stdout.toArray(), child.stderr.toArray()]))
          },
        )
        return {
          code: `${code}\n`,
          stdout: String(Buffer.concat(await stdout)),
          stderr: String(Buffer.concat(await stderr)),
        }
      })
    })
  })
}

describe('stream in a worker whose process.stdout goes nowhere', () => {
  const worker = { stdout: true }

  it('writes to the descriptor itself', async () => {
    const { stdout } = await runFixture('stream-app', { where: 'worker', worker, ...FAST, count: 1000 })
    assert.deepEqual(numbersIn(stdout), upTo(1000))
  })
})

const COUNT = 50_000
const MARGIN = 50

/**
 * Asserts that 50,000 records of 2 KB, 100 MB in all, need hardly more memory when nobody reads them than when somebody
 * does: what Node itself takes differs from version to version, and what its garbage collector leaves lying about from
 * run to run, so that the least counts.
 */
async function assertWithinMemory(
  t: TestContext,
  where: AppInput['where'],
  stall: (input: AppInput) => Promise<{ code: string; stdout: string; stderr: string }>,
): Promise<void> {
  const report = join(tempDir(t), 'report')
  const options = { stream: 'stdout', maxQueueBytes: '1MB', closeTimeout: 1, onError: 'ignore' }
  const input: AppInput = { where, options, count: COUNT, padding: 2000, paced: true, end: 'end', report }

  await runFixture('stream-app', input)
  const usual = readReport(report).maxRss
  let more = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < 5 && more >= MARGIN; attempt++) {
    const { code, stdout, stderr } = await stall(input)
    const { stats, maxRss } = readReport(report)
    assert.deepEqual({ code, stderr }, { code: '0\n', stderr: '' })
    assertCounted(stats, stdout)
    more = Math.min(more, maxRss - usual)
  }
  assert.ok(more < MARGIN, `${more} MB more than the ${usual} MB that it usually needs`)
}

function assertCounted(stats: Stats, out: string): void {
  const whole = out.slice(0, out.lastIndexOf('\n') + 1)
  const { overflow = 0, closed = 0 } = stats.dropped
  assert.deepEqual(
    { received: stats.received, delivered: stats.delivered, rest: stats.received - overflow - closed },
    { received: COUNT, delivered: numbersIn(whole).length, rest: stats.delivered },
  )
  assertBalanced(stats)
  assert.ok(overflow > 0 && closed > 0, JSON.stringify(stats))
}
