// How records become requests, and what answers mean, as pure functions.

export { AnswerReader, type ReadAnswer } from './answer-reader.js'
export { type BatchSettings, jsonForm, jsonLines } from './json-form.js'
export type { FormBatch, Header, HttpAnswer, HttpRequest, ItemAnswer, Judgement, RequestForm } from './message.js'
export type { Labels } from './presets/collector.js'
export { PRESETS, type Preset, type PresetSettings, presetForm } from './presets.js'
export {
  basicAuthorization,
  type MapLogRecord,
  type PythonFormSettings,
  pythonForm,
  pythonRequest,
} from './python-form.js'
export { quotePlus, urlencode } from './urlencode.js'
export { retryDelay, type Verdict, verdictOf } from './verdict.js'
