// stream, file and null against what CPython's handlers wrote; kind watched is in watched.test.ts.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import { type Handler, HandlerOptionError } from '@pino-handlers/core'
import { getMessage } from '@pino-handlers/core/python'
import file, { type FileOptions } from '@pino-handlers/file'
import nullHandler from '@pino-handlers/null'
import stream from '@pino-handlers/stream'
import { canSeeOpenFiles, openFiles } from '../support/open-files.js'
import { tempDir } from '../support/temp-dir.js'
import { type Case, casesOf, decodeObject } from './vectors.js'

// What is answered otherwise here, by rule, with the reason; each is checked for the answer that the port gives.
const deviations: readonly {
  readonly reason: string
  readonly kind: string
  applies(input: Record<string, unknown>): boolean
}[] = [
  {
    reason: 'setStream: a handler keeps the stream that it was made with',
    kind: 'setStream',
    applies: () => true,
  },
  {
    reason: "file: a mode other than 'a', 'w' and 'x' cannot hold a text log and is refused at construction",
    kind: 'file',
    applies: ({ mode }) => !['a', 'w', 'x'].includes(String(mode)),
  },
  {
    reason: 'file: error handlers that need tables of Unicode names or lone surrogates are refused at construction',
    kind: 'file',
    applies: ({ errors }) => ['namereplace', 'surrogateescape', 'surrogatepass'].includes(String(errors)),
  },
]

const PYTHON_NAMES: Readonly<Record<string, string>> = {
  EEXIST: 'FileExistsError',
  ENOENT: 'FileNotFoundError',
  EISDIR: 'IsADirectoryError',
  ENOTDIR: 'NotADirectoryError',
}

describe('the file handlers answer as CPython does', () => {
  const cases = casesOf('files')

  it('stream', async (t) => {
    for (const one of asked(t, cases, 'stream')) assert.deepEqual(await streamed(one), expectedOfStream(one), one.id)
  })

  it('file', async (t) => {
    for (const one of asked(t, cases, 'file')) assert.deepEqual(await stepped(t, one), expectedOfFile(one), one.id)
  })

  it('null', () => {
    for (const { expect } of cases.filter(({ kind }) => kind === 'null')) {
      // Python answers None to every call: nothing is handled, nothing is kept.
      assert.deepEqual(Object.values(decodeObject(expect)), [null, null, null, null, 0])
      const handler = nullHandler()
      handler.write('{"level":30,"msg":"x"}\n')
      assert.deepEqual([handler.stats.received, handler.stats.delivered, handler.stats.bytes], [1, 1, 0])
      handler.destroy()
    }
  })

  it('refuses at construction what it does not offer', (t) => {
    for (const { input } of cases.filter(({ kind }) => kind === 'file')) {
      const { mode, errors } = decodeObject(input)
      if (!deviations.some((each) => each.kind === 'file' && each.applies({ mode, errors }))) continue
      const wrong = ['a', 'w', 'x'].includes(String(mode)) ? { errors } : { mode }
      assert.throws(() => file({ filename: join(tempDir(t), 'app.log'), ...wrong } as unknown as FileOptions), {
        message: new RegExp(`^\\[file\\] option "${Object.keys(wrong)[0]}" must be .*, got `),
      })
    }
  })
})

function asked(t: TestContext, cases: readonly Case[], kind: string): readonly Case[] {
  const all = cases.filter((one) => one.kind === kind)
  const rules = deviations.filter((each) => each.kind === kind)
  for (const { reason, applies } of rules) {
    t.diagnostic(`${all.filter(({ input }) => applies(input)).length} of ${all.length} left out: ${reason}`)
  }
  return all.filter(({ input }) => !rules.some((rule) => rule.applies(input)))
}

// Records that Python cannot merge never become records of pino, which merges with fewer demands.
async function streamed({ input }: Case): Promise<unknown> {
  const { terminator = '\n', fail } = decodeObject(input)
  let text = ''
  const target = new Writable({
    decodeStrings: false,
    autoDestroy: false,
    write(chunk: string, _encoding, done) {
      if (fail !== 'write') text += chunk
      done(fail === 'write' ? new Error('fails') : null)
    },
  })
  const formatter = { fmt: '%(message)s' }
  const handler = stream({ stream: target, terminator: String(terminator), formatter, onError: 'ignore' })
  const given = Array.isArray(input.records) ? input.records : []
  for (const record of given) {
    const line = lineOf(record)
    if (line !== undefined) handler.write(line)
  }
  await ended(handler)
  const lost = Object.values(handler.stats.dropped).reduce((sum, count) => sum + count, 0)
  return { text, lost }
}

