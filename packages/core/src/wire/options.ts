// The options of handlers that send records as Python's SocketHandler does, or as JSON.

import { oneOf } from '../checks.js'
import { HandlerOptionError, toError } from '../errors.js'
import { type FunctionOption, functionOption } from '../function-option.js'
import { type Check, checkOption, type Given, parseAll } from '../options.js'
import type { WireFormat } from './format.js'
import { type HmacOptions, signer } from './hmac.js'
import { type MakePickle, pickleFrames } from './pickle-frames.js'
import { jsonFrames, ndjson } from './text-frames.js'

/** Options of the form that records have on the wire. */
export interface WireOptions {
  /** 'pickle' is what Python sends; 'json' is the record's line behind its length, 'ndjson' the line with its end. */
  format?: 'pickle' | 'json' | 'ndjson'
  /** Makes the bytes for a record instead, its length included. Python: `SocketHandler.makePickle`. */
  makePickle?: FunctionOption<MakePickle>
  /** Sign each pickle: the length covers the digest and the pickle behind it. Not in Python. */
  hmac?: HmacOptions
}

const hmacChecks = {
  key: {
    expected: 'a non-empty string, or bytes',
    parse(value: unknown) {
      if ((typeof value === 'string' || value instanceof Uint8Array) && value.length > 0) return value
      // It is a secret, which no message shows.
      throw new Error('must be a non-empty string, or bytes')
    },
  },
  algorithm: {
    expected: "the name of a digest such as 'sha256'",
    parse: (value: unknown) => (typeof value === 'string' ? value : undefined),
  },
} satisfies Readonly<Record<keyof HmacOptions, Check<unknown>>>

/** The checks of {@link WireOptions}. */
export const wireChecks: {
  readonly format: Check<'pickle' | 'json' | 'ndjson'>
  readonly makePickle: Check<MakePickle>
  readonly hmac: Check<HmacOptions>
} = {
  format: oneOf('pickle', 'json', 'ndjson'),
  makePickle: functionOption<MakePickle>('(record) => Uint8Array'),
  hmac: {
    expected: "an object { key, algorithm }, such as { key: 'secret', algorithm: 'sha256' }",
    secret: ['key'],
    parse(value) {
      const isKey = typeof value === 'string' || value instanceof Uint8Array
      if (isKey) throw new Error('must be an object { key, algorithm }, not the key alone')
      return typeof value === 'object' && value !== null ? parseHmac(value) : undefined
    },
  },
}

/** The defaults of {@link WireOptions}. */
export const wireDefaults: { readonly format: 'pickle' } = { format: 'pickle' }

/** {@link WireOptions} after their checks. */
export interface WireSettings {
  readonly format: 'pickle' | 'json' | 'ndjson'
  readonly makePickle?: MakePickle | undefined
  readonly hmac?: HmacOptions | undefined
}

/**
 * The format that the options of a handler describe.
 * @throws {HandlerOptionError} for `makePickle` or `hmac` with another format, and for both together.
 */
export function wireFormat(handler: string, { format, makePickle, hmac }: WireSettings): WireFormat {
  const only = makePickle ? 'makePickle' : hmac ? 'hmac' : undefined
  if (format !== 'pickle' && only)
    throw new HandlerOptionError(
      `[${handler}] option "${only}" has no meaning with format '${format}', only with 'pickle'`,
    )
  if (format === 'pickle') return checkOption(handler, 'hmac', () => pickleFrames({ hmac, makePickle }))
  return format === 'json' ? jsonFrames : ndjson
}

function parseHmac(value: object): HmacOptions {
  let parsed: Readonly<Record<string, unknown>>
  try {
    parsed = parseAll(hmacChecks, value as Given)
  } catch (error) {
    throw new Error(`has a wrong entry: ${toError(error).message}`, { cause: error })
  }
  const { key, algorithm } = parsed as { key?: string | Uint8Array; algorithm?: string }
  if (key === undefined) throw new Error('must have a key')
  signer({ key, algorithm })
  return { key, algorithm }
}
