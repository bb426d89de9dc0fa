// The texts of --help and list.

import { styleText } from 'node:util'
import type { OptionRow } from '@pino-handlers/core'
import { type HandlerModule, handlerNames } from './handlers.js'
import type { Io } from './io.js'
import { introductionOf, meaningsOf } from './manual.js'
import { ENV_PREFIX, flagOf } from './option-names.js'
import { OWN_FLAGS, type OwnFlag } from './own-flags.js'

type Bold = (text: string) => string

/** Bold on a terminal, unless NO_COLOR says otherwise; elsewhere the text itself. */
export function boldFor({ stdout, env }: Io): Bold {
  return stdout.isTTY && !env.NO_COLOR ? (text) => styleText('bold', text) : (text) => text
}

/** What the program does and how it is called. */
export function generalHelp(bold: Bold): string {
  return `${bold('node app | pino-handlers <handler> [options]')}

Reads pino's lines from stdin and hands them to a handler.

  pino-handlers list              names the handlers
  pino-handlers <handler> --help  shows the options of one

${ownHelp(bold)}`
}

/** The options of a handler: how each is written, what it means, what it accepts, its default. */
export function handlerHelp({ name, table }: HandlerModule, bold: Bold): string {
  const { python, sentence } = introductionOf(name)
  const meanings = meaningsOf(name)
  const options = Object.entries(table).map(([option, row]) => optionHelp(option, row, meanings.get(option), bold))
  return `${bold(`pino-handlers ${name} [options]`)}

Python's ${python}: ${sentence}

${options.join('\n')}

Names may also be written as in code or in Python (--maxBytes, --max_bytes). --no-<option> is false, an option that comes
twice is a list, and --formatter.fmt is an entry of an object. Each option may be in the environment as
${ENV_PREFIX}<OPTION>, such as ${ENV_PREFIX}LEVEL.

${ownHelp(bold)}`
}

/** One line for each handler. */
export function list(bold: Bold): string {
  const rows = handlerNames.map((name) => ({ name, ...introductionOf(name) }))
  const width = Math.max(...rows.map(({ name }) => name.length))
  const pythonWidth = Math.max(...rows.map(({ python }) => python.length))
  return rows
    .map(({ name, python, sentence }) => `${bold(name.padEnd(width))}  ${python.padEnd(pythonWidth)}  ${sentence}\n`)
    .join('')
}

function ownHelp(bold: Bold): string {
  const flags = Object.entries<OwnFlag>(OWN_FLAGS).map(([name, { value, meaning }]) => {
    return `  ${bold(`--${name}`)}${value === undefined ? '' : ` <${value}>`}\n      ${meaning}\n`
  })
  return `With every handler:\n\n${flags.join('')}`
}

function optionHelp(option: string, row: OptionRow, meaning: string | undefined, bold: Bold): string {
  const standard = row.required ? 'required' : row.default === undefined ? '' : `default ${JSON.stringify(row.default)}`
  const accepts = [row.expected, standard].filter((text) => text !== '').join('; ')
  const lines = [...(meaning === undefined ? [] : [meaning]), accepts]
  return `  ${bold(flagOf(option))}\n${lines.map((line) => `      ${line}`).join('\n')}`
}
