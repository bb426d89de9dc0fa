// The command line of all handlers.

import { HandlerOptionError, type OptionTable } from '@pino-handlers/core'
import { type Arguments, peek, readArguments } from './arguments.js'
import { check } from './check.js'
import { deliver } from './deliver.js'
import { inWords } from './error-words.js'
import { type HandlerModule, loadHandler } from './handlers.js'
import { boldFor, generalHelp, handlerHelp, list } from './help.js'
import type { Io } from './io.js'
import { isListener, listen } from './listen.js'
import { ownVersion } from './manual.js'
import { masked } from './mask.js'
import { gatherOptions, type Options, readConfig } from './option-sources.js'
import { readingOf } from './reading.js'
import { UsageError } from './usage-error.js'

/**
 * Runs the command `args`, without the program's name; resolves to the exit code: 0, 1 when something was not delivered
 * (with `--strict` or `--check`, or where the handler threw), 2 when the command is wrong.
 */
export async function cli(args: readonly string[], io: Io): Promise<number> {
  try {
    return await run(args, io)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    io.stderr.write(`pino-handlers: ${error.message}\n`)
    return 2
  }
}

async function run(args: readonly string[], io: Io): Promise<number> {
  const [first] = args
  const print = (text: string): number => {
    io.stdout.write(text)
    return 0
  }
  if (first === undefined || first === '--help' || first === '-h') return print(generalHelp(boldFor(io)))
  if (first === '--version') return print(`${ownVersion()}\n`)
  if (first === 'list') return print(list(boldFor(io)))

  const named = first.startsWith('-') ? undefined : first
  const path = peek(args, 'config')
  const config = path === undefined ? undefined : readConfig(path)
  const name = named ?? config?.handler
  if (name === undefined)
    throw new UsageError('which handler? Name it first, or in the file of --config; see pino-handlers list')
  const module = await loadHandler(name)
  if (config?.handler !== undefined && config.handler !== name)
    throw new UsageError(`--config: ${path} is for the handler ${config.handler}, not for ${name}`)
  const { own, flags } = readArguments(named === undefined ? args : args.slice(1), module.table)
  if (own.help !== undefined) return print(handlerHelp(module, boldFor(io)))
  if (own.version !== undefined) return print(`${ownVersion()}\n`)
  return withOptions(module, own, gatherOptions(module.table, flags, io.env, config), io)
}

async function withOptions(module: HandlerModule, own: Arguments['own'], options: Options, io: Io): Promise<number> {
  const { values } = options
  const reading = readingOf(own, values)
  if (own['print-config'] !== undefined) {
    explained(module.table, options, () => validate(module.table, values))
    io.stdout.write(`${JSON.stringify(await masked(values, module.table), undefined, 2)}\n`)
    return 0
  }
  if (own.check !== undefined) {
    const { delivered, words } = await check({ ...module, create: creator(module, options) }, values)
    io.stdout.write(`${module.name}: ${words}\n`)
    return delivered ? 0 : 1
  }
  const handler = creator(module, options)(values)
  return isListener(handler, values) ? listen(io, handler, own) : deliver(io, handler, own, reading)
}

function creator(module: HandlerModule, options: Options): HandlerModule['create'] {
  return (values) => explained(module.table, options, () => module.create(values))
}

function validate(table: OptionTable, values: Options['values']): void {
  const wrong = Object.entries(values).flatMap(([option, value]) => table[option]?.refusal(value, values) ?? [])
  const missing = Object.entries(table).filter(([option, { required }]) => required && values[option] === undefined)
  const [first] = [...wrong, ...missing.map(([option, { expected }]) => `option "${option}" is required: ${expected}`)]
  if (first !== undefined) throw new HandlerOptionError(first)
}

function explained<T>(table: OptionTable, { labels }: Options, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof HandlerOptionError)) throw error
    throw new UsageError(inWords(error.message, table, labels), { cause: error })
  }
}
