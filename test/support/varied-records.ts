// Records of many shapes, each made from its number, with what Python has to find in them.

/** pino's `customLevels` of these records. */
export const CUSTOM_LEVELS: Readonly<Record<string, number>> = { notice: 35, audit: 70 }

/** What to log, and what Python has to make of it. */
export interface VariedRecord {
  readonly level: string
  /** The name of the child logger; undefined for the root logger. */
  readonly name: string | undefined
  readonly bindings: Readonly<Record<string, unknown>>
  /** Logged as `err`. */
  readonly error: Error | undefined
  readonly msg: string | undefined
  readonly expected: ExpectedRecord
}

/** A record in Python, as far as it does not depend on the clock and the process. */
export interface ExpectedRecord {
  readonly name: string
  readonly msg: string
  readonly levelname: string
  readonly levelno: number
  readonly exc_text: string | null
  /** What is no attribute of its own, values coded as in test/python/_common.py. */
  readonly extra: Readonly<Record<string, unknown>>
}

const LEVELS: readonly (readonly [label: string, levelname: string, levelno: number])[] = [
  ['trace', 'TRACE', 5],
  ['debug', 'DEBUG', 10],
  ['info', 'INFO', 20],
  ['notice', 'NOTICE', 25],
  ['warn', 'WARNING', 30],
  ['error', 'ERROR', 40],
  ['fatal', 'CRITICAL', 50],
  ['audit', 'AUDIT', 60],
]

const NAMES: readonly (string | undefined)[] = [undefined, 'app', 'app.db', 'прил.база', '']

const TEXTS: readonly string[] = [
  '',
  'plain',
  'naïve €',
  '日本語',
  '😀 and 👩‍👩‍👧',
  'half \ud83d',
  '\ude00 other half',
  'two\nlines\r\n',
  'NUL \0 ESC \u001b DEL \u007f',
  '\u2028\u2029\ufeff',
  '100% %s %d %(name)s {} $x',
  '"quotes" \\ and / and <&>',
  'x'.repeat(300),
]

const INTEGERS: readonly (number | bigint)[] = [
  ...[0, 1, -1, 255, 256, 65_535, 65_536, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, Number.MAX_SAFE_INTEGER],
  ...[2n ** 63n, -(2n ** 64n), 9_007_199_254_740_993n, 10n ** 40n, -(2n ** 1000n)],
]

const FLOATS: readonly number[] = [0.1, -1.5, 1e-5, Math.PI, 123_456_789.125]

const NESTED: readonly unknown[] = [
  [],
  {},
  [[[[]]]],
  { a: { b: { c: [1, 'two', null, true, { d: 0.5 }] } } },
  [1, 2.5, '3', null, false, [{}]],
  { 'key with spaces': 1, ключ: 2, '😀': [3], half: '\udc00' },
]

// pino writes null for what is no number.
const NOTHING: readonly unknown[] = [null, Number.NaN, Number.POSITIVE_INFINITY]

/** The record with the number `n`. */
export function variedRecord(n: number): VariedRecord {
  const pick = picker(n)
  const [level, levelname, levelno] = pick(LEVELS)
  const name = pick(NAMES)
  const text = pick(TEXTS)
  const error = pick([undefined, undefined, errorOf(n, text)])
  const msg = pick([`${n} ${text}`, `${n} ${text}`, '', undefined])
  // pino takes the message of an error where there is no other.
  const said = msg ?? error?.message ?? ''
  const bindings = Object.fromEntries(
    [
      ['n', n],
      ['text', pick(TEXTS)],
      ['integer', pick(INTEGERS)],
      ['float', pick(FLOATS)],
      ['flag', pick([true, false])],
      ['nothing', pick(NOTHING)],
      ['nested', pick(NESTED)],
      [pick(['a.b', 'with space', 'ключ', '😀', '"']), pick(TEXTS)],
    ].filter(() => pick([true, true, false])),
  )
  const extra = Object.fromEntries(Object.entries(bindings).map(([key, value]) => [key, coded(value)]))
  const exc_text = error ? textOf(error) : null
  return {
    level,
    name,
    bindings,
    error,
    msg,
    expected: { name: name ?? 'root', msg: said, levelname, levelno, exc_text, extra },
  }
}

function errorOf(n: number, text: string): Error {
  const cause = n % 3 === 0 ? new RangeError(`cause ${text}`, { cause: new Error('root of it') }) : undefined
  return new TypeError(`failed ${text}`, cause && { cause })
}

// As pino's serializer writes the stack: with its causes.
function textOf({ stack = '', cause }: Error): string {
  const text = cause instanceof Error ? `${stack}\ncaused by: ${textOf(cause)}` : stack
  return text.replace(/\n+$/, '')
}

function coded(value: unknown): unknown {
  if (typeof value === 'bigint') return { $: 'int', v: String(value) }
  return typeof value === 'number' && !Number.isFinite(value) ? null : value
}

/** Chooses by numbers that look random but are the same each time (mulberry32). */
function picker(seed: number): <T>(from: readonly T[]) => T {
  let state = seed
  return <T>(from: readonly T[]): T => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    const index = ((mixed ^ (mixed >>> 14)) >>> 0) % from.length
    for (const chosen of from.slice(index)) return chosen
    throw new Error('there is nothing to choose from')
  }
}
