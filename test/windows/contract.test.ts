// The contract of every handler with a real Node for Windows under Wine: drive letters, named pipes, files that are open.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Wine } from './wine.js'

describe('every handler on Windows', () => {
  it('keeps the contract', async (t) => {
    const wine = Wine.start(t)
    if (!wine) return

    const args = ['--test-reporter=tap', 'build/test/contract.test.js']
    const { code, stdout } = await wine.node(args, { record: false })

    const [tests = 0, pass = 0] = /^# tests (\d+)$.*^# pass (\d+)$/ms.exec(stdout)?.slice(1).map(Number) ?? []
    t.diagnostic(`${pass} of ${tests} passed; exit code ${code}`)
    assert.deepEqual([failures(stdout), tests > 100], [[], true], stdout.slice(-3000))
  })
})

// Wine takes its time to start and to end a process, which is all that this one measures.
const TIMED = 'lets an idle process exit at once'

// Each with what it says below its name.
function failures(tap: string): string[] {
  const failed = [...tap.matchAll(/^ {4}not ok \d+ - .*(?:\n {6}.*)*/gm)].map(([text]) => text.slice(0, 1500))
  return failed.filter((text) => !text.split('\n', 1)[0]?.endsWith(TIMED))
}
