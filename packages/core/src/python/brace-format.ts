// str.format: a format is parsed once and then filled many times.
import { formatValue, parseSpec } from './format-spec.js'
import { ascii, repr, str } from './repr.js'
import { getAttribute, getItem } from './subscript.js'
import { type Fields, PythonError } from './value.js'

/** One piece of a format: text, and the replacement field that follows it, if any. Python: `string.Formatter.parse`. */
export interface Markup {
  readonly literal: string
  readonly field: { readonly name: string; readonly conversion: string; readonly spec: string } | undefined
}

/** Fills a format with named fields, and with positional ones when there are any. */
export type BraceFormat = (fields: Fields, args?: readonly unknown[]) => string

/** Parses a format of Python's `str.format`; what is wrong with it is raised when it is filled, as in Python. */
export function compileBrace(format: string): BraceFormat {
  return compile(format, { automatic: undefined, next: 0 }, 2)
}

// {} and {0} do not go together in one format.
interface Numbering {
  automatic: boolean | undefined
  next: number
}

function compile(format: string, numbering: Numbering, depth: number): BraceFormat {
  if (depth === 0) return raise('Max string recursion exceeded')
  const parts: (string | BraceFormat)[] = []
  try {
    for (const { literal, field } of markup(format)) {
      if (literal) parts.push(literal)
      if (field) parts.push(compileField(field, numbering, depth))
    }
  } catch (error) {
    if (!(error instanceof PythonError)) throw error
    parts.push(raise(error.message))
  }
  return (fields, args = []) => {
    let text = ''
    for (const part of parts) text += typeof part === 'string' ? part : part(fields, args)
    return text
  }
}

function raise(message: string): () => never {
  return () => {
    throw new PythonError('ValueError', message)
  }
}

/** Python's `string.Formatter().parse(format)`: the pieces of a format, until what is wrong with it is raised. */
export function* markup(format: string): Generator<Markup> {
  for (let i = 0; i < format.length; ) {
    const brace = nextOf(format, /[{}]/g, i)
    const char = format[brace]
    if (char === undefined) {
      yield { literal: format.slice(i), field: undefined }
      return
    }
    if (format[brace + 1] === char) {
      yield { literal: format.slice(i, brace + 1), field: undefined }
      i = brace + 2
      continue
    }
    if (char === '}' || brace + 1 === format.length) {
      throw new PythonError('ValueError', `Single '${char}' encountered in format string`)
    }
    const { end, ...field } = parseField(format, brace + 1)
    yield { literal: format.slice(i, brace), field }
    i = end
  }
}

function nextOf(text: string, pattern: RegExp, from: number): number {
  pattern.lastIndex = from
  return pattern.exec(text)?.index ?? text.length
}

function parseField(format: string, start: number): { name: string; conversion: string; spec: string; end: number } {
  let i = nextOf(format, /[{}:![]/g, start)
  while (format[i] === '[') i = nextOf(format, /[{}:![]/g, nextOf(format, /\]/g, i))
  const name = format.slice(start, i)
  if (format[i] === '{') throw new PythonError('ValueError', "unexpected '{' in field name")
  if (i === format.length) throw new PythonError('ValueError', "expected '}' before end of string")
  if (format[i] === '}') return { name, conversion: '', spec: '', end: i + 1 }
  let conversion = ''
  if (format[i] === '!') {
    const code = format.codePointAt(i + 1)
    if (code === undefined) throw new PythonError('ValueError', 'end of string while looking for conversion specifier')
    conversion = String.fromCodePoint(code)
    i += 1 + conversion.length
    if (format[i] === '}') return { name, conversion, spec: '', end: i + 1 }
    if (i < format.length && format[i] !== ':')
      throw new PythonError('ValueError', "expected ':' after conversion specifier")
  }
  const end = closing(format, i + 1)
  return { name, conversion, spec: format.slice(i + 1, end), end: end + 1 }
}

function closing(format: string, start: number): number {
  let depth = 1
  for (let i = start; i < format.length; i++) {
    if (format[i] === '{') depth++
    else if (format[i] === '}' && --depth === 0) return i
  }
  throw new PythonError('ValueError', "unmatched '{' in format spec")
}

function compileField(
  { name, conversion, spec }: NonNullable<Markup['field']>,
  numbering: Numbering,
  depth: number,
): BraceFormat {
  const value = compileName(name, numbering)
  const convert = conversions[conversion] ?? raise(unknownConversion(conversion))
  if (!spec.includes('{')) {
    const parsed = parseSpec(spec)
    return (fields, args = []) => formatValue(convert(value(fields, args)), parsed)
  }
  const inner = compile(spec, numbering, depth - 1)
  return (fields, args = []) => {
    const converted = convert(value(fields, args))
    return formatValue(converted, parseSpec(inner(fields, args)))
  }
}

const conversions: Readonly<Record<string, (value: unknown) => unknown>> = {
  '': (value) => value,
  s: str,
  r: repr,
  a: ascii,
}

function unknownConversion(conversion: string): string {
  const code = conversion.codePointAt(0) ?? 0
  return `Unknown conversion specifier ${code > 32 && code < 127 ? conversion : `\\x${code.toString(16)}`}`
}

type Getter = (fields: Fields, args: readonly unknown[]) => unknown

// A field name is an index, a name or nothing, and then any number of .attribute and [item].
function compileName(name: string, numbering: Numbering): Getter {
  const first = /^[^.[]*/.exec(name)?.[0] ?? ''
  const base = compileBase(first, numbering)
  if (first === name) return base
  const steps = parseSteps(name.slice(first.length))
  return (fields, args) => steps.reduce<unknown>((value, step) => step(value), base(fields, args))
}

function compileBase(first: string, numbering: Numbering): Getter {
  if (!/^\d*$/.test(first)) {
    return (fields) => {
      const value = fields.get(first)
      if (value === undefined) throw new PythonError('KeyError', repr(first))
      return value
    }
  }
  if (Number(first) > 2 ** 63 - 1) return raise('Too many decimal digits in format string')
  numbering.automatic ??= first === ''
  if (numbering.automatic !== (first === '')) {
    const [from, to] = numbering.automatic
      ? ['automatic field numbering', 'manual field specification']
      : ['manual field specification', 'automatic field numbering']
    return raise(`cannot switch from ${from} to ${to}`)
  }
  const index = first === '' ? numbering.next++ : Number(first)
  return (_, args) => {
    if (index < args.length) return args[index]
    throw new PythonError('IndexError', `Replacement index ${index} out of range for positional args tuple`)
  }
}

function parseSteps(path: string): ((value: unknown) => unknown)[] {
  const steps: ((value: unknown) => unknown)[] = []
  for (let i = 0; i < path.length; ) {
    if (path[i] !== '.' && path[i] !== '[') {
      return [...steps, raise("Only '.' or '[' may follow ']' in format field specifier")]
    }
    const isItem = path[i] === '['
    const end = nextOf(path, isItem ? /\]/g : /[.[]/g, i + 1)
    const key = path.slice(i + 1, end)
    if (isItem && end === path.length) return [...steps, raise("Missing ']' in format string")]
    if (key === '') return [...steps, raise('Empty attribute in format string')]
    steps.push(
      isItem ? (value) => getItem(value, /^\d+$/.test(key) ? Number(key) : key) : (value) => getAttribute(value, key),
    )
    i = isItem ? end + 1 : end
  }
  return steps
}
