// Whose something on the disk is: a process that every other one can recognise, and see whether it is still there.

import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname, uptime } from 'node:os'
import { toError } from '../errors.js'

/** What {@link ownerName} gives, as part of a regular expression. */
export const OWNER = '[1-9]\\d*-\\d+-[0-9a-f]{8}-[0-9a-f]{8}'

// Seconds after which something is abandoned whose owner cannot be looked at at all.
const FOREIGN = 10

// In place of a start that cannot be told.
const UNKNOWN = '0'

// A process is known by its number only where it runs: on this host, and there in this container.
const place = createHash('sha256').update(`${hostname()} ${pidNamespace()}`).digest('hex').slice(0, 8)
const start = startOf('self')

/** A part of a file name that tells whose the file is, and that no other has, not of this process either. */
export function ownerName(): string {
  return `${process.pid}-${start}-${place}-${randomBytes(4).toString('hex')}`
}

/** Whether the owner of what was made `age` seconds ago is gone for good; false also for what is no owner's name. */
export function isAbandoned(owner: string, age: number): boolean {
  if (!new RegExp(`^${OWNER}$`).test(owner)) return false
  const [pid = '', started, where] = owner.split('-')
  if (where !== place) return age > FOREIGN
  if (!isAlive(Number(pid))) return true
  const startNow = startOf(pid)
  if (started !== UNKNOWN && startNow !== UNKNOWN) return startNow !== started
  // The number is all there is to go by, and it was given anew when the machine started.
  return age > uptime()
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return toError(error).code !== 'ESRCH'
  }
}

// Numbers are given again to later processes: Linux tells when one started, in the 22nd field, of which the second may
// have spaces and brackets. A zombie has started never: nobody has looked at its end yet.
function startOf(pid: string): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? 'never' : (fields[19] ?? UNKNOWN)
  } catch {
    return UNKNOWN
  }
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return ''
  }
}
