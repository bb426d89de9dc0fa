import type { FileOptions } from '@pino-handlers/file'
import { runPeer } from '../peer.js'
import { openTransport } from './transport.js'

await runPeer(({ file, options }) => openTransport<FileOptions>('@pino-handlers/file', { filename: file, ...options }))
