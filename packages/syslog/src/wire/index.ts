// From a record to the bytes of its frames, without a socket.

export { createEncoder, type Encoder, type EncoderSettings } from './encoder.js'
export type { Escape } from './escape.js'
export { type Carrier, defaultFraming, type Framing, type Protocol } from './framing.js'
export type { HeaderSettings } from './header.js'
export type { Oversize } from './oversize.js'
export {
  encodePriority,
  FACILITY_NAMES,
  facilityCheck,
  mapPriority,
  PRIORITY_NAMES,
  type PrioritySettings,
  priorityReader,
} from './priority.js'
export { type StructuredData, structuredDataCheck } from './structured-data.js'
export { rfc3164Time, rfc5424Time } from './timestamp.js'
export { withoutExceptions } from './without-exceptions.js'
