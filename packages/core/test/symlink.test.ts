import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { pointSymlink } from '@pino-handlers/core/rotation'
import { noSymlinks } from '../../../test/support/platform.js'
import { runFixture } from '../../../test/support/run-node.js'
import { files, tempDir } from '../../../test/support/temp-dir.js'

describe('pointSymlink', { skip: noSymlinks }, () => {
  it('points to a file in the same folder by its name, and to any other by its whole path', (t) => {
    const folder = tempDir(t)
    mkdirSync(join(folder, 'logs'))
    const link = join(folder, 'current.log')

    const texts = ['app.log.1', 'app.log.1', 'app.log.2', join('logs', 'app.log.3')].map((target) => {
      pointSymlink(link, join(folder, target))
      return readlinkSync(link)
    })

    assert.deepEqual(texts, ['app.log.1', 'app.log.1', 'app.log.2', join(folder, 'logs', 'app.log.3')])
    assert.deepEqual(readdirSync(folder), ['current.log', 'logs'])
  })

  it('replaces a symlink that leads nowhere, to a folder, or to itself', (t) => {
    const folder = tempDir(t)
    for (const [name, text] of Object.entries({ nowhere: 'gone', folder: '.', self: 'self' })) {
      symlinkSync(text, join(folder, name))
      pointSymlink(join(folder, name), join(folder, 'app.log'))
    }

    assert.deepEqual(
      readdirSync(folder).map((name) => [name, readlinkSync(join(folder, name))]),
      ['folder', 'nowhere', 'self'].map((name) => [name, 'app.log']),
    )
  })

  it('does not touch what is not a symlink, and makes none to itself', (t) => {
    const folder = tempDir(t)
    const file = join(folder, 'current.log')
    writeFileSync(file, 'text')

    assert.throws(
      () => pointSymlink(file, join(folder, 'app.log')),
      /current\.log' is not a symlink: it stays as it is/,
    )
    assert.throws(() => pointSymlink(folder, join(folder, 'app.log')), /is not a symlink/)
    assert.throws(() => pointSymlink(join(folder, 'app.log'), join(folder, 'app.log')), /is not a symlink/)

    assert.deepEqual(files(folder), { 'current.log': 'text' })
  })

  it('is never missing while two processes change it', async (t) => {
    const folder = tempDir(t)
    const link = join(folder, 'current.log')
    const targets = ['1', '2', '3'].map((name) => join(folder, name))
    for (const target of targets) writeFileSync(target, 'text')
    pointSymlink(link, join(folder, '1'))

    const input = { link, targets, times: 2000 }
    let isRunning = true
    const runs = Promise.all([runFixture('lock-symlink', input), runFixture('lock-symlink', input)])
    const ended = runs.finally(() => {
      isRunning = false
    })
    const seen = new Set<string>()
    while (isRunning) {
      for (let n = 0; n < 100; n++) seen.add(readFileSync(link, 'utf8'))
      await setImmediate()
    }

    assert.deepEqual(
      (await ended).map(({ code, stderr }) => [code, stderr]),
      [
        [0, ''],
        [0, ''],
      ],
    )
    assert.deepEqual([[...seen], readdirSync(folder)], [['text'], ['1', '2', '3', 'current.log']])
  })
})
