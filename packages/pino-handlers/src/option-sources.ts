// Where options come from: flags before the environment before the file of --config.

import { readFileSync } from 'node:fs'
import { isObject, nearestName, type OptionTable, toError } from '@pino-handlers/core'
import type { OptionFlag } from './arguments.js'
import { ENV_PREFIX, findOption, flagOf, variableOf } from './option-names.js'
import { plainValue, type Texts, valueFor } from './option-values.js'
import { UsageError } from './usage-error.js'

/** The file of --config. */
export interface Config {
  readonly path: string
  readonly handler: string | undefined
  readonly options: Readonly<Record<string, unknown>>
}

/** The options for a handler's factory, and the name that each has where it was given. */
export interface Options {
  readonly values: Readonly<Record<string, unknown>>
  readonly labels: Readonly<Record<string, string>>
}

/**
 * Reads the file of --config.
 * @throws {UsageError} when it cannot be read, or is no JSON object.
 */
export function readConfig(path: string): Config {
  const config = parseConfig(path)
  if (!isObject(config)) throw new UsageError(`--config: ${path} is no JSON object`)
  const { handler, ...options } = config
  if (handler !== undefined && typeof handler !== 'string')
    throw new UsageError(`--config: "handler" in ${path} must be the name of a handler`)
  return { path, handler, options }
}

function parseConfig(path: string): unknown {
  try {
    // Editors on Windows begin files with a byte order mark.
    const config: unknown = JSON.parse(readFileSync(path, 'utf8').replace(/^\ufeff/, ''))
    return config
  } catch (error) {
    throw new UsageError(`--config: ${path} cannot be read: ${toError(error).message}`, { cause: error })
  }
}

/**
 * The options that a handler is made with.
 * @throws {UsageError} for a variable of the environment that is no option.
 */
export function gatherOptions(
  table: OptionTable,
  flags: readonly OptionFlag[],
  env: Readonly<Record<string, string | undefined>>,
  config: Config | undefined,
): Options {
  const texts = new Map([...fromEnv(env, table), ...fromFlags(flags)])
  const base = config?.options ?? {}
  const bases = (option: string): unknown => (Object.hasOwn(base, option) ? base[option] : undefined)
  const plain = [...texts].map(([option, each]) => [option, plainValue(each, bases(option))])
  let values: Readonly<Record<string, unknown>> = { ...base, ...Object.fromEntries(plain) }
  for (const [option, each] of texts) {
    const row = table[option]
    if (row) values = { ...values, [option]: valueFor(row, each, bases(option), values) }
  }
  const inFile = Object.keys(base).map((option) => [option, `"${option}" in ${config?.path}`])
  const given = [...texts].map(([option, { label }]) => [option, label])
  return { values, labels: Object.fromEntries([...inFile, ...given]) }
}

function fromFlags(flags: readonly OptionFlag[]): ReadonlyMap<string, Texts> {
  const texts = new Map<string, Texts>()
  for (const { option, path, value } of flags) {
    const entries = [...(texts.get(option)?.entries ?? []), { path, value }]
    texts.set(option, { label: flagOf(option), entries })
  }
  return texts
}

function fromEnv(env: Readonly<Record<string, string | undefined>>, table: OptionTable): ReadonlyMap<string, Texts> {
  const known = Object.keys(table)
  const texts = new Map<string, Texts>()
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith(ENV_PREFIX) || value === undefined) continue
    const written = variable.slice(ENV_PREFIX.length)
    const option = findOption(written, known)
    if (option === undefined) throw new UsageError(`${variable} names no option${hint(written, known)}`)
    texts.set(option, { label: variable, entries: [{ path: [], value }] })
  }
  return texts
}

function hint(written: string, known: readonly string[]): string {
  const nearest = nearestName(written, known)
  return nearest === undefined ? ' of this handler; see --help' : `; did you mean ${variableOf(nearest)}?`
}
