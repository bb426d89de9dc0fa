import { runPeer } from '../peer.js'
import { openTransport } from './transport.js'

await runPeer(({ file, caps, options }) =>
  openTransport(import.meta.resolve('pino-roll'), {
    file,
    ...(caps && { size: `${caps.maxBytes}b`, limit: { count: caps.backupCount } }),
    ...options,
  }),
)
