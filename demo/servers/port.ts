// How a server says where it is.

import type { AddressInfo, Server } from 'node:net'
import { parentPort } from 'node:worker_threads'

/** Tells the main thread the port of a server, once it listens. */
export function tellPort(server: Server): void {
  server.on('listening', () => parentPort?.postMessage((server.address() as AddressInfo).port))
}
