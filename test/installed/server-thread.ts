// The servers in a thread of their own: pino holds up the application's when a transport ends.

import { parentPort, workerData } from 'node:worker_threads'
import { startServers } from './servers.js'

const { ports, close } = await startServers(workerData)
parentPort?.once('message', close)
parentPort?.postMessage(ports)
