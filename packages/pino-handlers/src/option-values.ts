// From the text of a flag to the value of an option: as it stands if the option takes that, else as JSON.

import { isObject, type OptionRow } from '@pino-handlers/core'
import { UsageError } from './usage-error.js'

type Given = Readonly<Record<string, unknown>>

/** What was given for one option, as flags or in the environment. */
export interface Texts {
  /** The flag or the variable, for messages. */
  readonly label: string
  readonly entries: readonly { readonly path: readonly string[]; readonly value: string | boolean }[]
}

// With more entries that may be texts or JSON, all are the one or all the other.
const MAX_UNCERTAIN = 8

/** Every text read as JSON where it is JSON: the value by itself, without asking the option. */
export function plainValue(texts: Texts, base: unknown): unknown {
  return build(texts, base, () => true)
}

/** The first reading of the texts that the option takes; else what {@link plainValue} makes of them. */
export function valueFor(row: OptionRow, texts: Texts, base: unknown, given: Given): unknown {
  const uncertain = texts.entries.flatMap(({ value }, index) => (isUncertain(value) ? [index] : []))
  for (const asJson of readings(uncertain)) {
    const value = build(texts, base, (index) => asJson.includes(index))
    if (row.refusal(value, given) === undefined) return value
  }
  return plainValue(texts, base)
}

function isUncertain(value: string | boolean): boolean {
  return typeof value === 'string' && typeof fromJson(value) !== 'string'
}

// Those with the fewest texts read as JSON first.
function readings(uncertain: readonly number[]): readonly (readonly number[])[] {
  if (uncertain.length > MAX_UNCERTAIN) return [[], uncertain]
  const all = Array.from({ length: 2 ** uncertain.length }, (_, mask) =>
    uncertain.filter((_, bit) => (mask & (1 << bit)) !== 0),
  )
  return all.sort((a, b) => a.length - b.length)
}

function build({ label, entries }: Texts, base: unknown, asJson: (index: number) => boolean): unknown {
  const read = entries.map(({ path, value }, index) => ({
    path,
    value: typeof value === 'string' && asJson(index) ? fromJson(value) : value,
  }))
  const whole = read.filter(({ path }) => path.length === 0).map(({ value }) => value)
  if (whole.length === read.length) return whole.length === 1 ? whole[0] : whole
  if (whole.length > 0) throw new UsageError(`${label} is given as a whole and by its entries`)
  return read.reduce((object, { path, value }) => withEntry(object, path, value, base), asObject(base))
}

// An entry that comes twice is a list; one that the configuration has as well is replaced.
function withEntry(object: Given, path: readonly string[], value: unknown, base: unknown): Given {
  const [name = '', ...deeper] = path
  const before = own(object, name)
  const inBase = own(asObject(base), name)
  const isNew = before === undefined || before === inBase
  const entry =
    deeper.length > 0
      ? withEntry(asObject(before), deeper, value, inBase)
      : isNew
        ? value
        : [...(Array.isArray(before) ? before : [before]), value]
  return Object.fromEntries([...Object.entries(object).filter(([key]) => key !== name), [name, entry]])
}

function asObject(value: unknown): Given {
  return isObject(value) ? value : {}
}

function own(object: Given, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

// Permission bits are written 0o640, which JSON does not have.
function fromJson(text: string): unknown {
  if (/^0o[0-7]+$/.test(text)) return Number(text)
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return text
  }
}
