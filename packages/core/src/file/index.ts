// What handlers that write to a file or descriptor are made of.

export { type DescriptorTarget, DescriptorWriter, type Plan, type Situation, type Step } from './descriptor-writer.js'
export { createEncoder, type Encoder, type EncodingErrors, encodingCheck } from './encoding.js'
export { openLogFile } from './log-file.js'
export {
  type LogFileOptions,
  type LogFileSettings,
  logFileChecks,
  logFileDefaults,
  type Size,
} from './options.js'
