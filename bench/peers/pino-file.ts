import { runPeer } from '../peer.js'
import { openTransport } from './transport.js'

await runPeer(({ file }) => openTransport('pino/file', { destination: file }))
