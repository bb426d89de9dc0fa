// Targets: the streams that a handler hands its records on to.

export { eachLine, LevelPicker, type LevelRange } from '../level-range.js'
export { type TargetOptions, type TargetSettings, targetChecks, targetDefaults } from './options.js'
export { liveTarget, parseSpec, type Target, type TargetSpec, targetCheck } from './target.js'
export { TargetSink } from './target-sink.js'
export { type HandlerStream, isHandler, isTargetStream, type TargetStream } from './target-stream.js'
