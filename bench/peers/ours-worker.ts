import { runPeer } from '../peer.js'
import { openTransport } from './transport.js'

await runPeer(({ file, handler = 'file', caps, options }) =>
  openTransport(`@pino-handlers/${handler}`, { filename: file, ...caps, ...options }),
)
