// rotating-file against what CPython's RotatingFileHandler left in its folder.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import type { Handler } from '@pino-handlers/core'
import { createEncoder } from '@pino-handlers/core/file'
import rotatingFile, { type RotatingFileOptions } from '@pino-handlers/rotating-file'
import { unixOnly } from '../support/platform.js'
import { tempDir } from '../support/temp-dir.js'
import { namerOf } from './namers.js'
import { type Case, casesOf, decodeObject } from './vectors.js'

// What is answered otherwise here, by rule, with the reason.
const deviations: readonly { readonly reason: string; applies(one: Case): boolean }[] = [
  {
    reason: "mode 'q': modes other than 'a', 'w' and 'x' are refused at construction with words of our own",
    applies: ({ kind, input }) => kind === 'ctor' && !['a', 'w', 'x', undefined].includes(textOf(input.mode)),
  },
]

describe('rotating-file answers as CPython does', () => {
  const cases = casesOf('rotating')

  it('history', { skip: unixOnly('/dev/null is called otherwise') }, async (t) => {
    for (const one of cases.filter(({ kind }) => kind === 'history')) {
      assert.deepEqual(await played(t, one), expectedOf(one), `${one.id} ${JSON.stringify(one.input)}`)
    }
  })

  it('should', async (t) => {
    for (const { id, input, expect } of cases.filter(({ kind }) => kind === 'should')) {
      const { maxBytes, pre, text, encoding } = decodeObject(input)
      const dir = tempDir(t)
      writeFileSync(join(dir, 'app.log'), 'x'.repeat(Number(pre)))
      const handler = create({ filename: join(dir, 'app.log'), maxBytes, backupCount: 1, encoding })
      emit(handler, String(text))
      await ended(handler)
      // D3: Python counts the characters of the new record, the port its bytes.
      const bytes = Buffer.byteLength(`${text}\n`)
      const ours = Number(maxBytes) > 0 && Number(pre) > 0 && Number(pre) + bytes >= Number(maxBytes)
      if (bytes === String(text).length + 1) assert.equal(ours, decodeObject(expect).roll, id)
      assert.equal(existsSync(join(dir, 'app.log.1')), ours, id)
    }
  })

  it('ctor', async (t) => {
    const asked = cases.filter(({ kind }) => kind === 'ctor')
    for (const { reason, applies } of deviations) t.diagnostic(`${asked.filter(applies).length} left out: ${reason}`)
    for (const one of asked.filter((each) => !deviations.some(({ applies }) => applies(each)))) {
      const { path = 'app.log', mode, maxBytes = 0, delay } = decodeObject(one.input)
      const expected = decodeObject(one.expect)
      const dir = tempDir(t)
      mkdirSync(join(dir, 'dir'))
      const filename = join(dir, String(path))
      const make = (): Handler => create({ filename, mode, maxBytes, delay })
      if ('error' in expected) {
        assert.throws(make, /option "filename" cannot be opened: ENOENT/, one.id)
        continue
      }
      if (existsSync(join(filename, '..'))) writeFileSync(filename, 'before\n')
      const handler = make()
      assert.equal(existsSync(filename), Boolean(expected.opened), one.id)
      if (expected.opened) {
        // Mode 'a' is the one that keeps what was there.
        assert.equal(readFileSync(filename, 'utf8'), expected.mode === 'a' ? 'before\n' : '', one.id)
      }
      await ended(handler)
    }
  })
})

async function played(t: TestContext, { input }: Case): Promise<unknown> {
  const dir = tempDir(t)
  const filename = join(dir, 'app.log')
  const { pre, steps, encoding, namer, rotator, linkTo, maxBytes, backupCount, mode, delay, errors, terminator } =
    decodeObject(input)
  prepare(dir, pre, String(encoding))
  if (linkTo !== undefined) symlinkSync('/dev/null', filename)
  const options = {
    ...{ filename, maxBytes, backupCount, mode, encoding, delay, errors, terminator },
    namer: namer === undefined ? undefined : namerOf(namer),
    rotator: rotator === 'noop' ? () => {} : undefined,
  }
  const steps_: unknown[] = []
  let handler: Handler
  try {
    handler = create(options)
  } catch (error) {
    return { error: /EEXIST/.test(String(error)) ? 'FileExistsError' : error }
  }
  let names = ''
  for (const [verb, text] of listOf<[string, string]>(steps)) {
    if (verb === 'emit') emit(handler, text)
    if (verb === 'rollover') handler.command('rotate')
    if (verb === 'remove') rmSync(filename, { force: true })
    if (verb === 'close' || verb === 'reopen') await ended(handler)
    if (verb === 'reopen') handler = create(options)
    const now = readdirSync(dir).sort()
    steps_.push(now.join() === names ? [] : now)
    names = now.join()
  }
  await ended(handler)
  return { steps: steps_, files: contents(dir) }
}

// In mode 'w' CPython empties a file that holds records: at an explicit rollover when it keeps no backups, and at the
// first record after close(). The port does neither.
function isSpared({ input }: Case): boolean {
  const { backupCount, mode, maxBytes, steps } = decodeObject(input)
  if (mode !== 'w' || maxBytes !== 0) return false
  const verbs = listOf<[string, string]>(steps).map(([verb]) => verb)
  return verbs.includes('close') || (backupCount === 0 && verbs.includes('rollover'))
}

