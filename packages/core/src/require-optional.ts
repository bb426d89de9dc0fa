// Packages that are loaded where an option asks for them, since not everybody has them, or needs them.

import { isAbsolute } from 'node:path'
import { requireFrom } from './require-from.js'

/**
 * What `require` gives for the package `name`, as seen from the module at `url`, which is `import.meta.url`; in a bundle,
 * where that is no place or the place of the source, as seen from the script that runs. Throws what the first of them says.
 */
export function requireOptional(name: string, url: string | undefined): unknown {
  const script = process.argv[1] ?? ''
  const places = [...(url ? [url] : []), ...(isAbsolute(script) ? [script] : [])]
  const errors: unknown[] = []
  for (const place of places) {
    try {
      return requireFrom(place)(name)
    } catch (error) {
      errors.push(error)
    }
  }
  throw errors[0] ?? new Error(`Cannot find module '${name}'`)
}
