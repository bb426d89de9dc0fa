// How the input is read, from the flags of this program.

import { INFO, levelCheck, milliseconds } from '@pino-handlers/core'
import type { OwnValues } from './arguments.js'
import type { WrapSettings } from './plain-text.js'
import { UsageError } from './usage-error.js'

/** What the flags say. */
export interface Reading {
  readonly wrap: WrapSettings
  /** Milliseconds that the input may go on after a signal. */
  readonly grace: number
  readonly tee: boolean
}

type Given = Readonly<Record<string, unknown>>

const GRACE = '30'

/**
 * Reads the flags, beside the options that say where things are in a record.
 * @throws {UsageError} for a wrong one.
 */
export function readingOf(own: OwnValues, options: Given): Reading {
  return {
    wrap: wrapSettings(wrapLevel(own['wrap-level'], options), options),
    grace: grace(own.grace ?? GRACE),
    tee: own.tee !== undefined,
  }
}

/** Records of this level, with the keys that the handler looks for. */
export function wrapSettings(level: number, options: Given): WrapSettings {
  const key = (option: string, standard: string): string => String(options[option] ?? standard)
  return {
    level,
    levelKey: key('levelKey', 'level'),
    timeKey: key('timeKey', 'time'),
    messageKey: key('messageKey', 'msg'),
  }
}

function grace(text: string): number {
  const seconds = text === '' ? Number.NaN : Number(text)
  if (seconds >= 0) return milliseconds(seconds)
  throw new UsageError(`--grace must be a number of seconds, 0 or more, got ${JSON.stringify(text)}`)
}

function wrapLevel(text: string | undefined, options: Given): number {
  if (text === undefined) return INFO
  const level = levelCheck.parse(/^\d+$/.test(text) ? Number(text) : text, options)
  if (level !== undefined) return level
  throw new UsageError(`--wrap-level must be ${levelCheck.expected}, got ${JSON.stringify(text)}`)
}
