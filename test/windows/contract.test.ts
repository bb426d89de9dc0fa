// The contract of every handler with a real Node for Windows under Wine: drive letters, named pipes, files that are open.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Wine } from './wine.js'

describe('every handler on Windows', () => {
  it('keeps the contract', async (t) => {
    const wine = Wine.start(t)
    if (!wine) return

    const args = ['--test-reporter=tap', 'build/test/contract.test.js']
    const { code, stdout, stderr } = await wine.node(args, { record: false })

    const [tests = 0, pass = 0] = /^# tests (\d+)$.*^# pass (\d+)$/ms.exec(stdout)?.slice(1).map(Number) ?? []
    t.diagnostic(`${pass} of ${tests} passed; exit code ${code}`)
    if (code !== 0) t.diagnostic((stdout + stderr).slice(-3000))
    assert.deepEqual([failures(stdout), code, tests > 100], [[], 0, true])
  })
})

// Each with what it says below its name.
function failures(tap: string): string[] {
  return [...tap.matchAll(/^ {4}not ok \d+ - .*(?:\n {6}.*)*/gm)].map(([text]) => text.slice(0, 1500))
}
