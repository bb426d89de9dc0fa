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

    const summary = /^# tests (\d+)$.*^# pass (\d+)$.*^# skipped (\d+)$/ms.exec(stdout)?.slice(1).map(Number) ?? []
    const [tests = 0, pass = 0, skipped = 0] = summary
    t.diagnostic(`${pass} of ${tests} passed, ${skipped} were skipped`)
    assert.deepEqual([failures(stdout), pass + skipped === tests, tests > 100, code], [[], true, true, 0])
  })
})

function failures(tap: string): string[] {
  return [...tap.matchAll(/^ *not ok \d+ - .*(?:\n {6,}.*)*/gm)].map(([text]) => text.slice(0, 1500))
}
