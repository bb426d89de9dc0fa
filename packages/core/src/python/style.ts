// The three styles of Formatter: %, { and $.
import { compileBrace, markup } from './brace-format.js'
import { compilePercent } from './percent-format.js'
import { repr } from './repr.js'
import { compileTemplate, placeholders } from './template.js'
import { type Fields, PythonError } from './value.js'

/** How one style reads a format. Python: `PercentStyle`, `StrFormatStyle`, `StringTemplateStyle`. */
export interface Style {
  readonly defaultFormat: string
  usesTime(format: string): boolean
  /** Throws a ValueError unless the format has a field and each is well formed. */
  validate(format: string): void
  compile(format: string): (fields: Fields) => string
}

/** Python's `logging._STYLES`. */
export const styles: Readonly<Record<'%' | '{' | '$', Style>> = {
  '%': {
    defaultFormat: '%(message)s',
    usesTime: (format) => format.includes('%(asctime)'),
    validate: validatePercent,
    compile: (format) => compilePercent(format).render,
  },
  '{': {
    defaultFormat: '{message}',
    usesTime: (format) => format.includes('{asctime'),
    validate: validateBrace,
    compile: compileBrace,
  },
  $: {
    defaultFormat: '${message}',
    usesTime: (format) => format.includes('$asctime') || format.includes('${asctime}'),
    validate: validateTemplate,
    compile: compileTemplate,
  },
}

// Python's \w is letters, numbers and the underscore of any script; its $ also stands before a last newline.
const conversion = /%\([\p{L}\p{N}_]+\)[#0+ -]*(?:\*|\p{Nd}+)?(?:\.(?:\*|\p{Nd}+))?[diouxefgcrsa%]/iu
const word = '[\\p{L}\\p{N}_]+'
const fieldName = new RegExp(`^${word}(?:\\.${word}|\\[[^\\]]+\\])*\\n?$`, 'u')
const size = `(?:\\p{Nd}+|\\{${word}\\})`
const specifier = new RegExp(`^(?:[^\\n]?[<>=^])?[+ -]?#?0?${size}?[,_]?(?:\\.${size})?[bcdefgnosx%]?\\n?$`, 'iu')

function validatePercent(format: string): void {
  if (!conversion.test(format)) throw new PythonError('ValueError', `Invalid format '${format}' for '%' style`)
}

function validateBrace(format: string): void {
  let fields = 0
  try {
    for (const { field } of markup(format)) {
      if (!field) continue
      if (field.name && !fieldName.test(field.name))
        throw new PythonError('ValueError', `invalid field name/expression: ${repr(field.name)}`)
      if (field.name) fields++
      if (!/^[rsa]?$/.test(field.conversion))
        throw new PythonError('ValueError', `invalid conversion: ${repr(field.conversion)}`)
      if (field.spec && !specifier.test(field.spec))
        throw new PythonError('ValueError', `bad specifier: ${repr(field.spec)}`)
    }
  } catch (error) {
    if (error instanceof PythonError) throw new PythonError('ValueError', `invalid format: ${error.message}`)
    throw error
  }
  if (fields === 0) throw new PythonError('ValueError', 'invalid format: no fields')
}

function validateTemplate(format: string): void {
  const names = placeholders(format).map(({ name }) => name)
  if (names.includes(undefined)) throw new PythonError('ValueError', "invalid format: bare '$' not allowed")
  if (!names.some((name) => name !== '$')) throw new PythonError('ValueError', 'invalid format: no fields')
}
