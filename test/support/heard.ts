// What a handler that rotates its file says.

import { basename } from 'node:path'
import type { Failure, Handler } from '@pino-handlers/core'
import type { Rotated } from '@pino-handlers/core/rotation'

/** Rotations as 'size app.log.1' and failures as 'rotate EBUSY', in order, from now on. */
export function heard(handler: Handler): string[] {
  const events: string[] = []
  handler.on('rotate', ({ reason, to }: Rotated) => events.push(`${reason} ${basename(to)}`))
  handler.on('failure', ({ kind, code }: Failure) => events.push(`${kind} ${code}`))
  return events
}
