// What stands on the command line: a command, the flags of this program, and options of the handler.

import { nearestName, type OptionRow, type OptionTable } from '@pino-handlers/core'
import { findOption, flagOf } from './option-names.js'
import { isOwn, OWN_FLAGS, type OwnName } from './own-flags.js'
import { UsageError } from './usage-error.js'

/** A flag that is an option, or an entry of one: `--formatter.fmt x` has the path ['fmt']. */
export interface OptionFlag {
  readonly option: string
  readonly path: readonly string[]
  /** The text that was given; true for a flag alone, false for `--no-...`. */
  readonly value: string | boolean
}

/** The flags of this program, with their values. */
export type OwnValues = Readonly<Partial<Record<OwnName, string>>>

/** A command line after it was read. */
export interface Arguments {
  readonly own: OwnValues
  readonly flags: readonly OptionFlag[]
}

/**
 * The value of one of this program's flags, before it is known which other flags there are.
 * @throws {UsageError} when it lacks its value.
 */
export function peek(args: readonly string[], name: OwnName): string | undefined {
  const at = args.findIndex((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`))
  const arg = args[at]
  if (arg === undefined) return undefined
  return arg.includes('=') ? arg.slice(name.length + 3) : nextValue(`--${name}`, args.slice(at + 1))
}

/**
 * Reads flags.
 * @throws {UsageError} for one that is unknown or lacks its value, and for anything that is no flag.
 */
export function readArguments(args: readonly string[], table: OptionTable): Arguments {
  const own: Partial<Record<OwnName, string>> = {}
  const flags: OptionFlag[] = []
  const rest = args.map((arg) => (arg === '-h' ? '--help' : arg))
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [, written, inline] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? []
    if (written === undefined) throw new UsageError(`unexpected ${JSON.stringify(arg)}: options begin with --`)
    if (isOwn(written)) own[written] = ownValue(written, inline, rest)
    else flags.push(optionFlag(written, inline, rest, table))
  }
  return { own, flags }
}

function ownValue(name: OwnName, inline: string | undefined, rest: string[]): string {
  if ('value' in OWN_FLAGS[name]) return inline ?? nextValue(`--${name}`, rest)
  if (inline !== undefined) throw new UsageError(`--${name} takes no value`)
  return ''
}

function optionFlag(written: string, inline: string | undefined, rest: string[], table: OptionTable): OptionFlag {
  const [head = '', ...path] = written.split('.')
  const known = Object.keys(table)
  const option = findOption(head, known)
  const row = option === undefined ? undefined : table[option]
  if (option !== undefined && row) return { option, path, value: inline ?? valueFrom(written, path, row, rest) }
  const negated = head.startsWith('no-') ? findOption(head.slice(3), known) : undefined
  if (negated !== undefined && inline !== undefined) throw new UsageError(`--${written} takes no value`)
  if (negated !== undefined) return { option: negated, path, value: false }
  throw new UsageError(`unknown option --${written}${hint(head, known)}`)
}

// What may be a flag alone takes the next word only if that cannot be anything else.
function valueFrom(written: string, path: readonly string[], row: OptionRow, rest: string[]): string | boolean {
  const [next] = rest
  if (path.length > 0) return next === undefined || next.startsWith('--') ? true : nextValue(`--${written}`, rest)
  const mayStandAlone = row.refusal(true, {}) === undefined || row.refusal(false, {}) === undefined
  if (mayStandAlone && !/^(true|false|\{.*)$/s.test(next ?? '')) return true
  return nextValue(`--${written}`, rest)
}

function nextValue(flag: string, rest: string[]): string {
  const value = rest.shift()
  if (value === undefined || value.startsWith('--'))
    throw new UsageError(
      `${flag} needs a value${value === undefined ? '' : `; one that begins with -- is given as ${flag}=${value}`}`,
    )
  return value
}

function hint(head: string, known: readonly string[]): string {
  const own = Object.keys(OWN_FLAGS)
  const nearest = nearestName(head, [...known, ...own])
  if (nearest === undefined) return '; see --help'
  return `; did you mean ${own.includes(nearest) ? `--${nearest}` : flagOf(nearest)}?`
}
