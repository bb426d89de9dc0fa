// Options that are functions. They cannot cross into a worker thread, so each may also be a module specifier.

import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { toError } from './errors.js'
import { type Check, show } from './options.js'
import { requireFrom } from './require-from.js'

/** A function, or where to find one: './hooks.js' (its default export), './hooks.js#name', a package or a file: URL. */
export type FunctionOption<F extends (...args: never[]) => unknown> = F | string

/** The check for a function-valued option; `signature` says in words what the function takes and returns. */
export function functionOption<F extends (...args: never[]) => unknown>(signature: string): Check<F> {
  return {
    expected: `a function ${signature}, or a module specifier such as './hooks.js#name'`,
    parse(value) {
      const found = typeof value === 'string' ? loadFunction(value) : value
      // A signature cannot be checked before the call.
      return typeof found === 'function' ? (found as F) : undefined
    },
  }
}

/** True for a string that names a module rather than something else: a path, a file: URL, or anything with `#name`. */
export function isSpecifier(value: string): boolean {
  return /^(\.{1,2}[/\\]|file:)|#/.test(value) || isAbsolute(value)
}

/** The function that `specifier` names, resolved from the working directory; throws an Error that says what is wrong. */
export function loadFunction(specifier: string): unknown {
  const hash = specifier.lastIndexOf('#')
  const path = hash === -1 ? specifier : specifier.slice(0, hash)
  const exportName = hash === -1 ? 'default' : specifier.slice(hash + 1)
  const names = exportsOf(specifier, path)
  const found = exportName === 'default' && typeof names === 'function' ? names : property(names, exportName)
  if (typeof found === 'function') return found
  const what = found === undefined ? 'is not exported' : `is ${show(found)}, not a function`
  const exported = hasProperties(names) ? Object.keys(names).filter((key) => key !== '__esModule') : []
  throw new Error(
    `names ${show(specifier)}, but "${exportName}" ${what} there; it exports: ${exported.join(', ') || 'nothing'}`,
  )
}

function exportsOf(specifier: string, path: string): unknown {
  // The reason that `require` gives would repeat it with its password.
  if (/^(?!file:)\w{2,}:\/\//.test(path)) throw new Error(`names ${show(specifier)}, which is a URL and no module`)
  const require = requireFrom(join(process.cwd(), 'noop.js'))
  try {
    const loaded: unknown = require(path.startsWith('file:') ? fileURLToPath(path) : path)
    return loaded
  } catch (error) {
    const reason = toError(error).message.split('\n')[0]
    throw new Error(`names ${show(specifier)}, which cannot be loaded from ${process.cwd()}: ${reason}`, {
      cause: error,
    })
  }
}

function property(value: unknown, key: string): unknown {
  return hasProperties(value) && key in value ? value[key] : undefined
}

// A module may export a function that has the others.
function hasProperties(value: unknown): value is Readonly<Record<string, unknown>> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
