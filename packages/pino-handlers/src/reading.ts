// How the input is read, from the flags of this program.

import { LEVELS, parseLevel } from '@pino-handlers/core'
import type { OwnValues } from './arguments.js'
import type { WrapSettings } from './plain-text.js'
import { UsageError } from './usage-error.js'

/** What the flags say. */
export interface Reading {
  readonly wrap: WrapSettings
  /** Milliseconds that the input may go on after a signal. */
  readonly grace: number
}

const GRACE = '30'

/**
 * Reads the flags, beside the options that say where things are in a record.
 * @throws {UsageError} for a wrong one.
 */
export function readingOf(own: OwnValues, options: Readonly<Record<string, unknown>>): Reading {
  const key = (option: string, standard: string): string => String(options[option] ?? standard)
  return {
    grace: milliseconds(own.grace ?? GRACE),
    wrap: {
      level: levelOf(own['wrap-level'] ?? 'info', options.customLevels),
      levelKey: key('levelKey', 'level'),
      timeKey: key('timeKey', 'time'),
      messageKey: key('messageKey', 'msg'),
    },
  }
}

// The longest that a timer can take.
const MAX_SECONDS = 2_147_483

function milliseconds(text: string): number {
  const seconds = text === '' ? Number.NaN : Number(text)
  if (seconds >= 0 && seconds <= MAX_SECONDS) return seconds * 1000
  throw new UsageError(`--grace must be a number of seconds from 0 to ${MAX_SECONDS}, got ${JSON.stringify(text)}`)
}

function levelOf(text: string, customLevels: unknown): number {
  const custom: Readonly<Record<string, number>> = Object.assign({}, customLevels)
  if (/^\d+$/.test(text)) return Number(text)
  const labels = [...LEVELS.map(({ label }) => label), ...Object.keys(custom)]
  const level = labels.includes(text) ? parseLevel(text, custom) : undefined
  if (level !== undefined) return level
  throw new UsageError(`--wrap-level must be a number or one of ${labels.join(', ')}, got ${JSON.stringify(text)}`)
}
