// The command line of all handlers.

import { HandlerOptionError, nearestName, type OptionTable } from '@pino-handlers/core'
import { type Arguments, peek, readArguments } from './arguments.js'
import { check } from './check.js'
import { deliver } from './deliver.js'
import { explained } from './error-words.js'
import { type HandlerModule, loadHandler } from './handlers.js'
import { generalHelp, handlerHelp, list, lookOf } from './help.js'
import type { Io } from './io.js'
import { isListener, queueOf } from './listen.js'
import { ownVersion } from './manual.js'
import { masked } from './mask.js'
import { gatherOptions, type Options, readConfig } from './option-sources.js'
import { Pump } from './pump.js'
import { readingOf } from './reading.js'
import { UsageError } from './usage-error.js'

/**
 * Runs the command `args`, without the program's name; resolves to the exit code: 0, 1 when something was not delivered
 * (with `--strict` or `--check`, or where the handler threw) or an answer could not be written, 2 when the command is wrong.
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
  const [first, second] = args
  if (first === 'help' && second !== undefined) return run([second, '--help'], io)
  if (first === undefined || ['help', '--help', '-h'].includes(first)) return print(io, generalHelp(lookOf(io)))
  if (first === '--version' || first === '-v') return print(io, `${ownVersion()}\n`)
  if (first === 'list') return print(io, list(lookOf(io)))

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
  if (own.help !== undefined) return print(io, handlerHelp(module, lookOf(io)))
  if (own.version !== undefined) return print(io, `${ownVersion()}\n`)
  return withOptions(module, own, gatherOptions(module.table, flags, io.env, config), io)
}

async function withOptions(module: HandlerModule, own: Arguments['own'], options: Options, io: Io): Promise<number> {
  const { values } = options
  const reading = readingOf(own, values)
  if (own['print-config'] !== undefined) {
    explained(module.table, options.labels, () => validate(module.table, values))
    return print(io, `${JSON.stringify(await masked(values, module.table), undefined, 2)}\n`)
  }
  if (own.check !== undefined) {
    const { delivered, words } = await check({ ...module, create: creator(module, options) }, values)
    const told = await print(io, `${module.name}: ${words}\n`)
    return delivered ? told : 1
  }
  const handler = creator(module, options)(values)
  const tell = (message: string): void => void io.stderr.write(`pino-handlers: ${message}\n`)
  const source = isListener(handler, values) ? queueOf(handler) : new Pump(io, handler, reading, tell)
  return deliver(io, handler, source, own, tell)
}

// Whoever reads an answer may leave before its end, but a disk that is full has not taken it.
async function print({ stdout, stderr }: Io, text: string): Promise<number> {
  const error = await new Promise<NodeJS.ErrnoException | null | undefined>((done) => stdout.write(text, done))
  if (!error || error.code === 'EPIPE') return 0
  stderr.write(`pino-handlers: stdout cannot be written: ${error.message}\n`)
  return 1
}

function creator(module: HandlerModule, options: Options): HandlerModule['create'] {
  return (values) => explained(module.table, options.labels, () => module.create(values))
}

// As the factory does, which would open files and connections.
function validate(table: OptionTable, values: Options['values']): void {
  const unknown = Object.keys(values).filter((option) => !Object.hasOwn(table, option))
  const wrong = Object.entries(values).flatMap(([option, value]) => table[option]?.refusal(value, values) ?? [])
  const missing = Object.entries(table).filter(([option, { required }]) => required && values[option] === undefined)
  const [first] = [
    ...unknown.map((option) => `unknown option "${option}"${didYouMean(option, Object.keys(table))}`),
    ...wrong,
    ...missing.map(([option, { expected }]) => `option "${option}" is required: ${expected}`),
  ]
  if (first !== undefined) throw new HandlerOptionError(first)
}

function didYouMean(option: string, known: readonly string[]): string {
  const nearest = nearestName(option, known)
  return nearest === undefined ? '; see --help' : `; did you mean "${nearest}"?`
}
