// The front door: which records come in, and in what form.

import assert from 'node:assert/strict'
import { finished } from 'node:stream/promises'
import { describe, it } from 'node:test'
import { type CommonSettings, commonChecks, Handler } from '@pino-handlers/core'
import { assertBalanced } from '../../../test/support/books.js'
import { line } from '../../../test/support/lines.js'
import { commonSettings } from '../../../test/support/settings.js'

interface Taken {
  readonly texts: string[]
  readonly received: number
  readonly filtered: number
  readonly lastError: string | null
}

/** The texts of the batches that `chunks` make, and the books. */
async function take(settings: Partial<CommonSettings>, ...chunks: (string | Uint8Array)[]): Promise<Taken> {
  const texts: string[] = []
  const handler = new Handler({ name: 'test', settings: commonSettings(settings) }, () => ({
    write: ({ text }) => void texts.push(text),
  }))
  for (const chunk of chunks) handler.write(chunk)
  await finished(handler.end())
  assertBalanced(handler.stats)
  const { received, filtered, lastError } = handler.stats
  return { texts, received, filtered, lastError }
}

/** The messages of the records that `settings` let through, of lines with these levels. */
async function levelsThrough(level: number, ...lines: string[]): Promise<string[]> {
  const { texts } = await take({ level, formatter: (record) => record.msg }, lines.join(''))
  return texts.join('').split('\n').slice(0, -1)
}

describe('Intake', () => {
  it('passes lines on untouched when nothing looks at them', async () => {
    const chunk = '{ "level" : 30, "n": 12345678901234567890 }\r\nnoise\n\n'
    assert.deepEqual(await take({}, chunk), { texts: [chunk], received: 3, filtered: 0, lastError: null })
  })

  it('makes one batch of a chunk, and one of what has no end', async () => {
    assert.deepEqual((await take({}, 'a\nb\nc', 'd', '\n', 'e')).texts, ['a\nb\n', 'cd\n', 'e\n'])
  })

  it('makes no batch of nothing', async () => {
    assert.deepEqual(await take({}, '', Buffer.alloc(0)), { texts: [], received: 0, filtered: 0, lastError: null })
  })

  it('keeps out what is below level, and counts it', async () => {
    const [debug, info, error] = [20, 30, 50].map((level) => line(String(level), { level }))
    assert.deepEqual(await take({ level: 30 }, `${debug}${info}${error}`, debug ?? ''), {
      texts: [`${info}${error}`],
      received: 2,
      filtered: 2,
      lastError: null,
    })
  })

  it('reads levels as numbers, as labels, anywhere in the line, and takes those it cannot read for info', async () => {
    const lines = [
      '{"level":30,"msg":"number"}\n',
      '{"level":"warn","msg":"label"}\n',
      '{"msg":"late","level":40}\n',
      '{"level":20,"msg":"low"}\n',
      '{"level":20,"msg":"twice","level":60}\n',
      '{"msg":"none"}\n',
      'noise\n',
    ]
    assert.deepEqual(
      [await levelsThrough(30, ...lines), await levelsThrough(40, ...lines)],
      [
        ['number', 'label', 'late', 'none', 'noise'],
        ['label', 'late'],
      ],
    )
  })

  it('keeps out what the filter says', async () => {
    const { texts, filtered } = await take(
      { filter: (record) => record.msg !== 'b' },
      line('a') + line('b') + line('c'),
    )
    assert.deepEqual({ texts, filtered }, { texts: [line('a') + line('c')], filtered: 1 })
  })

  it('filters by a logger name and its children', async () => {
    const filter = commonChecks.filter.parse('app', {})
    const names = ['app', 'app.db', 'apple', 'root', undefined]
    const chunk = names.map((name) => line(String(name), { name })).join('')
    const { texts } = await take({ filter, formatter: (record) => record.msg }, chunk)
    assert.deepEqual(texts, ['app\napp.db\n'])
  })

  it('lets a record through when the filter fails', async () => {
    const filter = (): boolean => {
      throw new Error('no idea')
    }
    assert.deepEqual(await take({ filter }, line('a')), {
      texts: [line('a')],
      received: 1,
      filtered: 0,
      lastError: 'no idea',
    })
  })

  it('sends out the line of a record whose formatting fails', async () => {
    const formatter = ({ msg }: { msg: string }): string => {
      if (msg === 'b') throw new Error('no idea')
      return msg
    }
    const { texts, lastError } = await take({ formatter }, line('a') + line('b') + line('c'))
    assert.deepEqual({ texts, lastError }, { texts: [`a\n${line('b')}c\n`], lastError: 'no idea' })
  })
})
