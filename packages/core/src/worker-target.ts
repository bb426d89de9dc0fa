// What pino.transport() takes for one of these handlers: where its module is, and options that have been checked.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { types } from 'node:util'
import { HandlerOptionError } from './errors.js'
import { isObject } from './is-object.js'
import { LEVELS } from './levels.js'
import { type Given, show } from './options.js'

/** A handler for `pino.transport()`: alone, or as one of its `targets`; it is also a target of our memory and queue-listener. */
export interface WorkerTarget {
  /** Where the handler's module is, whatever package manager has put it there. */
  readonly target: string
  /** The options, as they cross into the worker. */
  readonly options: Given
  /** Of `targets`, the records of this level and above. pino ignores it for a target alone. */
  readonly level: string
}

/**
 * The handler of the module at `url` as a target, after `check` has thrown for options that it cannot use.
 * @throws {HandlerOptionError} for an option that cannot cross into a worker, such as a function, and for an unknown level.
 */
export function workerTarget(
  handler: string,
  url: string,
  { options = {}, level = 'trace' }: { readonly options?: object | undefined; readonly level?: string | undefined },
  check: () => unknown,
): WorkerTarget {
  check()
  const given: Given = { ...options }
  const labels = [...LEVELS.map(({ label }) => label), 'silent', ...Object.keys(given.customLevels ?? {})]
  if (!labels.includes(level)) {
    const known = labels.map((label) => `'${label}'`).join(', ')
    throw new HandlerOptionError(`[${handler}] the level of a target must be one of ${known}, got ${show(level)}`)
  }
  const crossing = Object.entries(given).map(([option, value]) => [option, crossed(handler, option, value)])
  return { target: locate(handler, url), options: Object.fromEntries(crossing), level }
}

// What structuredClone() would refuse without a name, or make something else of without a word.
function crossed(handler: string, option: string, value: unknown): unknown {
  if (value instanceof URL) return value.href
  if (Array.isArray(value)) return value.map((each, index) => crossed(handler, `${option}[${index}]`, each))
  if (typeof value !== 'function' && typeof value !== 'symbol') {
    if (!isObject(value) || ArrayBuffer.isView(value) || types.isDate(value)) return value
    if (isPlain(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([key, each]) => [key, crossed(handler, `${option}.${key}`, each)]),
      )
    }
  }
  const isFunction = typeof value === 'function'
  const instead = isFunction ? "a module specifier such as './hooks.js#name'" : 'plain data'
  // Not what it says: it may hold a secret.
  const got = isFunction ? 'a function' : `a ${Object(value).constructor.name}`
  throw new HandlerOptionError(
    `[${handler}] option "${option}" must be ${instead} here, got ${got}: it cannot cross into pino's worker`,
  )
}

// An object of any realm that no class has made.
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

// In a bundle the module's address is the bundle's: a worker that loads it would run the application again.
function locate(handler: string, url: string): string {
  if (!isInPackage(handler, url)) {
    throw new Error(
      `[${handler}] where the handler is cannot be told, since it is in a bundle: leave @pino-handlers/${handler} out of ` +
        `the bundle, give pino the name, { target: '@pino-handlers/${handler}' }, or use the handler without a worker`,
    )
  }
  // Of these pino makes something else when it makes a URL of a path; in Yarn's archives it needs the path.
  const path = fileURLToPath(url)
  return /[#?%]/.test(path) ? url : path
}

function isInPackage(handler: string, url: string): boolean {
  try {
    const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', url), 'utf8'))
    return isObject(manifest) && manifest.name === `@pino-handlers/${handler}`
  } catch {
    return false
  }
}
