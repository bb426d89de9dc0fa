// A target of pino's worker that forgets what it is given: the least that a worker costs.

import { Writable } from 'node:stream'

export default function nothing(): Writable {
  return new Writable({ decodeStrings: false, write: (_chunk, _encoding, done) => done() })
}
