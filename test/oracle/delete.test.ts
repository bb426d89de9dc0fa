// The files that a timed rollover deletes, against CPython's answers.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { filesToDelete, parseWhen } from '@pino-handlers/core/rotation'
import { namerOf } from './namers.js'
import { casesOf, decodeObject, differing, type Input } from './vectors.js'

describe('filesToDelete answers as CPython does', () => {
  const cases = casesOf('delete')

  it('delete', () => {
    assert.deepEqual(differing(cases, deleted), [])
  })
})

function deleted(input: Input): unknown {
  const { base, when, interval, backupCount, namer, files, dirs = [] } = decodeObject(input)
  const naming = { filename: `/log/${base}`, schedule: parseWhen(when, interval), namer: namerOf(namer) }
  return filesToDelete(naming, [...names(files), ...names(dirs)], Number(backupCount))
}

function names(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : []
}
