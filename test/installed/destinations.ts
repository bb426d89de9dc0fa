// Where each handler sends to in an application that has nothing but our packages and pino, and what has arrived there.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Ports } from './servers.js'

/** The options of one handler, and the text that has arrived, if that can be seen. */
export interface Destination {
  readonly options: Readonly<Record<string, unknown>>
  arrived?(): string
}

/**
 * By handlers' names without scope; files are in `dir`, where servers write to as well. `handOn` says to memory and
 * queue-listener what writes to a file.
 */
export function destinationsIn(
  dir: string,
  ports: Ports,
  handOn: (filename: string) => unknown,
): Readonly<Record<string, Destination>> {
  const host = '127.0.0.1'
  const path = (name: string): string => join(dir, name)
  const file = (name: string): Destination => ({
    options: { filename: path(`${name}.log`) },
    arrived: () => readAll(dir, `${name}.log`),
  })
  return {
    datagram: { options: { host, port: ports.datagram, format: 'ndjson' }, arrived: () => readAll(dir, 'datagram') },
    file: {
      options: { filename: path('file.log'), formatter: { fmt: '%(asctime)s %(message)s', datefmt: '%Y' } },
      arrived: () => readAll(dir, 'file.log'),
    },
    http: {
      options: { host: `${host}:${ports.http}`, url: '/', format: 'json', flushInterval: 0 },
      arrived: () => readAll(dir, 'http'),
    },
    memory: {
      options: { capacity: 10, target: handOn(path('memory.log')) },
      arrived: () => readAll(dir, 'memory.log'),
    },
    'nt-eventlog': { options: { appname: 'app', onUnsupported: 'silent', onError: 'ignore' } },
    null: { options: {} },
    queue: { options: { queue: { type: 'directory', path: path('queue') } }, arrived: () => readAll(dir, 'queue') },
    'queue-listener': {
      options: { handlers: [handOn(path('queue-listener.log'))] },
      arrived: () => readAll(dir, 'queue-listener.log'),
    },
    'rotating-file': {
      options: { filename: path('rotating-file.log'), maxBytes: 150, backupCount: 3, compress: 'gzip' },
      arrived: () => readAll(dir, 'rotating-file.log'),
    },
    smtp: {
      options: { mailhost: [host, ports.smtp], fromaddr: 'a@example.com', toaddrs: 'b@example.com', subject: 'app' },
      arrived: () => readAll(dir, 'smtp'),
    },
    socket: { options: { host, port: ports.socket, format: 'ndjson' }, arrived: () => readAll(dir, 'socket') },
    stream: { options: { stream: 'stderr' } },
    syslog: { options: { address: [host, ports.syslog] }, arrived: () => readAll(dir, 'syslog') },
    'timed-rotating-file': file('timed-rotating-file'),
    'watched-file': file('watched-file'),
  }
}

// All files whose paths below `dir` begin with `name`, backups and compressed ones among them.
function readAll(dir: string, name: string): string {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => path.startsWith(join(dir, name)))
    .map((path) => (path.endsWith('.gz') ? gunzipSync(readFileSync(path)) : readFileSync(path)).toString())
    .join('')
}
