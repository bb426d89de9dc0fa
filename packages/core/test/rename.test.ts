import assert from 'node:assert/strict'
import fs, { writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { defaultRotator, removeSync, renameSyncPatiently } from '@pino-handlers/core/rotation'
import { onWindows } from '../../../test/support/platform.js'
import { files, tempDir } from '../../../test/support/temp-dir.js'

/** Makes the next `count` renames fail with `code`; returns how many were tried so far. */
function breakRenames(t: TestContext, code: string, count: number): () => number {
  const { renameSync } = fs
  let calls = 0
  const broken = t.mock.method(fs, 'renameSync', (from: string, to: string) => {
    if (calls++ < count) throw Object.assign(new Error(`${code}: made up, rename`), { code })
    renameSync(from, to)
  })
  syncBuiltinESMExports()
  t.after(() => {
    broken.mock.restore()
    syncBuiltinESMExports()
  })
  return () => calls
}

describe('renameSyncPatiently', () => {
  for (const code of ['EBUSY', 'EPERM', 'EACCES']) {
    it(`waits for someone who holds the file: ${code}`, (t) => {
      const folder = tempDir(t)
      writeFileSync(join(folder, 'app.log'), 'text')
      breakRenames(t, code, 5)

      renameSyncPatiently(join(folder, 'app.log'), join(folder, 'app.log.1'))

      assert.deepEqual(files(folder), { 'app.log.1': 'text' })
    })
  }

  it('gives up after a tenth of a second, and leaves the file where it is', (t) => {
    const folder = tempDir(t)
    writeFileSync(join(folder, 'app.log'), 'text')
    const calls = breakRenames(t, 'EBUSY', Number.POSITIVE_INFINITY)
    const begin = performance.now()

    assert.throws(() => renameSyncPatiently(join(folder, 'app.log'), join(folder, 'app.log.1')), { code: 'EBUSY' })

    assert.deepEqual([files(folder), calls()], [{ 'app.log': 'text' }, 6])
    // Each of five pauses may end a moment early.
    assert.ok(performance.now() - begin >= 90)
  })

  it('fails at once when waiting is of no use', (t) => {
    const folder = tempDir(t)
    const calls = breakRenames(t, 'EXDEV', 1)

    assert.throws(() => renameSyncPatiently(join(folder, 'app.log'), join(folder, 'app.log.1')), { code: 'EXDEV' })

    assert.equal(calls(), 1)
  })
})

describe('removeSync', () => {
  for (const platform of ['linux', 'win32'] as const) {
    it(`deletes a file that is open, and its name is free: ${platform}`, {
      skip: onWindows && platform !== 'win32',
    }, (t) => {
      const folder = tempDir(t)
      const [path, meanwhile] = [join(folder, 'app.log'), join(folder, 'gone')]
      writeFileSync(path, 'text')
      const reader = fs.openSync(path, 'r')

      removeSync(path, meanwhile, platform)
      removeSync(path, meanwhile, platform)

      writeFileSync(path, 'new')
      fs.closeSync(reader)
      assert.deepEqual(files(folder), { 'app.log': 'new' })
    })
  }
})

describe('defaultRotator', () => {
  it('moves a file over an older one, and does nothing when there is none', (t) => {
    const folder = tempDir(t)
    writeFileSync(join(folder, 'app.log'), 'new')
    writeFileSync(join(folder, 'app.log.1'), 'old')

    for (let n = 0; n < 2; n++) defaultRotator(join(folder, 'app.log'), join(folder, 'app.log.1'))

    assert.deepEqual(files(folder), { 'app.log.1': 'new' })
  })
})
