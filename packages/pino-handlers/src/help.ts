// The texts of --help and list.

import { styleText } from 'node:util'
import type { OptionRow } from '@pino-handlers/core'
import { type HandlerModule, handlerNames } from './handlers.js'
import type { Io } from './io.js'
import { introductionOf, meaningsOf } from './manual.js'
import { ENV_PREFIX, flagOf } from './option-names.js'
import { OWN_FLAGS, type OwnFlag } from './own-flags.js'

/** How texts look where they are read. */
export interface Look {
  /** Bold on a terminal, unless NO_COLOR says otherwise; elsewhere the text itself. */
  bold(text: string): string
  /** The width of the terminal; elsewhere lines are as long as they need be, for grep. */
  readonly columns: number
}

const NAMES = [
  'Names may also be written as in code or in Python (--maxBytes, --max_bytes).',
  '--no-<option> is false, an option that comes twice is a list, and --formatter.fmt is an entry of an object.',
  `Each option may be in the environment as ${ENV_PREFIX}<OPTION>, such as ${ENV_PREFIX}LEVEL.`,
]

/** The look of stdout. */
export function lookOf({ stdout, env }: Io): Look {
  return {
    bold: stdout.isTTY && !env.NO_COLOR ? (text) => styleText('bold', text, { validateStream: false }) : (text) => text,
    columns: (stdout.isTTY && stdout.columns) || Number.POSITIVE_INFINITY,
  }
}

/** What the program does and how it is called. */
export function generalHelp(look: Look): string {
  return `${look.bold('node app | pino-handlers <handler> [options]')}

Reads pino's lines from stdin and hands them to a handler.

  pino-handlers list              names the handlers
  pino-handlers <handler> --help  shows the options of one

${ownHelp(look)}`
}

/** The options of a handler: how each is written, what it means, what it accepts, its default. */
export function handlerHelp({ name, table }: HandlerModule, look: Look): string {
  const { python, sentence } = introductionOf(name)
  const meanings = meaningsOf(name)
  const options = Object.entries(table).map(([option, row]) => {
    return entry(flagOf(option), [meanings.get(option) ?? '', acceptedBy(row)], look)
  })
  return `${look.bold(`pino-handlers ${name} [options]`)}

${wrapped(`Python's ${python}: ${sentence}`, '', look)}

${options.join('')}
${NAMES.map((text) => wrapped(text, '', look)).join('\n')}

${ownHelp(look)}`
}

/** One line for each handler. */
export function list({ bold }: Look): string {
  const rows = handlerNames.map((name) => ({ name, ...introductionOf(name) }))
  const width = Math.max(...rows.map(({ name }) => name.length))
  const pythonWidth = Math.max(...rows.map(({ python }) => python.length))
  return rows
    .map(({ name, python, sentence }) => `${bold(name.padEnd(width))}  ${python.padEnd(pythonWidth)}  ${sentence}\n`)
    .join('')
}

function ownHelp(look: Look): string {
  const flags = Object.entries<OwnFlag>(OWN_FLAGS).map(([name, { value, meaning }]) => {
    return entry(`--${name}`, [meaning], look, value === undefined ? '' : ` <${value}>`)
  })
  return `With every handler:\n\n${flags.join('')}`
}

function acceptedBy({ expected, required, default: standard }: OptionRow): string {
  if (required) return `${expected}; required`
  return standard === undefined ? expected : `${expected}; default ${JSON.stringify(standard)}`
}

function entry(flag: string, texts: readonly string[], look: Look, value = ''): string {
  const lines = texts.filter((text) => text !== '').map((text) => `${wrapped(text, '      ', look)}\n`)
  return `  ${look.bold(flag)}${value}\n${lines.join('')}`
}

// Breaks a text between words; each line begins with `indent`.
function wrapped(text: string, indent: string, { columns }: Look): string {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line === undefined || line.length + 1 + word.length >= columns) lines.push(indent + word)
    else lines[lines.length - 1] = `${line} ${word}`
  }
  return lines.join('\n')
}
