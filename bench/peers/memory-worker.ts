// A target of pino's worker that gets what is meant for a memory handler.

import { logMemoryLoad, memoryLoad } from '../memory-load.js'
import { runPeer } from '../peer.js'
import { openTransport } from './transport.js'

await runPeer((job) =>
  openTransport(job.target ?? '', job.options ?? {}, (stream) => logMemoryLoad(stream, memoryLoad(job))),
)
