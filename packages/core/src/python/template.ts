// string.Template: $name, ${name} and $$.
import { repr, str } from './repr.js'
import { type Fields, length, PythonError } from './value.js'

const pattern = /\$(?:(\$)|([_a-z][_a-z0-9]*)|\{([_a-z][_a-z0-9]*)\}|)/gi

/** One `$...` of a template: its name, or `$` for the escape, or undefined for what is no placeholder. */
export interface Placeholder {
  readonly name: string | undefined
  readonly start: number
  readonly end: number
}

/** Every `$...` of a template, in order. Python: `Template.pattern.finditer`. */
export function placeholders(template: string): Placeholder[] {
  return Array.from(template.matchAll(pattern), (match) => {
    const [text, escaped, named, braced] = match
    return { name: named ?? braced ?? escaped, start: match.index, end: match.index + text.length }
  })
}

/** Python's `Template(template).substitute`, parsed once; a stray `$` is raised when it is filled, as in Python. */
export function compileTemplate(template: string): (fields: Fields) => string {
  const found = placeholders(template)
  const literals = found.map(({ start }, i) => template.slice(found[i - 1]?.end ?? 0, start))
  const tail = template.slice(found.at(-1)?.end ?? 0)
  return (fields) => {
    let text = ''
    for (const [i, { name, end }] of found.entries()) {
      text += literals[i]
      if (name === undefined) throw invalid(template.slice(0, end))
      text += name === '$' ? name : lookup(fields, name)
    }
    return text + tail
  }
}

function lookup(fields: Fields, name: string): string {
  const value = fields.get(name)
  if (value === undefined) throw new PythonError('KeyError', repr(name))
  return str(value)
}

function invalid(before: string): PythonError {
  const lines = before.split(/\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/)
  const message = `Invalid placeholder in string: line ${lines.length}, col ${length(lines.at(-1) ?? '')}`
  return new PythonError('ValueError', message)
}
