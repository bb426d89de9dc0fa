// What handlers that write to a file or descriptor are made of.

export { type DescriptorTarget, DescriptorWriter } from './descriptor-writer.js'
export { createEncoder, type Encoder, type EncodingErrors, encodingCheck } from './encoding.js'
export { openLogFile } from './log-file.js'
export {
  type LogFileOptions,
  type LogFileSettings,
  logFileChecks,
  logFileDefaults,
} from './options.js'
export type { Plan, Situation, Step } from './plan.js'
export { type FileIdentity, isSameFile } from './same-file.js'
