// Finding the module that a target names, and its function.

import { isAbsolute, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { toError } from '../errors.js'
import { show } from '../options.js'
import { requireFrom } from '../require-from.js'
import { isTargetStream, type TargetStream } from './target-stream.js'

type Factory = (options: object) => unknown

/**
 * A function that opens the stream that a target's module makes with `options`.
 * @throws {Error} that continues the sentence `option "x" ...` when there is no such module.
 */
export function loadTarget(target: string, options: object): () => TargetStream | Promise<TargetStream> {
  const path = resolveTarget(target)
  return () => {
    const factory = load(path)
    return factory instanceof Promise
      ? factory.then((loaded) => streamOf(loaded(options), target))
      : streamOf(factory(options), target)
  }
}

// pino looks from the file that called it, which a worker does not know: the application's folder, its main script and
// this package are as near as it gets.
function resolveTarget(target: string): string {
  const name = nameOf(target)
  const main = process.argv[1] ?? ''
  // A bundle that is CommonJS has no such thing.
  const here: string | undefined = import.meta.url
  const bases = [join(process.cwd(), 'noop.js'), ...(isAbsolute(main) ? [main] : []), ...(here ? [here] : [])]
  const errors: unknown[] = []
  for (const base of /^\.{1,2}[/\\]/.test(name) ? bases.slice(0, 1) : bases) {
    try {
      return requireFrom(base).resolve(name)
    } catch (error) {
      errors.push(error)
    }
  }
  // A package may be there and not let itself be required.
  const reason = errors.map(toError).find(({ code }) => code !== 'MODULE_NOT_FOUND')
  throw new Error(
    `names ${show(target)}, which cannot be found from ${process.cwd()}${reason ? `: ${reason.message}` : ''}`,
  )
}

function nameOf(target: string): string {
  if (target === 'pino/file') return 'pino/file.js'
  if (!target.startsWith('file:')) return target
  try {
    return fileURLToPath(target)
  } catch (error) {
    throw new Error(`names ${show(target)}, which is no path of a file: ${toError(error).message}`, { cause: error })
  }
}

// Without waiting where that is possible, so that the first records find their stream.
function load(path: string): Factory | Promise<Factory> {
  try {
    const loaded: unknown = requireFrom(path)(path)
    return factoryOf(loaded, path)
  } catch (error) {
    if (!NEEDS_IMPORT.has(toError(error).code ?? '')) throw error
    return import(/* webpackIgnore: true */ pathToFileURL(path).href).then((loaded: unknown) => factoryOf(loaded, path))
  }
}

// Yarn PnP finds what an ES module imports only when that is imported itself. A module that something else is about to
// import, as pino does with all targets at once, cannot be required meanwhile: before Node 24 by a failed assertion.
const NEEDS_IMPORT = new Set([
  'ERR_INTERNAL_ASSERTION',
  'ERR_MODULE_NOT_FOUND',
  'ERR_REQUIRE_ASYNC_MODULE',
  'ERR_REQUIRE_CYCLE_MODULE',
  'ERR_REQUIRE_ESM',
  'ERR_REQUIRE_ESM_RACE_CONDITION',
])

// Transpilers leave up to two nested default exports.
function factoryOf(loaded: unknown, path: string): Factory {
  const found = [loaded, inner(loaded), inner(inner(loaded))].find((each) => typeof each === 'function')
  if (typeof found !== 'function') throw new Error(`${path} exports no function by default`)
  return (options) => Reflect.apply(found, undefined, [options])
}

function inner(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'default' in value ? value.default : undefined
}

function streamOf(made: unknown, target: string): TargetStream | Promise<TargetStream> {
  if (isThenable(made)) return Promise.resolve(made).then((stream) => checked(stream, target))
  return checked(made, target)
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

function checked(made: unknown, target: string): TargetStream {
  if (isTargetStream(made)) return made
  throw new Error(`${target} made ${show(made)}, which is no stream`)
}
