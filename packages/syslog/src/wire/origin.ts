// Who wrote a record: host, process and logger, read where pino writes them, without parsing the line.

import { hostname } from 'node:os'
import type { LogRecord } from '@pino-handlers/core'

/** Who wrote a record; each is '' where the line and the system know nothing. */
export interface Origin {
  readonly hostname: string
  readonly pid: string
  readonly name: string
}

// Lines as pino writes them unless it is told otherwise: its bindings follow the time, the same ones in every line.
const START = /^\{"level":\d\d,"time":\d{13},/
const BINDINGS = /,"pid":(\d+),"hostname":"([^"\\]*)"(?:,"name":"([^"\\]*)")?/y
const BINDINGS_AT = 32

// With a time or labels of the application's own.
const OWN_START =
  /^\{"[^"\\]+":(?:\d+|"[^"\\]*"),"[^"\\]+":(?:-?[\d.]+|"[^"\\]*"),"pid":(\d+),"hostname":"([^"\\]*)"(?:,"name":"([^"\\]*)")?/

/**
 * Makes the function from a record to what `make` makes of its origin, which is made once for all lines that start
 * alike. The logger's own bindings count, `pid`, `hostname` and `name`, not what a record has under these names; else
 * what the record says, this machine and this process. `named` says that the name does not matter.
 */
export function originReader<T>(make: (origin: Origin) => T, named: boolean): (record: LogRecord) => T {
  let seen: { readonly text: string; readonly named: boolean; readonly made: T } | undefined
  return (record) => {
    const { line } = record
    if (seen && startsLike(line, seen.text) && (seen.named || !hasName(line, seen.text))) return seen.made
    BINDINGS.lastIndex = BINDINGS_AT
    const [text, pid = '', host = '', name] = (START.test(line) ? BINDINGS.exec(line) : undefined) ?? []
    if (text === undefined) return make(readOrigin(record))
    const made = make({ hostname: host, pid, name: name ?? nameOf(record) })
    if (named || name !== undefined || !hasName(line, text)) seen = { text, named: named || name !== undefined, made }
    return made
  }
}

// The shorter look at what START and BINDINGS find.
function startsLike(line: string, text: string): boolean {
  return line.startsWith(text, BINDINGS_AT) && line.startsWith('{"level":') && line.startsWith(',"time":', 11)
}

// A name that does not stand where pino puts a logger's: a child's, or of something else, further in.
function hasName(line: string, text: string): boolean {
  const end = BINDINGS_AT + text.length
  return line.includes('name":', end) && line.includes('"name":', end)
}

// Of two fields of one name the first is the logger's, which a parser would forget.
function readOrigin(record: LogRecord): Origin {
  const [start, pid = '', host = '', name = nameOf(record)] = OWN_START.exec(record.line) ?? []
  if (start !== undefined) return { hostname: host, pid, name }
  return {
    hostname: textOf(record.get('hostname')) ?? hostname(),
    pid: textOf(record.get('pid')) ?? String(process.pid),
    name: nameOf(record),
  }
}

function nameOf({ name }: LogRecord): string {
  // Python's name of a logger without one.
  return name === 'root' ? '' : name
}

/** A binding as a word of a header; undefined for what is neither text nor number. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}
