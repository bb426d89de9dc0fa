// Input that has no end, or belongs together for longer than anybody holds.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { assertBalanced } from '../../../test/support/books.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { runHere } from './fake-io.js'
import { booksIn } from './run-cli.js'

describe('input of the command line', () => {
  it('goes into another record where lines that belong together have 64 Ki characters', async (t) => {
    const path = join(tempDir(t), 'app.log')
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((letter) => `  ${letter.repeat(40_000)}`)
    const { stderr } = await runHere(['file', '--filename', path, '--stats'], [`start\n${a}\n${b}\n${c}\n${d}\nend\n`])
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n')

    const books = booksIn(stderr)
    assertBalanced(books)
    assert.deepEqual(
      [lines.map((line) => JSON.parse(line).msg), books.wrapped],
      [[`start\n${a}\n${b}`, `${c}\n${d}`, 'end'], 6],
    )
  })

  it('is taken for a line when more than 16 Mi characters have come without an end', async () => {
    const most = 'x'.repeat(16 * 1024 * 1024)
    const runs = await Promise.all([
      runHere(['null', '--stats'], [most, 'y\n']),
      runHere(['null', '--stats'], [most, 'x', 'y\n']),
    ])

    const books = runs.map(({ stderr }) => booksIn(stderr))
    for (const each of books) assertBalanced(each)
    assert.deepEqual(
      books.map(({ delivered, wrapped }) => [delivered, wrapped]),
      [
        [1, 1],
        [2, 2],
      ],
    )
  })
})
