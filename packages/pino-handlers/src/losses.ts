// Whether everything arrived, by the books.

import type { Stats } from '@pino-handlers/core'

/** Records that did not reach their destination: dropped, put aside or impossible to send, here or in a target. */
export function lossesOf({ dropped, deadLettered, invalid, targets = [] }: Stats): number {
  const here = Object.values(dropped).reduce((sum, count) => sum + count, 0) + deadLettered + invalid
  return targets.reduce((sum, target) => sum + lossesOf(target), here)
}
