import { runPeer } from '../peer.js'
import { openTransport } from './transport.js'

await runPeer(({ target = '', options = {} }) => openTransport(target, options))
