// Text into bytes, as Python's codecs do it.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createEncoder, type EncodingErrors, encodingCheck } from '@pino-handlers/core/file'

function encode(text: string, encoding: string, errors: EncodingErrors = 'strict'): string {
  return Buffer.from(createEncoder(encoding, errors).encode(text)).toString('latin1')
}

describe('createEncoder', () => {
  it('leaves UTF-8 as text', () => {
    const { binary, mark, encode } = createEncoder('utf-8', 'strict')
    assert.deepEqual({ binary, mark: [...mark], text: encode('ü') }, { binary: false, mark: [], text: 'ü' })
  })

  it('has the marks that Python writes', () => {
    const marks = ['utf-8-sig', 'utf-16', 'utf-16-le', 'utf-16-be', 'utf-32', 'utf-32le', 'latin1', 'shift_jis'].map(
      (encoding) => [encoding, Buffer.from(createEncoder(encoding, 'strict').mark).toString('hex')],
    )
    assert.deepEqual(Object.fromEntries(marks), {
      'utf-8-sig': 'efbbbf',
      'utf-16': 'fffe',
      'utf-16-le': '',
      'utf-16-be': '',
      'utf-32': 'fffe0000',
      'utf-32le': '',
      latin1: '',
      shift_jis: '',
    })
  })

  // Each right side is what `'...'.encode(encoding, errors)` gives in Python.
  const rows: [string, string, EncodingErrors, string][] = [
    ['ü€😀', 'latin1', 'replace', '\xfc??'],
    ['ü€😀', 'latin1', 'ignore', '\xfc'],
    ['ü€😀', 'latin1', 'backslashreplace', '\xfc\\u20ac\\U0001f600'],
    ['ü€😀', 'latin1', 'xmlcharrefreplace', '\xfc&#8364;&#128512;'],
    ['ü', 'ascii', 'backslashreplace', '\\xfc'],
    ['a\ud800b', 'utf-8', 'backslashreplace', 'a\\ud800b'],
    ['a\ud800b', 'utf-8', 'replace', 'a?b'],
    ['a\ud800b', 'utf-8', 'ignore', 'ab'],
    ['a\ud800b', 'utf-16-le', 'replace', 'a\0?\0b\0'],
    ['日ü', 'shift_jis', 'replace', '\x93\xfa?'],
    ['5 €', 'cp1252', 'strict', '5 \x80'],
  ]
  for (const [text, encoding, errors, expected] of rows) {
    it(`writes ${JSON.stringify(text)} as ${encoding} with '${errors}' as Python does`, () => {
      assert.equal(encode(text, encoding, errors), expected)
    })
  }

  for (const [text, encoding, message] of [
    ['a€', 'latin1', 'latin1 cannot encode "€"'],
    ['aü', 'ascii', 'ascii cannot encode "ü"'],
    ['a\ud800', 'utf-8', 'utf-8 cannot encode "\\ud800"'],
    ['aü', 'shift_jis', 'shift_jis cannot encode "ü"'],
  ] as const) {
    it(`refuses with 'strict' what ${encoding} does not have: ${message}`, () => {
      assert.throws(() => encode(text, encoding), { message })
    })
  }
})

describe('encodingCheck', () => {
  it('knows encodings by any of their spellings', () => {
    const names = ['utf8', 'UTF-8', 'utf_8', 'Latin-1', 'ISO-8859-1', 'US-ASCII', 'utf-16LE', 'windows-1251', 'euc-jp']
    assert.deepEqual(
      names.map((name) => encodingCheck.parse(name, {})),
      names,
    )
  })

  it('knows no others', () => {
    assert.deepEqual(
      ['klingon', 'constructor', '', 8, null].map((name) => encodingCheck.parse(name, {})),
      [undefined, undefined, undefined, undefined, undefined],
    )
  })
})
