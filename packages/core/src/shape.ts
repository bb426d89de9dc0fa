// How the lines of this logger are shaped: the handler's options first, then what pino has told this thread.

import type { CommonSettings } from './common.js'
import { isConfigured, type PinoConfig, pinoConfig } from './pino-thread.js'
import { PINO_SHAPE, type RecordShape } from './record.js'

/** Gives the shape of records, which is known for certain only after pino's configuration has reached the thread. */
export class ShapeSource {
  readonly #settings: CommonSettings
  #seen: PinoConfig | undefined
  #shape: RecordShape

  constructor(settings: CommonSettings) {
    this.#settings = settings
    this.#shape = merge(settings, undefined)
  }

  /** False while this is pino's worker and its configuration is still on the way. */
  get settled(): boolean {
    return isConfigured()
  }

  get current(): RecordShape {
    const config = pinoConfig()
    if (config !== this.#seen) {
      this.#seen = config
      this.#shape = merge(this.#settings, config)
    }
    return this.#shape
  }
}

function merge(settings: CommonSettings, config: PinoConfig | undefined): RecordShape {
  return {
    messageKey: settings.messageKey ?? config?.messageKey ?? PINO_SHAPE.messageKey,
    errorKey: settings.errorKey ?? config?.errorKey ?? PINO_SHAPE.errorKey,
    timeKey: settings.timeKey ?? PINO_SHAPE.timeKey,
    levelKey: settings.levelKey ?? PINO_SHAPE.levelKey,
    nestedKey: settings.nestedKey ?? PINO_SHAPE.nestedKey,
    customLevels: { ...ownLevels(config), ...settings.customLevels },
  }
}

// pino's own labels stand among the configuration's levels; they are in the table already.
function ownLevels(config: PinoConfig | undefined): Record<string, number> {
  const entries = Object.entries(config?.levels?.values ?? {})
  return Object.fromEntries(entries.filter(([label]) => !PINO_LABELS.has(label)))
}

const PINO_LABELS = new Set(['fatal', 'error', 'warn', 'info', 'debug', 'trace'])
