import assert from 'node:assert/strict'
import { closeSync, fstatSync, openSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { isSameFile } from '@pino-handlers/core/file'
import { tempDir } from '../../../test/support/temp-dir.js'

describe('isSameFile', () => {
  it('knows an open file by any of its names, and no other', (t) => {
    const dir = tempDir(t)
    const [path, moved] = [join(dir, 'app.log'), join(dir, 'app.log.1')]
    const fd = openSync(path, 'a')
    t.after(() => closeSync(fd))
    const own = fstatSync(fd, { bigint: true })
    const atFirst = isSameFile(own, statSync(path, { bigint: true }))
    renameSync(path, moved)
    writeFileSync(path, '')

    const names = [path, moved].map((name) => isSameFile(own, statSync(name, { bigint: true })))

    assert.deepEqual([atFirst, ...names], [true, false, true])
  })

  // As Node 22.12 to 22.16 have it there: the serial number of the volume, and by path 0 or a longer one.
  it('does not look at the device on Windows, which is not the same by path and by descriptor', () => {
    const [byDescriptor, byPath] = [
      { dev: 3_163_614_271n, ino: 42n },
      { dev: 0n, ino: 42n },
    ]

    const same = (['win32', 'linux'] as const).map((platform) => isSameFile(byDescriptor, byPath, platform))

    assert.deepEqual(same, [true, false])
  })
})
