// The checks that more than one handler uses, named for what they accept.

import type { Check } from './options.js'

/** `check`, but construction fails when the option is missing. */
export function required<T>(check: Check<T>): Check<T> & { readonly required: true } {
  return { ...check, required: true }
}

/** One of a fixed list of strings. */
export function oneOf<const T extends string>(...choices: readonly T[]): Check<T> {
  return {
    expected: choices.map((choice) => `'${choice}'`).join(' | '),
    parse: (value) => choices.find((choice) => choice === value),
  }
}

/** true or false. */
export const flag: Check<boolean> = {
  expected: 'true or false',
  parse: (value) => (typeof value === 'boolean' ? value : undefined),
}

/** A string, also an empty one. */
export const text: Check<string> = {
  expected: 'a string',
  parse: (value) => (typeof value === 'string' ? value : undefined),
}

/** A string with something in it. */
export const name: Check<string> = {
  expected: 'a non-empty string',
  parse: (value) => (typeof value === 'string' && value !== '' ? value : undefined),
}

/** A whole number, 0 or more. */
export const count: Check<number> = {
  expected: 'a non-negative integer',
  parse: (value) => (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined),
}

/** A whole number, 1 or more. */
export const positiveCount: Check<number> = {
  expected: 'an integer, 1 or more',
  parse: (value) => count.parse(value, {}) || undefined,
}

/** A time in seconds, as in Python; fractions are allowed. */
export const seconds: Check<number> = {
  expected: 'a number of seconds, 0 or more',
  parse: (value) => (typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined),
}

/** A time in seconds that is not shorter than one. */
export const fromOneSecond: Check<number> = {
  expected: 'a number of seconds, 1 or more',
  parse: (value) => (typeof value === 'number' && Number.isFinite(value) && value >= 1 ? value : undefined),
}

const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
}

/** A size in bytes: a number, or a string such as '10MB' (10,000,000) or '10MiB' (10,485,760). */
export const bytes: Check<number> = {
  expected: "a number of bytes, or a size such as '10MB' or '10MiB'",
  parse(value) {
    if (typeof value !== 'string') return count.parse(value, {})
    // NaN for what is no size.
    const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(value) ?? []
    const size = Number(digits) * (UNITS[unit.toUpperCase()] ?? Number.NaN)
    return Number.isSafeInteger(Math.round(size)) ? Math.round(size) : undefined
  },
}

/** A file's permission bits: a number such as 0o640, or its octal digits as a string, '640'. */
export const permissions: Check<number> = {
  expected: "permission bits such as 0o640, or '640' (octal)",
  parse(value) {
    const bits = typeof value === 'string' && /^0?[0-7]{3,4}$/.test(value) ? Number.parseInt(value, 8) : value
    return typeof bits === 'number' && Number.isInteger(bits) && bits >= 0 && bits <= 0o7777 ? bits : undefined
  },
}
