// What Node says of connections, in words.

import { toError } from '../errors.js'

/**
 * The error, with a message for people: a host with several addresses fails once for each, and has no message of its own;
 * OpenSSL adds the places in its sources, and a newline.
 */
export function readableError(error: Error): Error {
  const reasons =
    error instanceof AggregateError ? error.errors.map((each) => toError(each).message) : sslReasons(error)
  if (reasons.length === 0) return error
  return Object.assign(new Error([...new Set(reasons)].join(', '), { cause: error }), { code: toError(error).code })
}

function sslReasons(error: Error & { readonly library?: unknown; readonly reason?: unknown }): readonly string[] {
  return typeof error.library === 'string' && typeof error.reason === 'string' ? [error.reason] : []
}
