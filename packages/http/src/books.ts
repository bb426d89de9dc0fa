// What has become of the records of parts, for the books of the handler.

import type { Monitor } from '@pino-handlers/core'
import type { Part } from '@pino-handlers/core/net'
import { HttpPart } from './part.js'

/** Enters parts that are settled: each record as delivered, put aside or dropped. */
export function bookKeeper(monitor: Monitor): (gone: readonly Part[]) => void {
  return (gone) => {
    for (const part of gone) {
      if (!(part instanceof HttpPart)) continue
      const lost = [...part.dropped.values()].reduce((sum, count) => sum + count, 0)
      monitor.delivered(part.count - part.deadLettered - lost, Buffer.byteLength(part.data))
      if (part.deadLettered > 0) monitor.deadLettered(part.deadLettered)
      for (const [reason, count] of part.dropped) monitor.dropped(count, reason)
    }
  }
}
