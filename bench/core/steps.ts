// The steps by the names that the table has.

import * as ours from './ours.js'
import * as peers from './peers.js'
import type { Step } from './step.js'

export const steps: Readonly<Record<string, () => Step>> = {
  'text door': ours.textDoor,
  'text door, lines cut by chunks': ours.textDoor,
  'record door, nothing read': ours.recordDoor,
  'record door, level option': ours.levelOption,
  'record door, level and time': ours.levelAndTime,
  'record door, parsed': ours.parsed,
  'record door, formatter': ours.formatter,
  'nt-eventlog, before Windows': ours.events,
  split2: peers.split,
  'split2, JSON.parse': peers.splitAndParse,
  'abstract-transport, nothing read': peers.abstractLines,
  'abstract-transport, level and time': peers.abstractLevelAndTime,
  'abstract-transport, JSON.parse': peers.abstractParsed,
  'abstract-transport, formatter': peers.abstractFormatter,
}
