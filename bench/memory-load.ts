// What a memory handler is given, and what is to come out of it.

import pino from 'pino'
import type { Job } from './job.js'
import type { Log } from './load.js'
import { bindings, type Fields, fields, message } from './record.js'

/** Records that the only buffer holds. */
export const CAPACITY = 10_000

/** The field that tells requests apart. */
export const KEY = 'traceId'

// Requests under way at a time, the records of each, and how many there are for one that fails.
const REQUESTS = 10_000
const STEPS = 10
const FAILING = 100

export interface MemoryLoad {
  readonly isError: (n: number) => boolean
  readonly fields: (n: number) => Fields
  /** Whether the record is to come out of a flight recorder. */
  readonly wanted: (n: number) => boolean
}

/** Requests for a handler with `keyBy`, else an error behind all other records. */
export function memoryLoad({ records, options = {} }: Pick<Job, 'records' | 'options'>): MemoryLoad {
  return options.keyBy === KEY ? requests(records) : errorAtEnd(records)
}

export function logMemoryLoad(stream: pino.DestinationStream, load: MemoryLoad): Log {
  const logger = pino({ name: bindings.name }, stream)
  return (n) => logger[load.isError(n) ? 'error' : 'info'](load.fields(n), message(n))
}

function errorAtEnd(records: number): MemoryLoad {
  return { isError: (n) => n === records - 1, fields, wanted: (n) => n >= records - 1 - CAPACITY }
}

// Each takes its turn, so that no two records of a request follow each other; then the next requests come.
function requests(records: number): MemoryLoad {
  const steps = Math.max(1, Math.min(STEPS, Math.floor(records / REQUESTS)))
  const group = REQUESTS * steps
  const failing = (n: number): boolean => n % FAILING === 0
  return {
    isError: (n) => failing(n) && n % group >= group - REQUESTS,
    fields: (n) => ({ [KEY]: `${Math.floor(n / group) * REQUESTS + (n % REQUESTS)}`, ...fields(n) }),
    // The last requests may not have come to their end.
    wanted: (n) => failing(n) && n - (n % group) + group - REQUESTS + (n % REQUESTS) < records,
  }
}
