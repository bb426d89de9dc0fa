// rotating-file beside CPython's RotatingFileHandler: what the same records leave in two folders.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { noPython } from '../../../test/support/python-frames.js'
import { files, tempDir } from '../../../test/support/temp-dir.js'
import { close, roll } from './rolling.js'

/** Messages of one run of a program, and what its handler is told. */
interface Run {
  readonly maxBytes: number
  readonly backupCount: number
  readonly messages: readonly string[]
  readonly mode?: 'a' | 'w'
  readonly delay?: boolean
  /** doRollover() after the last record. */
  readonly rollover?: boolean
}

const SCRIPT = `
import json, logging, logging.handlers, os, sys
for folder, runs in json.load(sys.stdin):
    for run in runs:
        handler = logging.handlers.RotatingFileHandler(
            os.path.join(folder, 'app.log'), mode=run.get('mode', 'a'), maxBytes=run['maxBytes'],
            backupCount=run['backupCount'], encoding='utf-8', delay=run.get('delay', False))
        for message in run['messages']:
            handler.emit(logging.LogRecord('root', 20, 'app.py', 1, message, None, None))
        if run.get('rollover'):
            handler.doRollover()
        handler.close()
`

let random = 20171016
function next(limit: number): number {
  random = (Math.imul(random, 1103515245) + 12345) & 0x7fffffff
  return Math.floor((random / 0x80000000) * limit)
}

// Pythons before 3.12.6 roll an empty file for a record that is larger than the cap: none of these records comes first.
function messages(count: number, longest: number): string[] {
  return Array.from({ length: count }, (_, n) => (n === 0 ? '0' : `${n} ${'x'.repeat(next(longest))}`))
}

const histories: Record<string, readonly Run[]> = {
  'one record a file': [{ maxBytes: 3, backupCount: 5, messages: ['0', '1', '2', '3'] }],
  'sizes around the cap': [
    {
      maxBytes: 10,
      backupCount: 9,
      messages: ['1234', '1234', '12', '123', '123456', '1', '12345678', '123456789', '0', '1'],
    },
  ],
  'records larger than the cap': [
    { maxBytes: 20, backupCount: 9, messages: ['0', 'x'.repeat(50), 'y'.repeat(19), '1', 'z'.repeat(20), '2'] },
  ],
  'more backups than are kept': [{ maxBytes: 50, backupCount: 3, messages: messages(100, 30) }],
  'one backup': [{ maxBytes: 50, backupCount: 1, messages: messages(100, 30) }],
  'a hundred backups': [{ maxBytes: 200, backupCount: 100, messages: messages(500, 100) }],
  'no cap': [{ maxBytes: 0, backupCount: 3, messages: messages(20, 30) }],
  'no backups': [{ maxBytes: 50, backupCount: 0, messages: messages(20, 30) }],
  'a cap in mode w': [
    { maxBytes: 50, backupCount: 3, messages: messages(5, 30), mode: 'w' },
    { maxBytes: 50, backupCount: 3, messages: messages(5, 30), mode: 'w' },
  ],
  'mode w without a cap': [
    { maxBytes: 0, backupCount: 3, messages: messages(5, 30), mode: 'w' },
    { maxBytes: 0, backupCount: 3, messages: messages(5, 30), mode: 'w' },
  ],
  'rollovers by hand': [
    { maxBytes: 0, backupCount: 2, messages: messages(5, 30), rollover: true },
    { maxBytes: 0, backupCount: 2, messages: [], rollover: true, delay: true },
    { maxBytes: 60, backupCount: 2, messages: messages(5, 30), rollover: true },
    { maxBytes: 60, backupCount: 3, messages: messages(5, 30), rollover: true, delay: true },
  ],
  'runs with other caps and counts': [5, 2, 0, 1, 7, 4].flatMap((backupCount) => {
    const maxBytes = 20 + next(100)
    return [
      { maxBytes, backupCount, messages: messages(30, 40) },
      { maxBytes: 100, backupCount: 3, messages: messages(8, 40), delay: true },
    ]
  }),
  'runs at random': Array.from({ length: 20 }, () => ({
    maxBytes: next(5) === 0 ? 0 : 10 + next(300),
    backupCount: next(6),
    messages: messages(1 + next(60), 1 + next(80)),
    delay: next(2) === 0,
    rollover: next(4) === 0,
  })).map((run) => ({ ...run, rollover: run.rollover && run.backupCount > 0 })),
}

describe('rotating-file leaves the folder that CPython leaves', () => {
  let folders: readonly string[] | undefined
  before(() => {
    folders = playInPython(Object.values(histories))
  })
  after(() => {
    for (const folder of folders ?? []) rmSync(folder, { recursive: true, force: true })
  })

  for (const [index, [name, runs]] of Object.entries(histories).entries()) {
    it(name, async (t) => {
      const theirs = folders?.[index]
      if (theirs === undefined) return t.skip(String(noPython))
      const dir = tempDir(t)

      for (const { messages, rollover, ...options } of runs) {
        const { handler } = roll(t, { ...options, formatter: { fmt: '%(message)s' } }, dir)
        for (const msg of messages) handler.write(`${JSON.stringify({ level: 30, time: 1, msg })}\n`)
        if (rollover) handler.command('rotate')
        await close(handler)
      }

      assert.deepEqual(files(dir), files(theirs))
    })
  }
})

/** The folders that CPython leaves, one for each history; undefined where there is no python3. */
function playInPython(all: readonly (readonly Run[])[]): string[] | undefined {
  if (noPython) return undefined
  const folders = all.map(() => mkdtempSync(join(tmpdir(), 'pino-handlers-')))
  execFileSync('python3', ['-c', SCRIPT], { input: JSON.stringify(all.map((runs, index) => [folders[index], runs])) })
  return folders
}
