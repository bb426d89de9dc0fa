// What becomes of the input: records as they came, everything else as records.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { assertBalanced } from '../../../test/support/books.js'
import { tempDir } from '../../../test/support/temp-dir.js'
import { runHere } from './fake-io.js'
import { booksIn } from './run-cli.js'

interface Delivered {
  readonly lines: readonly string[]
  readonly wrapped: number
  readonly stdout: string
}

async function deliver(t: TestContext, input: readonly (string | Buffer)[], ...flags: string[]): Promise<Delivered> {
  const path = join(tempDir(t), 'app.log')
  const { code, stdout, stderr } = await runHere(['file', '--filename', path, '--stats', ...flags], input)
  assert.equal(code, 0, stderr)
  const books = booksIn(stderr)
  assertBalanced(books)
  const lines = readFileSync(path, 'utf8').split('\n')
  assert.equal(lines.pop(), '')
  assert.equal(books.delivered, lines.length)
  return { lines, wrapped: books.wrapped, stdout }
}

/** Records without their time; of what was wrapped only level and text. */
function shown(lines: readonly string[]): unknown[] {
  return lines.map((line) => {
    const { time, ...record } = JSON.parse(line)
    assert.ok(time === undefined || Number.isInteger(time))
    if (record.hostname === undefined) return line
    assert.equal(record.hostname, hostname())
    return [record.level, record.msg]
  })
}

const CRASH = `/app/index.js:3
throw new TypeError('broken')
^

TypeError: broken
    at work (/app/index.js:3:9)
    at main (/app/index.js:7:3) {
  code: 'E_BROKEN'
}

Node.js v20.20.0
`

describe('input', () => {
  it('passes records on byte for byte, wherever chunks cut them', async (t) => {
    const text = '{"level":30,"msg":"ä€😀"}\n{"level":40}\r\n{ "spaced": 1 }\n{}\n{"last":true}'
    const bytes = Buffer.from(text)
    for (const size of [1, 2, 7, bytes.length]) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
        bytes.subarray(n * size, (n + 1) * size),
      )
      assert.deepEqual(await deliver(t, chunks), { lines: text.split('\n'), wrapped: 0, stdout: '' })
    }
  })

  it('wraps what is no JSON object, in its place', async (t) => {
    const input = 'starting\n{"level":30}\n[1,2]\n42\n\n{ foo: 1 }\n{"cut":"of\n{"level":40}\nlast words'
    const { lines, wrapped } = await deliver(t, [input])
    assert.deepEqual(
      [wrapped, shown(lines)],
      [
        6,
        [
          [30, 'starting'],
          '{"level":30}',
          [30, '[1,2]'],
          [30, '42'],
          [30, '{ foo: 1 }'],
          [30, '{"cut":"of'],
          '{"level":40}',
          [30, 'last words'],
        ],
      ],
    )
  })

  it('keeps the lines of a stack together, as an error', async (t) => {
    const { lines, wrapped } = await deliver(t, [CRASH], '--wrap-level', 'warn')
    const stack = CRASH.slice(CRASH.indexOf('TypeError: '), CRASH.indexOf('\n\nNode.js'))
    assert.deepEqual(
      [wrapped, shown(lines)],
      [
        9,
        [
          [40, '/app/index.js:3'],
          [40, "throw new TypeError('broken')"],
          [40, '^'],
          [50, stack],
          [40, 'Node.js v20.20.0'],
        ],
      ],
    )
  })

  it('keeps an object together that console.log wrote', async (t) => {
    const object = '{\n  id: 1,\n  items: [\n    1,\n  ]\n}'
    const { lines } = await deliver(t, [`${object}\nnext\r\n`])
    assert.deepEqual(shown(lines), [
      [30, object],
      [30, 'next'],
    ])
  })

  it('wraps with the keys and levels that the handler looks for', async (t) => {
    const keys = ['--message-key=text', '--level-key=severity', '--time-key=at', '--custom-levels={"notice":35}']
    const { lines } = await deliver(t, ['hello\n'], ...keys, '--wrap-level=notice', '--level=notice')
    const { at, ...record } = JSON.parse(lines[0] ?? '')
    assert.deepEqual([typeof at, record], ['number', { severity: 35, hostname: hostname(), text: 'hello' }])
  })

  it('writes with --tee to stdout what came, unchanged', async (t) => {
    const { stdout, wrapped } = await deliver(t, [CRASH, '{"level":30}\n', Buffer.from('no end')], '--tee')
    assert.deepEqual([stdout, wrapped], [`${CRASH}{"level":30}\nno end`, 10])
  })

  it('takes no input for an empty one', async (t) => {
    assert.deepEqual(await deliver(t, []), { lines: [], wrapped: 0, stdout: '' })
  })

  it('exits with 1 for a loss only when it is asked to', async () => {
    const lossy = ['null', '--fail-every', '2', '--on-error', 'ignore', '--stats']
    const runs = await Promise.all(
      [lossy, [...lossy, '--strict'], ['null', '--stats', '--strict']].map((args) =>
        runHere(args, ['{"level":30}\n{"level":30}\n']),
      ),
    )
    for (const { stderr } of runs) assertBalanced(booksIn(stderr))
    assert.deepEqual(
      runs.map(({ code }) => code),
      [0, 1, 0],
    )
  })

  it('ends with 1 and the reason when the handler throws', async () => {
    const { code, stderr } = await runHere(['null', '--fail-every=1', '--on-error=throw'], ['{"level":30}\n'])
    assert.equal(code, 1)
    assert.match(stderr, /^pino-handlers: /)
  })
})