// A flush that fails is Python's own: the records are written, and a Writable has no flush of its own.
function expectedOfStream({ input, expect }: Case): unknown {
  const { text, errors = [] } = decodeObject(expect)
  return { text, lost: decodeObject(input).fail === 'write' && Array.isArray(errors) ? errors.length : 0 }
}

function lineOf(record: unknown): string | undefined {
  const { msg, args, exc_text } = decodeObject(record)
  try {
    return `${JSON.stringify({ level: 30, time: 1, msg: getMessage(msg, args), err: exc_text ? { stack: exc_text } : undefined })}\n`
  } catch {
    return undefined
  }
}

async function stepped(t: TestContext, { input, expect }: Case): Promise<unknown> {
  const dir = tempDir(t)
  const { steps, pre, path = 'app.log', mode, encoding, delay, errors } = decodeObject(input)
  const filename = join(dir, String(path))
  if (typeof pre === 'string') writeFileSync(filename, pre)
  const options = {
    filename,
    mode,
    encoding: encoding ?? undefined,
    delay,
    errors,
    formatter: { fmt: '%(message)s' },
    onError: 'ignore',
  }
  let reported: string | undefined
  const create = (): Handler => {
    const handler = file(options as unknown as FileOptions)
    return handler.on('failure', ({ kind, code }) => {
      if (kind !== 'encode') reported ??= PYTHON_NAMES[code] ?? kind
    })
  }
  let handler: Handler
  try {
    handler = create()
  } catch (error) {
    return { error: pythonName(error) }
  }
  const answers: unknown[] = []
  let closed = false
  // Where Python lets an error out to the application, its answers end.
  const answered = decodeObject(expect).steps
  const asking = Array.isArray(steps) && Array.isArray(answered) ? steps.slice(0, answered.length) : []
  for (const [verb, text] of asking) {
    reported = undefined
    const { invalid } = handler.stats
    if (verb === 'emit') handler.write(`${JSON.stringify({ level: 30, time: 1, msg: text })}\n`)
    // Events of one kind are held back for a while; the books are exact.
    if (handler.stats.invalid > invalid) reported = 'UnicodeEncodeError'
    if (verb === 'close' || verb === 'reopen') await ended(handler)
    if (verb === 'reopen') handler = create()
    closed = verb === 'close' || (closed && verb === 'emit')
    // After its end a handler opens the file for a late record and closes it again; Python's leaves it open.
    answers.push({ size: sizeOf(filename), ...(closed ? {} : { open: isOpen(filename), reported }) })
  }
  await ended(handler)
  return { steps: answers, content: contentOf(filename) }
}

function expectedOfFile({ input, expect }: Case): unknown {
  const answer = decodeObject(expect)
  if ('error' in answer) return { error: answer.error }
  const verbs = decodeObject(input).steps
  let closed = false
  const steps = Array.isArray(answer.steps) ? answer.steps : []
  return {
    steps: steps.map(({ open, size, reported, raised }, index) => {
      const [verb] = Array.isArray(verbs) ? verbs[index] : []
      closed = verb === 'close' || (closed && verb === 'emit')
      return { size, ...(closed ? {} : { open: canSeeOpenFiles ? open : undefined, reported: reported ?? raised }) }
    }),
    content: answer.content ?? null,
  }
}

function pythonName(error: unknown): string {
  if (!(error instanceof HandlerOptionError)) throw error
  if (/option "encoding"/.test(error.message)) return 'LookupError'
  const [code = ''] = /\bE[A-Z]+\b/.exec(error.message) ?? []
  return PYTHON_NAMES[code] ?? error.message
}

function sizeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.size ?? null
}

function contentOf(path: string): string | null {
  return sizeOf(path) === null ? null : readFileSync(path, 'utf8')
}

// Undefined where nobody can see it.
function isOpen(path: string): boolean | undefined {
  return canSeeOpenFiles ? openFiles().includes(path) : undefined
}

function ended(handler: Handler): Promise<unknown> {
  if (handler.closed) return Promise.resolve()
  const closed = once(handler, 'close')
  handler.end()
  return closed
}
