// watched-file against what CPython's WatchedFileHandler left in its folder.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import watchedFile, { type WatchedFileOptions } from '@pino-handlers/watched-file'
import { canSeeOpenFiles, openFiles } from '../support/open-files.js'
import { tempDir } from '../support/temp-dir.js'
import { type Case, casesOf, decodeObject } from './vectors.js'

type Step = readonly [verb: string, argument?: string]
type Files = Readonly<Record<string, string>>

interface Asked {
  readonly mode: 'a' | 'w'
  readonly delay: boolean
  readonly steps: readonly Step[]
}

interface Answer {
  /** After each step until the end: whether the file is open, and whether the record of the step could not be written. */
  readonly steps: readonly { open: boolean; failing: boolean }[]
  readonly files: Files
}

// What is answered otherwise here: how CPython's files become ours.
const deviations: readonly { readonly reason: string; apply(files: Files, asked: Asked, answer: Answer): Files }[] = [
  {
    reason: "a file that is truncated goes on at its start in mode 'w' too; CPython leaves a hole of NULs",
    apply: (files) => mapTexts(files, (text) => text.replace(/^\0+/, '')),
  },
  {
    reason: "D4: delay with mode 'w' keeps the first record; CPython empties the file at the second",
    apply(files, { mode, delay, steps }) {
      const first = steps.findIndex(([verb]) => verb === 'emit')
      const rest = steps.slice(first + 1)
      const second = rest.findIndex(([verb]) => verb !== 'touch' && verb !== 'reopenIfNeeded')
      if (mode !== 'w' || !delay || rest[second]?.[0] !== 'emit') return files
      const start = `${rest[second]?.[1]}\n`
      return mapTexts(files, (text) => (text.startsWith(start) ? `${steps[first]?.[1]}\n${text}` : text))
    },
  },
  {
    reason: 'a record whose file cannot be opened is held and written before the next; CPython throws it at the caller',
    apply(files, { steps }, answer) {
      let held = ''
      let result = files
      for (const [index, [verb, text]] of steps.entries()) {
        if (verb === 'emit' && answer.steps[index]?.failing) held += `${text}\n`
        if (held === '' || verb !== 'emit' || answer.steps[index]?.failing) continue
        const line = `${text}\n`
        const before = held
        result = mapTexts(result, (all) => all.replace(line, before + line))
        held = ''
      }
      const freed =
        steps.findLastIndex(([verb]) => verb === 'unblock') > steps.findLastIndex(([verb]) => verb === 'mkdir-blocker')
      return held !== '' && freed ? { ...result, 'app.log': (result['app.log'] ?? '') + held } : result
    },
  },
]

describe('watched-file answers as CPython does', () => {
  const cases = casesOf('files').filter(({ kind }) => kind === 'watched')

  it('watched', { skip: !canSeeOpenFiles && 'the system does not show which files are open' }, async (t) => {
    const changed = new Map<string, number>()
    for (const one of cases) {
      const asked = askedBy(one)
      const answer = answerOf(one)
      let { files } = answer
      for (const { reason, apply } of deviations) {
        const ours = apply(files, asked, answer)
        if (JSON.stringify(ours) !== JSON.stringify(files)) changed.set(reason, (changed.get(reason) ?? 0) + 1)
        files = ours
      }
      assert.deepEqual(
        await stepped(t, asked, answer, files),
        { steps: openUntilClose(asked, answer), files: sorted(files) },
        one.id,
      )
    }
    for (const [reason, count] of changed) t.diagnostic(`${count} of ${cases.length} otherwise: ${reason}`)
  })
})

function askedBy({ input }: Case): Asked {
  const { mode, delay, steps } = decodeObject(input)
  return { mode: mode === 'w' ? 'w' : 'a', delay: delay === true, steps: Array.isArray(steps) ? steps : [] }
}

function answerOf({ expect }: Case): Answer {
  const { steps, files } = decodeObject(expect)
  const answered = Array.isArray(steps) ? steps : []
  return {
    steps: answered.map(({ open, ...errors }) => ({ open, failing: Object.values(errors).some(Boolean) })),
    files: Object.fromEntries(Object.entries(decodeObject(files)).map(([name, text]) => [name, String(text)])),
  }
}

