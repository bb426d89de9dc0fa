// The settings that every handler has, as its options leave them.

import type { CommonSettings } from '@pino-handlers/core'

/** The defaults, quiet, with `settings` over them. */
export function commonSettings(settings: Partial<CommonSettings> = {}): CommonSettings {
  return { onError: 'ignore', closeTimeout: 5, statsInterval: 0, ...settings }
}