// CPython's answer where it counts as the port does; elsewhere the answer of a model of the rule, which is held to
// CPython's wherever they have to agree.
function expectedOf(one: Case): unknown {
  const expected = decodeObject(one.expect)
  if ('error' in expected) return { error: expected.error }
  const model = modelled(one)
  const { nonAscii, terminator = '\n', encoding } = decodeObject(one.input)
  const counts =
    isSpared(one) || nonAscii === true || terminator !== '\n' || !['utf-8', 'ascii'].includes(String(encoding))
  if (!counts) {
    const files = Object.entries(decodeObject(expected.files)).map(([name, file]) => [
      name,
      listOf<unknown>(file).slice(0, 2),
    ])
    const python = {
      steps: listOf<{ names?: string[] }>(expected.steps).map(({ names = [] }) => names),
      files: Object.fromEntries(files),
    }
    assert.deepEqual(model, python, `the model of ${one.id}`)
  }
  return model
}

// RotatingFileHandler with D3 (bytes of the record, with its terminator), on files in memory.
function modelled({ input }: Case): unknown {
  const given = decodeObject(input)
  const { maxBytes, backupCount, encoding, delay, namer, rotator, linkTo, terminator = '\n' } = given
  const mode = Number(maxBytes) > 0 ? 'a' : given.mode
  const encoder = createEncoder(String(encoding), 'strict')
  const bytesOf = (text: string): Buffer => Buffer.from(encoder.encode(text))
  const rename = namer === undefined ? (path: string) => path : (namerOf(namer) ?? ((path: string) => path))
  const backup = (number: number): string => rename(`app.log.${number}`)
  const folder = new Map<string, { data: Buffer }>()
  for (const [name, text] of listOf<[string, string]>(given.pre)) folder.set(name, { data: bytesOf(text) })
  let file: { data: Buffer } | undefined
  let closed = false

  const open = (): void => {
    if (mode === 'w') folder.delete('app.log')
    file = folder.get('app.log') ?? { data: Buffer.alloc(0) }
    if (file.data.length === 0) file.data = Buffer.from(encoder.mark)
    folder.set('app.log', file)
  }
  const move = (from: string, to: string): void => {
    const moved = folder.get(from)
    if (!moved) return
    folder.delete(from)
    folder.set(to, moved)
  }
  const roll = (): void => {
    if (Number(backupCount) > 0) {
      for (let number = Number(backupCount) - 1; number > 0; number--) move(backup(number), backup(number + 1))
      folder.delete(backup(1))
      if (rotator !== 'noop') move('app.log', backup(1))
    } else return
    file = undefined
    if (!delay) open()
  }
  const write = (text: string): void => {
    if (closed && mode !== 'a') return
    let bytes: Buffer
    try {
      bytes = bytesOf(text + terminator)
    } catch {
      return
    }
    if (!file) open()
    const size = file?.data.length ?? 0
    const due = Number(maxBytes) > 0 && size > encoder.mark.length && size + bytes.length >= Number(maxBytes)
    if (due && Number(backupCount) > 0) roll()
    if (!file) open()
    if (file) file.data = Buffer.concat([file.data, bytes])
    if (closed) file = undefined
  }

  if (linkTo !== undefined)
    return {
      steps: listOf<[string, string]>(given.steps).map((_, index) => (index ? [] : ['app.log'])),
      files: { 'app.log': described(Buffer.alloc(0)) },
    }
  if (!delay) open()
  let names = ''
  const steps = listOf<[string, string]>(given.steps).map(([verb, text]) => {
    if (verb === 'emit') write(text)
    if (verb === 'rollover' && !closed) roll()
    if (verb === 'remove') folder.delete('app.log')
    if (verb === 'close' || verb === 'reopen') file = undefined
    closed = verb === 'close' || (closed && verb !== 'reopen')
    if (verb === 'reopen' && !delay) open()
    const now = [...folder.keys()].sort()
    const same = now.join() === names
    names = now.join()
    return same ? [] : now
  })
  return { steps, files: Object.fromEntries([...folder].map(([name, { data }]) => [name, described(data)])) }
}

function prepare(dir: string, pre: unknown, encoding: string): void {
  const encoder = createEncoder(encoding, 'strict')
  for (const [name, text] of listOf<[string, string]>(pre)) writeFileSync(join(dir, name), encoder.encode(text))
}

function contents(dir: string): Record<string, unknown> {
  return Object.fromEntries(readdirSync(dir).map((name) => [name, described(readFileSync(join(dir, name)))]))
}

function described(bytes: Buffer): unknown[] {
  return [bytes.length, createHash('sha256').update(bytes).digest('hex').slice(0, 16)]
}

function create(options: Record<string, unknown>): Handler {
  const all = { formatter: { fmt: '%(message)s' }, onError: 'ignore', ...options }
  return rotatingFile(all as unknown as RotatingFileOptions)
}

function emit(handler: Handler, msg: string): void {
  handler.write(`${JSON.stringify({ level: 30, time: 1, msg })}\n`)
}

function ended(handler: Handler): Promise<unknown> {
  if (handler.closed) return Promise.resolve()
  const closed = once(handler, 'close')
  handler.end()
  return closed
}

// A list of the vectors, whose members are what the generator makes them.
function listOf<T>(value: unknown): readonly T[] {
  return Array.isArray(value) ? value : []
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
