// The record that every peer logs: some 220 bytes as JSON, with its number at both ends.

import { hostname } from 'node:os'
import pino from 'pino'
import type { Log } from './load.js'

/** What a logger of an application holds beside the calls; pino adds pid and hostname by itself. */
export const bindings = { name: 'app', pid: process.pid, hostname: hostname() }

export interface Fields {
  readonly reqId: string
  readonly method: string
  readonly url: string
  readonly status: number
  readonly ms: number
}

export function fields(n: number): Fields {
  return { reqId: `#${n}`, method: 'GET', url: `/api/items/${n % 1000}?page=2`, status: 200, ms: 12.5 }
}

export function message(n: number): string {
  return `#${n} the request was completed in time #${n}`
}

/** The same call for every peer that is reached through pino. */
export function throughPino(stream: pino.DestinationStream): Log {
  const logger = pino({ name: bindings.name }, stream)
  return (n) => logger.info(fields(n), message(n))
}

/** The line that pino makes of it, for peers that are given lines. */
export function line(n: number): string {
  const { reqId, method, url, status, ms } = fields(n)
  const head = `{"level":30,"time":${START},"pid":${bindings.pid},"hostname":"${bindings.hostname}","name":"${bindings.name}"`
  const rest = `"reqId":"${reqId}","method":"${method}","url":"${url}","status":${status},"ms":${ms}`
  return `${head},${rest},"msg":"${message(n)}"}\n`
}

const START = Date.now()

/** All lines of a job, made before the clock starts. */
export function premade(records: number): string[] {
  return Array.from({ length: records }, (_, n) => Buffer.from(line(n)).toString())
}

/** Python's format of the text that `formatted` asks for. */
export const FORMAT = '%(asctime)s %(levelname)s %(name)s %(message)s'
