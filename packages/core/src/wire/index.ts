// How records go over a wire to Python's log servers and others.

export type { DatagramLimit, Oversize } from './datagram-limit.js'
export type { Encodable, OnInvalid, WireFormat } from './format.js'
export { frame } from './frame.js'
export type { HmacOptions } from './hmac.js'
export { type WireOptions, type WireSettings, wireChecks, wireDefaults, wireFormat } from './options.js'
export { pickle } from './pickle.js'
export { type MakePickle, type PickleOptions, pickleFrames } from './pickle-frames.js'
export { recordDict } from './record-dict.js'
export { characterEnd, cutText, shortenJson } from './shorten-json.js'
export { jsonFrames, ndjson } from './text-frames.js'
