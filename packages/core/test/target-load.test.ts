// Finding the module that a target names.

import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { pathToFileURL } from 'node:url'
import { resolveOptions } from '@pino-handlers/core'
import { parseSpec, type Target, targetCheck } from '@pino-handlers/core/target'
import { tempDir } from '../../../test/support/temp-dir.js'
import { until } from '../../../test/support/until.js'
import { ended, outcome, supervised } from './target-setup.js'

const SEEN = `globalThis.targetSaw ??= []; const make = (options) => ({ write: (text) => globalThis.targetSaw.push([options.to, text]) });`

/** What modules of third parties look like. */
const modules: Record<string, [name: string, source: string]> = {
  'a CommonJS module': ['target.cjs', `${SEEN} module.exports = make`],
  'a CommonJS module with a default export': [
    'target.cjs',
    `${SEEN} module.exports = { __esModule: true, default: make }`,
  ],
  'a CommonJS module with a default export in another': [
    'target.cjs',
    `${SEEN} module.exports = { default: { default: make } }`,
  ],
  'an ES module': ['target.mjs', `${SEEN} export default make`],
  'an ES module that waits when it is loaded': ['target.mjs', `await null; ${SEEN} export default make`],
  'an ES module whose function waits': ['target.mjs', `${SEEN} export default async (options) => make(options)`],
  'an ES module whose function gives a promise of its own kind': [
    'target.mjs',
    `${SEEN} export default (options) => ({ then: (resolve) => resolve(make(options)) })`,
  ],
}

function moduleFile(t: TestContext, name: string, source: string): string {
  const path = join(tempDir(t), name)
  writeFileSync(path, source)
  return path
}

function spec(target: string, options: object = {}): Target {
  return parseSpec({ target, options }, {}) ?? assert.fail()
}

/** What a target's module was given for `options.to`. */
function seen(to: string): string[] {
  const all: unknown = Reflect.get(globalThis, 'targetSaw')
  return Array.isArray(all) ? all.flatMap(([name, text]: [string, string]) => (name === to ? text : [])) : []
}

describe('a target', () => {
  for (const [what, [name, source]] of Object.entries(modules)) {
    it(`can be ${what}`, async (t) => {
      const path = moduleFile(t, name, source)
      const { handler } = supervised(t, spec(path, { to: path }))
      handler.write('a\n')
      const stats = await ended(handler)
      assert.deepEqual([seen(path), outcome(stats)], [['a\n'], { delivered: 1 }])
    })
  }

  it('can be an ES module that something else is importing, as pino does with all targets at once', async (t) => {
    const path = moduleFile(t, 'target.mjs', `import './more.mjs'; ${SEEN} export default make`)
    writeFileSync(join(dirname(path), 'more.mjs'), '')
    const importing: Promise<unknown> = import(pathToFileURL(path).href)
    await Promise.resolve()
    const { handler } = supervised(t, spec(path, { to: path }))
    handler.write('a\n')
    const stats = await ended(handler)
    await importing
    assert.deepEqual([seen(path), outcome(stats)], [['a\n'], { delivered: 1 }])
  })

  it('can be a file: URL', async (t) => {
    const path = moduleFile(t, 'a target.mjs', `${SEEN} export default make`)
    const { handler } = supervised(t, spec(pathToFileURL(path).href, { to: path }))
    handler.write('a\n')
    await ended(handler)
    assert.deepEqual(seen(path), ['a\n'])
  })

  it('can be a path or a package, from the working directory', async (t) => {
    const dir = tempDir(t)
    t.mock.method(process, 'cwd', () => dir)
    mkdirSync(join(dir, 'node_modules', 'some-target'), { recursive: true })
    writeFileSync(join(dir, 'node_modules', 'some-target', 'index.js'), `${SEEN} module.exports = make`)
    writeFileSync(join(dir, 'target.cjs'), `${SEEN} module.exports = make`)
    for (const target of ['some-target', './target.cjs']) {
      const { handler } = supervised(t, spec(target, { to: `${dir} ${target}` }))
      handler.write('a\n')
      await ended(handler)
    }
    assert.deepEqual([seen(`${dir} some-target`), seen(`${dir} ./target.cjs`)], [['a\n'], ['a\n']])
  })

  for (const [what, source, told] of [
    ['exports no function', 'export const a = 1', '[path] exports no function by default'],
    ['makes no stream', 'export default () => 7', '[path] made 7, which is no stream'],
    ['makes nothing', 'export default async () => {}', '[path] made undefined, which is no stream'],
    ['throws when it is loaded', 'throw new TypeError("broken")', 'broken'],
    ['needs a module that is not there', 'import "./none.js"', /^Cannot find module '.*none\.js'/],
  ] as const) {
    it(`that ${what} is down, and says so`, async (t) => {
      const path = moduleFile(t, 'target.mjs', source)
      const { handler } = supervised(t, spec(path), { retryStart: 60, closeTimeout: 0.05 })
      handler.write('a\n')
      await until(() => handler.stats.lastError !== null)
      await ended(handler)
      const error = (handler.stats.lastError ?? '')
        .replace(/; it is opened.*/, '')
        .replace(`${path} cannot be opened: `, '')
      if (told instanceof RegExp) assert.match(error, told)
      else assert.equal(error, told.replace('[path]', path))
    })
  }
})

describe('targetCheck', () => {
  const resolve = (target: unknown): unknown => resolveOptions('test', { target: targetCheck }, {}, { target })

  for (const [target, told] of [
    [7, "must be { target, options, level } as in pino's transports, or a stream, got 7"],
    [{}, "must be { target, options, level } as in pino's transports, or a stream, got {}"],
    [{ target: '' }, `is wrong: option "target" must be the name of a module, got ''`],
    [{ target: 'x', option: {} }, 'is wrong: unknown option "option"; did you mean "options"?'],
    [{ target: 'pino/file', options: [] }, 'is wrong: option "options" must be an object, got []'],
    [{ target: 'no-such-package' }, `names 'no-such-package', which cannot be found from ${process.cwd()}`],
    [{ target: './no-such-file.js' }, `names './no-such-file.js', which cannot be found from ${process.cwd()}`],
    [{ target: './target-sink.js' }, `names './target-sink.js', which cannot be found from ${process.cwd()}`],
    [{ target: '/no/such/file.js' }, `names '/no/such/file.js', which cannot be found from ${process.cwd()}`],
    [
      { target: pathToFileURL('/no/such/file.js').href },
      `names '${pathToFileURL('/no/such/file.js').href}', which cannot be found from ${process.cwd()}`,
    ],
    [{ target: 'file:///a%2Fb.js' }, /^names 'file:\/\/\/a%2Fb.js', which is no path of a file: /],
    [{ target: 'pino/file', level: 'loud' }, /^is wrong: option "level" must be /],
  ] as const) {
    it(`refuses ${JSON.stringify(target)} and says why`, () => {
      const start = '[test] option "target" '
      assert.throws(
        () => resolve(target),
        ({ message }: Error) => {
          if (told instanceof RegExp) assert.match(message.slice(start.length), told)
          else assert.equal(message, start + told)
          return true
        },
      )
    })
  }

  it('takes a stream as it is, whatever its class', () => {
    const stream = Object.assign(Object.create(null), { write() {} })
    assert.deepEqual(resolve(stream), { target: { label: 'stream', stream } })
  })
})
