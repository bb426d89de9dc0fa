// Reading a handler's options: which exist, what each must be, what it is by default.

import { inspect } from 'node:util'
import { HandlerOptionError, toError } from './errors.js'

/** What one option accepts, and what it becomes. */
export interface Check<T> {
  /** The accepted values in words; ends the sentence `option "x" must be ...` and stands in the README's table. */
  readonly expected: string
  /** Construction fails without it. Default: false. */
  readonly required?: boolean
  /** What nobody may read who is shown the options: all of it, or its entries of these names. Default: nothing. */
  readonly secret?: Secret
  /**
   * The value as the handler uses it; undefined when it is not accepted. An Error thrown here continues the sentence
   * `option "x" ...`. `given` are all options, for a check that depends on another one.
   */
  parse(value: unknown, given: Given): T | undefined
}

/** What of an option is secret: all of it, or its entries of these names. */
export type Secret = true | readonly string[]

/** Options as they were given. */
export type Given = Readonly<Record<string, unknown>>

/** A check for each option that `T` has. */
export type Checks<T> = { readonly [K in keyof T]-?: Check<unknown> }

/** The options that {@link resolveOptions} gives back: what each check makes of a value, or the default. */
export type Resolved<C, D> = {
  readonly [K in keyof C]:
    | Parsed<C[K]>
    | (K extends keyof D ? D[K] : C[K] extends { required: true } ? never : undefined)
}

type Parsed<C> = C extends Check<infer T> ? T : never

/** An option of a handler as documentation and command lines need it. */
export interface OptionRow {
  /** The accepted values in words. */
  readonly expected: string
  readonly required: boolean
  /** undefined when there is none. */
  readonly default: unknown
  readonly secret?: Secret
  /** Why `value` is not accepted, as a sentence that names the option; undefined when it is. `given` are all options. */
  refusal(value: unknown, given: Given): string | undefined
}

/** Each option of a handler. */
export type OptionTable = Readonly<Record<string, OptionRow>>

// pino mixes these into the options of a single `target`; its `dedupe` is true, and an option of that name is not.
const FROM_PINO = new Set(['$context', 'pinoWillSendConfig', 'levels', 'dedupe'])

/**
 * Checks the options of a handler and fills in its defaults.
 * @throws {HandlerOptionError} for an unknown option (with the nearest known name), a wrong value, or a missing one.
 */
export function resolveOptions<C extends Readonly<Record<string, Check<unknown>>>, D extends object>(
  handler: string,
  checks: C,
  defaults: D,
  options: unknown,
): Resolved<C, D> {
  if (options !== undefined && (typeof options !== 'object' || options === null || Array.isArray(options))) {
    throw new HandlerOptionError(`[${handler}] options must be an object, got ${show(options)}`)
  }
  const given = Object.fromEntries(
    Object.entries(options ?? {}).filter(([option, value]) => !FROM_PINO.has(option) || isOwn(checks, option, value)),
  )
  const resolved: Record<string, unknown> = Object.fromEntries(Object.entries(defaults))
  try {
    Object.assign(resolved, parseAll(checks, given))
    for (const [option, check] of Object.entries(checks)) {
      if (!check.required || resolved[option] !== undefined) continue
      throw new Error(`option "${option}" is required: ${check.expected}`)
    }
  } catch (error) {
    throw new HandlerOptionError(`[${handler}] ${toError(error).message}`, { cause: error })
  }
  // Each option has gone through its check, which has the type that Resolved says.
  return resolved as Resolved<C, D>
}

function isOwn(checks: object, option: string, value: unknown): boolean {
  return Object.hasOwn(checks, option) && value !== true
}

/** The options that were given, each through its check; throws an Error that names the first one that is wrong. */
export function parseAll(checks: Readonly<Record<string, Check<unknown>>>, given: Given): Record<string, unknown> {
  const parsed: Record<string, unknown> = {}
  for (const [option, value] of Object.entries(given)) {
    const check = Object.hasOwn(checks, option) ? checks[option] : undefined
    if (!check) throw new Error(`unknown option "${option}"${suggestion(option, Object.keys(checks))}`)
    if (value !== undefined) parsed[option] = parseOne(option, check, value, given)
  }
  return parsed
}

/** Runs a check that needs more than one option; an Error that it throws continues the sentence `option "x" ...`. */
export function checkOption<T>(handler: string, option: string, check: () => T): T {
  try {
    return check()
  } catch (error) {
    throw new HandlerOptionError(`[${handler}] option "${option}" ${toError(error).message}`, { cause: error })
  }
}

/** The options of a handler, for whoever shows them or reads them from a text. */
export function optionTable(checks: Readonly<Record<string, Check<unknown>>>, defaults: Given): OptionTable {
  return Object.fromEntries(
    Object.entries(checks).map(([option, check]) => {
      const { expected, required = false, secret } = check
      const refusal = (value: unknown, given: Given): string | undefined => refusalOf(option, check, value, given)
      return [option, { expected, required, default: defaults[option], ...(secret && { secret }), refusal }]
    }),
  )
}

function refusalOf(option: string, check: Check<unknown>, value: unknown, given: Given): string | undefined {
  try {
    parseOne(option, check, value, given)
    return undefined
  } catch (error) {
    return toError(error).message
  }
}

// `user:password@` in a URL or before a host; where the text was cut, whatever may be the beginning of one.
const LOGIN = /(?<=:\/\/)[^\s'"]*(?:@|(?='\.\.\.))|(?<=['"])[^\s'"@:/]*:(?!\/\/)[^\s'"@]*@/g

/** A value as it appears in an error text: short, on one line, without the passwords of URLs. */
export function show(value: unknown): string {
  const text = inspect(value, {
    depth: 1,
    breakLength: Number.POSITIVE_INFINITY,
    maxStringLength: 80,
    maxArrayLength: 5,
  }).replaceAll(LOGIN, '***@')
  return text.length > 120 ? `${text.slice(0, 117)}...` : text
}

function parseOne(option: string, check: Check<unknown>, value: unknown, given: Given): unknown {
  let parsed: unknown
  try {
    parsed = check.parse(value, given)
  } catch (error) {
    throw new Error(`option "${option}" ${toError(error).message}`, { cause: error })
  }
  if (parsed === undefined) throw new Error(`option "${option}" must be ${check.expected}, got ${show(value)}`)
  return parsed
}

function suggestion(option: string, known: readonly string[]): string {
  const nearest = nearestName(option, known)
  if (nearest !== undefined) return `; did you mean "${nearest}"?`
  return `; known options: ${[...known].sort().join(', ')}`
}

/** The known name that was probably meant; undefined when none is near. Case, `-` and `_` make no difference. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const wanted = plain(name)
  const [nearest] = known
    .map((each) => ({ each, distance: editDistance(wanted, plain(each)) }))
    .sort((a, b) => a.distance - b.distance)
  return nearest && nearest.distance <= Math.max(2, Math.floor(wanted.length / 4)) ? nearest.each : undefined
}

// `max_bytes`, `MaxBytes` and `max-bytes` are all maxBytes to a reader.
function plain(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase()
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1)
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1))
    }
    previous = current
  }
  return previous[b.length] ?? 0
}
