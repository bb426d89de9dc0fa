import { runPeer } from '../peer.js'
import { openTransport } from './transport.js'

await runPeer(({ file, caps }) =>
  openTransport(import.meta.resolve('pino-roll'), {
    file,
    size: `${caps?.maxBytes ?? 0}b`,
    limit: { count: caps?.backupCount },
  }),
)
