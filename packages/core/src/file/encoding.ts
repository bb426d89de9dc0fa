// Text into the bytes of a file: encodings and what becomes of characters that they do not have.

import type { Check } from '../options.js'
import { type Parcel, parcelOf } from '../parcel.js'
import { requireOptional } from '../require-optional.js'

/** What to do with a character that the encoding does not have. Python: `errors`. */
export type EncodingErrors = 'strict' | 'ignore' | 'replace' | 'backslashreplace' | 'xmlcharrefreplace'

/** Turns text into what is written. */
export interface Encoder {
  /** The bytes that start a new file, for encodings with a byte order mark. */
  readonly mark: Uint8Array
  /** True when {@link encode} gives bytes; UTF-8 stays text, which the file writes as it is. */
  readonly binary: boolean
  /** Throws when `text` has a character that the encoding does not have, and `errors` is 'strict'. */
  encode(text: string): string | Uint8Array
}

interface Charset {
  readonly mark?: readonly number[]
  readonly binary: boolean
  fits(text: string): boolean
  bytes(text: string): string | Uint8Array
}

const UTF8: Charset = { binary: false, fits: (text) => text.isWellFormed(), bytes: (text) => text }
const UTF16: Charset = { binary: true, fits: UTF8.fits, bytes: (text) => Buffer.from(text, 'utf16le') }

// By Python's names, in lower case and without '-', '_' and ' '.
const NATIVE: Readonly<Record<string, Charset>> = {
  utf8: UTF8,
  u8: UTF8,
  utf8sig: { ...UTF8, mark: [0xef, 0xbb, 0xbf] },
  utf16: { ...UTF16, mark: [0xff, 0xfe] },
  utf16le: UTF16,
  latin1: latin(/^[\0-\xff]*$/),
  iso88591: latin(/^[\0-\xff]*$/),
  ascii: latin(/^[\0-\x7f]*$/),
  usascii: latin(/^[\0-\x7f]*$/),
}

/** The check of the `encoding` option; others than Node's own need the package iconv-lite beside this one. */
export const encodingCheck: Check<string> = {
  expected: "'utf-8', 'utf-8-sig', 'utf-16', 'utf-16le', 'latin1', 'ascii', or an encoding of the package iconv-lite",
  parse(value) {
    if (typeof value !== 'string' || value === '') return undefined
    return charsetOf(value) === undefined ? undefined : value
  },
}

/** An encoder for an encoding that {@link encodingCheck} has let through. */
export function createEncoder(encoding: string, errors: EncodingErrors): Encoder {
  const charset = charsetOf(encoding) ?? UTF8
  return {
    mark: Uint8Array.from(charset.mark ?? []),
    binary: charset.binary,
    encode: (text) => charset.bytes(charset.fits(text) ? text : substitute(text, charset, encoding, errors)),
  }
}

/** A parcel as bytes, or text in UTF-8. Of one that has records which cannot be encoded, `refuse` gets the error of each, and the others remain. */
export function encodeParcel(
  encoder: Encoder,
  parcel: Parcel,
  refuse: (error: unknown) => void,
): { encodable: Parcel; data: string | Uint8Array } {
  try {
    return { encodable: parcel, data: encoder.encode(parcel.text) }
  } catch {
    const entries = parcel.entries.filter((entry) => isEncodable(encoder, entry, refuse))
    return { encodable: parcelOf(entries), data: encoder.encode(entries.join('')) }
  }
}

/** Bytes that a record takes; none when it cannot be encoded, which is told when its turn comes. */
export function measure(encoder: Encoder, entry: string): number {
  try {
    return Buffer.byteLength(encoder.encode(entry))
  } catch {
    return 0
  }
}

function isEncodable(encoder: Encoder, entry: string, refuse: (error: unknown) => void): boolean {
  try {
    encoder.encode(entry)
    return true
  } catch (error) {
    refuse(error)
    return false
  }
}

function charsetOf(encoding: string): Charset | undefined {
  const name = encoding.toLowerCase().replaceAll(/[-_ ]/g, '')
  return Object.hasOwn(NATIVE, name) ? NATIVE[name] : foreign(encoding)
}

function latin(pattern: RegExp): Charset {
  return { binary: true, fits: (text) => pattern.test(text), bytes: (text) => Buffer.from(text, 'latin1') }
}

// iconv-lite writes '?' for what it cannot encode, so only the way back tells.
function foreign(encoding: string): Charset | undefined {
  const iconv = loadIconv(encoding)
  if (!iconv.encodingExists(encoding)) return undefined
  // For an encoding with a byte order mark, such as utf-32, this is the mark; for any other it is nothing.
  const mark = [...iconv.encode('', encoding)]
  const bytes = (text: string): Uint8Array => iconv.encode(text, encoding, { addBOM: false })
  return { mark, binary: true, bytes, fits: (text) => iconv.decode(bytes(text), encoding) === text }
}

function loadIconv(encoding: string): typeof import('iconv-lite') {
  try {
    return requireOptional('iconv-lite', import.meta.url) as typeof import('iconv-lite')
  } catch (error) {
    throw new Error(`'${encoding}' needs the package iconv-lite, which is not installed (npm install iconv-lite)`, {
      cause: error,
    })
  }
}

function substitute(text: string, charset: Charset, encoding: string, errors: EncodingErrors): string {
  if (errors === 'strict') throw new Error(`${encoding} cannot encode ${JSON.stringify(misfit(text, charset))}`)
  return Array.from(text, (character) => (charset.fits(character) ? character : SUBSTITUTES[errors](character))).join(
    '',
  )
}

function misfit(text: string, charset: Charset): string | undefined {
  return Array.from(text).find((character) => !charset.fits(character))
}

const SUBSTITUTES: Readonly<Record<Exclude<EncodingErrors, 'strict'>, (character: string) => string>> = {
  ignore: () => '',
  replace: () => '?',
  backslashreplace: (character) => backslashed(character.codePointAt(0) ?? 0),
  xmlcharrefreplace: (character) => `&#${character.codePointAt(0)};`,
}

function backslashed(code: number): string {
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`
}
