// Control characters in messages, so that no text can end its frame and begin another.

import type { Framing, Protocol } from './framing.js'

/**
 * How control characters are written: 'octal' as rsyslog does (`#012`), 'backslash' as JSON does (`\n`, `\u001b`), or
 * 'minimal', which leaves all but the character that ends a frame, if one does, and writes that as 'octal'.
 */
export type Escape = 'octal' | 'backslash' | 'minimal'

/** The escape unless the user says which: CPython has none, so its messages get no more than their framing needs. */
export function defaultEscape(protocol: Protocol): Escape {
  return protocol === 'python' ? 'minimal' : 'octal'
}

/** Makes the function that escapes a text. */
export function escaper(style: Escape, framing: Framing): (text: string) => string {
  if (style !== 'minimal') {
    const write = style === 'octal' ? octal : backslash
    return (text) => (NOT_ASCII_TEXT.test(text) ? text.replace(CONTROLS, write) : text)
  }
  const end = ENDS[framing]
  return end === undefined ? (text) => text : (text) => (text.includes(end) ? text.replaceAll(end, octal) : text)
}

// Most texts are found to be plain by the quickest look.
const NOT_ASCII_TEXT = /[^ -~]/
const CONTROLS = /[\x00-\x1f\x7f]/g

const ENDS: Readonly<Record<Framing, string | undefined>> = {
  'octet-counting': undefined,
  lf: '\n',
  nul: '\0',
  none: undefined,
}

function octal(char: string): string {
  return `#${char.charCodeAt(0).toString(8).padStart(3, '0')}`
}

function backslash(char: string): string {
  // JSON.stringify leaves DEL as it is.
  return char === '\x7f' ? '\\u007f' : JSON.stringify(char).slice(1, -1)
}
