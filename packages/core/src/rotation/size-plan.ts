// A cap on the size of a log file.

import type { Plan } from '../file/plan.js'
import { cutAfter, type Parcel } from '../parcel.js'

/**
 * Fills the file up to below `maxBytes` and has `change` called before the record that would reach it; a record that is
 * larger than the cap stands alone. Never changes an empty file. Python: `RotatingFileHandler.shouldRollover`.
 */
export function sizePlan(maxBytes: number, isPossible: () => boolean, change: () => void): Plan {
  // A rotator may leave the file as it was: the same records do not ask for it twice.
  let changedFor: Parcel | undefined
  return ({ parcel, size, emptySize, cut }) => {
    // What JavaScript counts as one character takes eight bytes at most: '&#65535;' where an encoding does not have it.
    if (size + 8 * parcel.text.length < maxBytes || !isPossible()) return { head: parcel }
    const filling = cut(parcel, maxBytes - size)
    if (filling.head.count > 0) return filling
    if (size <= emptySize || parcel === changedFor) return cutAfter(parcel, 1)
    changedFor = parcel
    return { change }
  }
}
