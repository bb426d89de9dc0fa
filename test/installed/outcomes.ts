// What applications here print when every record has arrived.

import type { Outcome } from './log-through.js'

const all: Outcome = { received: 3, delivered: 3, arrived: 3 }
// These have no destination that could be looked at.
const { arrived: _, ...unseen } = all

/** By handler. */
export const OUTCOMES: Readonly<Record<string, Partial<Outcome>>> = {
  datagram: all,
  file: all,
  http: all,
  memory: all,
  'nt-eventlog': unseen,
  null: unseen,
  queue: all,
  'queue-listener': all,
  'rotating-file': all,
  smtp: all,
  socket: all,
  stream: unseen,
  syslog: all,
  'timed-rotating-file': all,
  'watched-file': all,
  'queue in memory': all,
}
