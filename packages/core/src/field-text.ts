// One field of a line as the text that stands there, found without parsing the line.

import { fieldStart } from './unparsed.js'

/**
 * The value of a field of an object's text, as the JSON that stands there; the last one of that name, undefined without
 * one. What is in nested objects is not looked at.
 */
export function fieldText(object: string, key: string): string | undefined {
  if (!object.startsWith('{')) return undefined
  return quickText(object, key) ?? walk(object, JSON.stringify(key))
}

// Where no other object begins before the field, it belongs to the outermost one; behind a comma, quotation marks that
// stand around a name are those of a key.
function quickText(object: string, key: string): string | undefined {
  const start = fieldStart(key)
  if (!start) return undefined
  const at = object.lastIndexOf(start.later)
  if (at === -1) return undefined
  const nested = object.indexOf('{', 1)
  if (nested !== -1 && nested < at) return undefined
  return valueText(object, at + start.later.length)
}

function walk(object: string, quoted: string): string | undefined {
  if (!object.includes(quoted)) return undefined
  let found: string | undefined
  for (let key = object.indexOf('"'); key !== -1; ) {
    const keyEnd = stringEnd(object, key)
    const colon = object.indexOf(':', keyEnd)
    const end = keyEnd === -1 || colon === -1 ? -1 : valueEnd(object, colon + 1)
    if (end === -1) break
    if (object.slice(key, keyEnd) === quoted) found = object.slice(colon + 1, end).trim()
    if (object.charCodeAt(end) === CLOSE_BRACE) break
    key = object.indexOf('"', end)
  }
  return found
}

function valueText(object: string, start: number): string | undefined {
  const end = valueEnd(object, start)
  return end === -1 ? undefined : object.slice(start, end).trim()
}

// Where the comma or the bracket is that ends a value; -1 when the text ends before it.
function valueEnd(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      const end = stringEnd(text, at)
      if (end === -1) return -1
      at = end - 1
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      depth++
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      if (depth-- === 0) return at
    } else if (code === COMMA && depth === 0) {
      return at
    }
  }
  return -1
}

// Behind the quotation mark that ends the string that begins at `start`; -1 when there is none.
function stringEnd(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0
    while (text.charCodeAt(quote - 1 - slashes) === BACKSLASH) slashes++
    if (slashes % 2 === 0) return quote + 1
  }
  return -1
}

const [QUOTE, COMMA, BACKSLASH] = [34, 44, 92]
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [91, 93, 123, 125]