// After its end a handler opens the file for a late record and closes it again; Python's leaves it open.
function openUntilClose({ steps }: Asked, answer: Answer): Answer['steps'] {
  const end = steps.findIndex(([verb]) => verb === 'close')
  return answer.steps.slice(0, end === -1 ? undefined : end)
}

async function stepped(
  t: TestContext,
  { mode, delay, steps }: Asked,
  answer: Answer,
  expected: Files,
): Promise<Answer> {
  const dir = tempDir(t)
  const filename = join(dir, 'app.log')
  const options: WatchedFileOptions = { filename, mode, delay, formatter: { fmt: '%(message)s' }, onError: 'ignore' }
  const handler = watchedFile(options)
  const answers: { open: boolean; failing: boolean }[] = []
  for (const [index, [verb, argument = '']] of steps.slice(0, answer.steps.length).entries()) {
    if (verb === 'emit') handler.write(`${JSON.stringify({ level: 30, time: 1, msg: argument })}\n`)
    else if (verb === 'close') await ended(handler)
    else if (verb === 'reopenIfNeeded') handler.command('reopen')
    else interfere(dir, verb, argument, index)
    // What waits for a timer's next attempt is tried now.
    if (verb === 'emit' && handler.stats.state === 'degraded') handler.flushSync()
    if (!handler.closed) {
      answers.push({ open: hasOpen(dir), failing: verb === 'emit' && handler.stats.state === 'degraded' })
    }
  }
  await ended(handler)
  return { steps: answers, files: sorted(settleName(textsIn(dir), expected)) }
}

function ended(handler: ReturnType<typeof watchedFile>): Promise<unknown> {
  if (handler.closed) return Promise.resolve()
  const closed = once(handler, 'close')
  handler.end()
  return closed
}

// What others do to the file; what is not there is left alone.
function interfere(dir: string, verb: string, argument: string, index: number): void {
  const [path, other] = [join(dir, 'app.log'), join(dir, argument)]
  const away = (name: string): void => {
    if (existsSync(path)) renameSync(path, join(dir, name))
  }
  const acts: Readonly<Record<string, () => void>> = {
    rename: () => away(argument),
    'rename-back': () => renameSync(other, path),
    remove: () => rmSync(path, { force: true }),
    recreate() {
      away(`was.${index}`)
      writeFileSync(path, argument)
    },
    truncate() {
      if (existsSync(path)) truncateSync(path)
    },
    copytruncate() {
      if (!existsSync(path)) return
      copyFileSync(path, other)
      truncateSync(path)
    },
    symlink() {
      away('was')
      symlinkSync(argument, path)
    },
    touch: () => appendFileSync(other, ''),
    'mkdir-blocker'() {
      away('was')
      mkdirSync(path)
    },
    unblock: () => rmSync(path, { recursive: true }),
  }
  const act = acts[verb]
  assert.ok(act, `unknown step ${verb}`)
  act()
}

// The vectors do not say what a file is called that makes way for a directory, or whether it stays.
function settleName(found: Files, expected: Files): Files {
  if (!('was' in found) || 'was' in expected) return found
  const { was, ...rest } = found
  const names = Object.keys(expected).filter((name) => !(name in rest))
  return names.length === 1 ? { ...rest, [String(names[0])]: was } : rest
}

function textsIn(dir: string): Files {
  const names = readdirSync(dir).filter((name) => statSync(join(dir, name), { throwIfNoEntry: false })?.isFile())
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(dir, name), 'utf8')]))
}

// Whether this process has a file of the folder open, wherever it has been moved.
function hasOpen(dir: string): boolean {
  return openFiles().some((path) => path.startsWith(`${dir}/`))
}

function mapTexts(files: Files, change: (text: string) => string): Files {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [name, change(text)]))
}

function sorted(files: Files): Files {
  return Object.fromEntries(Object.entries(files).sort())
}
