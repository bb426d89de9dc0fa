// The option `excText: false`.

import type { CommonSettings } from '@pino-handlers/core'

/**
 * The same settings, by which records have no exception: a formatter appends none. It changes nothing without a
 * formatter, since a line goes out as pino wrote it. Python: what the documentation of `SysLogHandler.emit` says.
 */
export function withoutExceptions(settings: CommonSettings): CommonSettings {
  return { ...settings, errorKey: NOWHERE }
}

// A record's exception is what stands under this key of its line, which no logger uses.
const NOWHERE = ''
