// The errors of factories in the words of the command line.

import type { OptionTable } from '@pino-handlers/core'
import { flagOf } from './option-names.js'

/** A factory's message with each option called as it was given: a flag, a variable, or an entry of the file. */
export function inWords(message: string, table: OptionTable, labels: Readonly<Record<string, string>>): string {
  const text = message.replace(/^\[[^\]]*\] /, '')
  // It can only come from the file, where options are called as in code.
  if (text.startsWith('unknown option')) return text
  return text.replaceAll(/(?:option )?"(\w+)"/g, (found, option: string) => {
    if (!Object.hasOwn(table, option)) return found
    return Object.hasOwn(labels, option) ? (labels[option] ?? found) : flagOf(option)
  })
}
