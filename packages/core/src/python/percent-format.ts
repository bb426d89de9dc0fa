// The % operator of str: a format is parsed once and then filled many times.
import { convertValue } from './percent-conversion.js'
import { repr, str } from './repr.js'
import { getItem } from './subscript.js'
import { asInt, type Fields, PythonError, Tuple, typeName } from './value.js'

/** A format of the `%` operator, ready to be filled. */
export interface PercentFormat {
  /** Python's `format % args`, for any value as `args`. */
  format(args: unknown): string
  /** Python's `format % mapping`, where only `%(name)` conversions have something to take. */
  render(fields: Fields): string
}

interface Directive {
  key: string | undefined
  /** The key again, when the whole directive is `%(key)s`. */
  plainKey: string | undefined
  flags: string
  width: number | '*'
  precision: number | '*'
  conversion: string
  index: number
  /** What is wrong with it, raised when its turn comes, as CPython reads a format while it fills it. */
  error: PythonError | undefined
}

type Segment = string | Directive

/** Parses a format of Python's `%` operator; what is wrong with it is raised when it is filled, as in Python. */
export function compilePercent(format: string): PercentFormat {
  const segments = parse(Array.from(format))
  return {
    format: (args) => fill(segments, new Arguments(args, mappingOf(args))),
    render: (fields) => render(segments, fields),
  }
}

function fill(segments: readonly Segment[], args: Arguments): string {
  let text = ''
  for (const segment of segments) text += typeof segment === 'string' ? segment : convert(segment, args)
  args.finish()
  return text
}

// The way that most records go: literals and plain %(name)s.
function render(segments: readonly Segment[], fields: Fields): string {
  let text = ''
  for (const segment of segments) {
    if (typeof segment === 'string') text += segment
    else if (segment.plainKey !== undefined) text += str(lookup(fields, segment.plainKey))
    else text += convert(segment, new Arguments(none, fields))
  }
  return text
}

const none = new Tuple([])

function lookup(fields: Fields, key: string): unknown {
  const value = fields.get(key)
  if (value === undefined) throw new PythonError('KeyError', repr(key))
  return value
}

function mappingOf(args: unknown): Fields | undefined {
  if (args instanceof Tuple || !/^(?:dict|list|bytes)$/.test(typeName(args))) return undefined
  return { get: (name) => getItem(args, name) }
}

/** The right-hand side of the operator: a tuple is used up item by item, anything else is one item. */
class Arguments {
  #items: readonly unknown[]
  #next = 0
  readonly #mapping: Fields | undefined

  constructor(args: unknown, mapping: Fields | undefined) {
    this.#items = args instanceof Tuple ? args.items : [args]
    this.#mapping = mapping
  }

  needMapping(): Fields {
    if (this.#mapping) return this.#mapping
    throw new PythonError('TypeError', 'format requires a mapping')
  }

  select(key: string): void {
    this.#items = [lookup(this.needMapping(), key)]
    this.#next = 0
  }

  take(): unknown {
    if (this.#next < this.#items.length) return this.#items[this.#next++]
    throw new PythonError('TypeError', 'not enough arguments for format string')
  }

  finish(): void {
    if (this.#next < this.#items.length && !this.#mapping) {
      throw new PythonError('TypeError', 'not all arguments converted during string formatting')
    }
  }
}

function parse(chars: readonly string[]): Segment[] {
  const segments: Segment[] = []
  let literal = ''
  for (let i = 0; i < chars.length; i++) {
    if (chars[i] !== '%') literal += chars[i]
    else if (chars[i + 1] === '%') literal += chars[++i]
    else {
      if (literal) segments.push(literal)
      literal = ''
      const directive = parseDirective(chars, i + 1)
      segments.push(directive)
      if (directive.error) return segments
      i = directive.index
    }
  }
  if (literal) segments.push(literal)
  return segments
}

function parseDirective(chars: readonly string[], start: number): Directive {
  const directive: Directive = {
    key: undefined,
    plainKey: undefined,
    flags: '',
    width: -1,
    precision: -1,
    conversion: '',
    index: start,
    error: undefined,
  }
  const fail = (message: string): Directive => ({ ...directive, error: new PythonError('ValueError', message) })
  let i = start
  if (chars[i] === '(') {
    const end = closing(chars, i)
    directive.key = chars.slice(i + 1, end).join('')
    if (end === chars.length) return fail('incomplete format key')
    i = end + 1
  }
  while ('-+ #0'.includes(chars[i] ?? 'x')) directive.flags += chars[i++]
  const number = (max: number): number | '*' | undefined => {
    if (chars[i] === '*') {
      i++
      return '*'
    }
    let digits = ''
    while (/^[0-9]$/.test(chars[i] ?? '')) digits += chars[i++]
    return Number(digits) > max ? undefined : Number(digits || -1)
  }
  const width = number(2 ** 63 - 1)
  if (width === undefined) return fail('width too big')
  directive.width = width
  if (chars[i] === '.') {
    i++
    const precision = number(2 ** 31 - 1)
    if (precision === undefined) return fail('precision too big')
    directive.precision = precision === -1 ? 0 : precision
  }
  if ('hlL'.includes(chars[i] ?? 'x')) i++
  const conversion = chars[i]
  if (conversion === undefined) return fail('incomplete format')
  const plain = conversion === 's' && directive.width === -1 && directive.precision === -1
  return { ...directive, plainKey: plain ? directive.key : undefined, conversion, index: i }
}

function closing(chars: readonly string[], open: number): number {
  let depth = 0
  let i = open
  for (; i < chars.length; i++) {
    if (chars[i] === '(') depth++
    else if (chars[i] === ')' && --depth === 0) break
  }
  return i
}

function convert(directive: Directive, args: Arguments): string {
  if (directive.key !== undefined) {
    args.needMapping()
    if (directive.error?.message === 'incomplete format key') throw directive.error
    args.select(directive.key)
  }
  let { flags, width, precision } = directive
  if (width === '*') {
    width = star(args, 63, 'ssize_t')
    if (width < 0) flags += '-'
    width = Math.abs(width)
  }
  if (precision === '*') precision = Math.max(0, star(args, 31, 'int'))
  if (directive.error) throw directive.error
  const text = convertValue(args.take(), directive.conversion, flags, width, precision)
  if (text !== undefined) return text
  const code = directive.conversion.codePointAt(0) ?? 0
  const shown = code > 31 && code < 128 ? directive.conversion : '?'
  throw new PythonError(
    'ValueError',
    `unsupported format character '${shown}' (0x${code.toString(16)}) at index ${directive.index}`,
  )
}

function star(args: Arguments, bits: number, type: string): number {
  const value = asInt(args.take())
  if (value === undefined) throw new PythonError('TypeError', '* wants int')
  if (value >= 2 ** bits || value < -(2 ** bits)) {
    throw new PythonError('OverflowError', `Python int too large to convert to C ${type}`)
  }
  return Number(value)
}
