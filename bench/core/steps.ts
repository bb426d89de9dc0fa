// The steps by the names that the table has.

import * as ours from './ours.js'
import * as peers from './peers.js'
import type { Step } from './step.js'

export const steps: Readonly<Record<string, () => Step>> = {
  'ours, text door': ours.textDoor,
  'ours, text door, lines cut by chunks': ours.textDoor,
  'ours, record door, nothing read': ours.recordDoor,
  'ours, record door, level option': ours.levelOption,
  'ours, record door, level and time': ours.levelAndTime,
  'ours, record door, parsed': ours.parsed,
  'ours, record door, formatter': ours.formatter,
  'ours, nt-eventlog, before Windows': ours.events,
  split2: peers.split,
  'split2, JSON.parse': peers.splitAndParse,
  'abstract-transport, nothing read': peers.abstractLines,
  'abstract-transport, level and time': peers.abstractLevelAndTime,
  'abstract-transport, JSON.parse': peers.abstractParsed,
  'abstract-transport, formatter': peers.abstractFormatter,
}
