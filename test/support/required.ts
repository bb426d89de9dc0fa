// What a test needs from the machine and may not find there.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import type { TestContext } from 'node:test'

/** Skips the test because `what` is missing, or fails it where everything has to be there. */
export function skipWithout(t: Pick<TestContext, 'skip'>, what: string): undefined {
  assert.notEqual(process.env.PINO_HANDLERS_REQUIRE_SERVERS, '1', `${what} is missing`)
  t.skip(`${what} is missing`)
}

/** The reason to skip tests that need a program; false where it is there or has to be. */
export function missingProgram(program: string): string | false {
  const isMissing = spawnSync(program, ['--version'], { stdio: 'ignore' }).error !== undefined
  return isMissing && process.env.PINO_HANDLERS_REQUIRE_SERVERS !== '1' && `${program} is missing`
}
