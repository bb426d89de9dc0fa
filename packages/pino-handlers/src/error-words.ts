// The errors of factories in the words of the command line.

import { HandlerOptionError, type OptionTable } from '@pino-handlers/core'
import { flagOf } from './option-names.js'
import { UsageError } from './usage-error.js'

type Labels = Readonly<Record<string, string>>

/**
 * Runs a factory.
 * @throws {UsageError} for what it refuses, with each option called as it was given: a flag, a variable, an entry of the file.
 */
export function explained<T>(table: OptionTable, labels: Labels, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof HandlerOptionError)) throw error
    throw new UsageError(inWords(error.message, table, labels), { cause: error })
  }
}

function inWords(message: string, table: OptionTable, labels: Labels): string {
  const text = message.replace(/^\[[^\]]*\] /, '')
  // It can only come from the file, where options are called as in code.
  if (text.startsWith('unknown option')) return text.replace(/"\w+"/, (found) => labels[found.slice(1, -1)] ?? found)
  return text.replaceAll(/(?:option )?"(\w+)"/g, (found, option: string) => {
    return Object.hasOwn(table, option) ? (labels[option] ?? flagOf(option)) : found
  })
}
