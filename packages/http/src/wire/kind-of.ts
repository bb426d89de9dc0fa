// What a user's function has returned, in words that tell nothing of what is in it.

/** What a value is, such as 'undefined' or 'a promise'. */
export function kindOf(value: unknown): string {
  if (value instanceof Promise) return 'a promise'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object' && value !== null) return 'an object'
  return value === null || value === undefined ? String(value) : `a ${typeof value}`
}
