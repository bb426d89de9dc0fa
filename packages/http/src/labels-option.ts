// The option that says where records come from.

import { type Check, isObject, show } from '@pino-handlers/core'
import type { Labels } from './wire/presets/collector.js'

/** The option `labels`. */
export const labelsCheck: Check<Labels> = {
  expected: "an object of strings, such as { 'service.name': 'shop' }",
  parse(value, given) {
    if (!isObject(value)) return undefined
    if (given.preset === undefined) throw new Error('only makes sense with a preset')
    return Object.fromEntries(Object.entries(value).map(labelOf))
  },
}

function labelOf([name, value]: [string, unknown]): [string, string] {
  if (name !== '' && typeof value === 'string') return [name, value]
  throw new Error(`must be an object of strings, got ${show(value)} for ${show(name)}`)
}
