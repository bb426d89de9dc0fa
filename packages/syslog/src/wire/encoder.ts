// From records to the bytes that go out.

import type { Batch, Monitor } from '@pino-handlers/core'
import type { Part } from '@pino-handlers/core/net'
import { defaultEscape, type Escape, escaper } from './escape.js'
import { type Framing, frame } from './framing.js'
import { type HeaderSettings, headerMaker } from './header.js'
import { fitted, type Oversize } from './oversize.js'

/** What messages are made of, and what they are put into. */
export interface EncoderSettings extends HeaderSettings {
  readonly framing: Framing
  /** One part for each message, as datagrams need it; else one for the whole batch. */
  readonly separate: boolean
  /** End messages of 'python' with a NUL; not with a framing, which ends them in its own way. Python: `append_nul`. */
  readonly appendNul: boolean
  /** How control characters are written. Default: 'octal', for 'python' 'minimal'. */
  readonly escape?: Escape | undefined
  /** The largest message in bytes, without its frame; 0 has no limit. */
  readonly maxMessageBytes: number
  readonly oversize: Oversize
}

/** Turns a batch into what goes out. Records that do not go out are counted as dropped, for the reason 'oversize'. */
export type Encoder = (batch: Pick<Batch, 'records' | 'entries'>) => readonly Part[]

/**
 * Makes an encoder for batches whose terminator is ''. The text of a message is the formatted record, or without a
 * formatter the line as pino wrote it. Python: what `SysLogHandler.emit` does before it sends.
 */
export function createEncoder(settings: EncoderSettings, monitor: Pick<Monitor, 'dropped' | 'failure'>): Encoder {
  const { protocol, framing, separate, maxMessageBytes, oversize } = settings
  const clean = escaper(settings.escape ?? defaultEscape(protocol), framing)
  const header = headerMaker(settings, clean, (error) => monitor.failure('mapPriority', error))
  const end = protocol === 'python' && settings.appendNul && framing === 'none' ? '\0' : ''

  // The messages of one record: one, unless it is too large.
  function add(head: string, text: string, messages: Messages): void {
    const message = head + text + end
    if (fits(message, maxMessageBytes)) {
      messages.add(frame(message, framing), 1)
      return
    }
    const room = maxMessageBytes - Buffer.byteLength(head + end)
    const pieces = fitted(text, room, oversize)
    if (pieces.length === 0) drop(Buffer.byteLength(message))
    for (const [index, piece] of pieces.entries()) {
      messages.add(frame(head + piece + end, framing), index === pieces.length - 1 ? 1 : 0)
    }
  }

  function drop(size: number): void {
    const words = `a message of ${size} bytes is dropped: maxMessageBytes is ${maxMessageBytes}`
    monitor.dropped(1, 'oversize')
    monitor.failure('oversize', Object.assign(new Error(words), { code: 'EMSGSIZE' }))
  }

  return (batch) => {
    const messages: Messages = separate ? new Datagrams() : new Stream()
    const { records, entries } = batch
    for (const [index, record] of records.entries()) add(header(record), clean(entries[index] ?? ''), messages)
    return messages.parts
  }
}

// A character of JavaScript takes three bytes at most.
function fits(message: string, maxBytes: number): boolean {
  return maxBytes === 0 || message.length * 3 <= maxBytes || Buffer.byteLength(message) <= maxBytes
}

interface Messages {
  readonly parts: readonly Part[]
  add(framed: string, count: number): void
}

class Datagrams implements Messages {
  readonly parts: Part[] = []

  add(framed: string, count: number): void {
    this.parts.push({ data: Buffer.from(framed), count })
  }
}

class Stream implements Messages {
  #text = ''
  #count = 0

  get parts(): readonly Part[] {
    return this.#text === '' ? [] : [{ data: Buffer.from(this.#text), count: this.#count }]
  }

  add(framed: string, count: number): void {
    this.#text += framed
    this.#count += count
  }
}
