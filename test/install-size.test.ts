// The table "Install size" of README.md.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { inMegabytes, installSizes } from '../scripts/install/size.js'
import { root } from '../scripts/sources.js'

// Megabytes by which a size may have changed since the table was written, so that not every commit writes it anew.
const TOLERANCE = 0.11

describe('README.md', () => {
  it('says what each package takes when it is installed (npm run install-size writes it)', () => {
    const stated = rows()

    const actual = installSizes().map(({ name, bytes, packages, optional }) => {
      const [, size = ''] = stated.find(([row]) => row === name) ?? []
      const isNear = Math.abs(Number.parseFloat(size) - bytes / 1e6) < TOLERANCE
      return [name, isNear ? size : inMegabytes(bytes), String(packages), optional.join(', ') || '-']
    })

    assert.deepEqual(stated, actual)
  })
})

function rows(): string[][] {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const table = /<!-- install size -->\n(.*)<!-- end -->/s.exec(readme)?.[1] ?? ''
  const cells = table.split('\n').map((row) => row.split('|').map((cell) => cell.trim()))
  return cells.map((row) => row.slice(1, -1)).filter(([name = '']) => /^@?pino-handlers/.test(name))
}
