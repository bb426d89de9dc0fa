// An answer of HTTP/1.1, out of the bytes that a connection brings. It is strict: what it does not understand is an error,
// since another reading of where an answer ends would take the rest of it for the next one.

import { AnswerText } from './answer-text.js'
import type { HttpAnswer } from './message.js'

/** An answer, and what it says of its connection. */
export interface ReadAnswer extends HttpAnswer {
  /** The connection can be used for another request. */
  readonly keepsOpen: boolean
}

// Bytes of the lines before a body, of all chunks' first lines, and of the lines behind the last chunk, as Node allows them.
const LONGEST_LINES = 16 * 1024

const START = 'HTTP/1.'

const NOTHING = Buffer.alloc(0)

/** Reads one answer; what it is given next belongs to it. */
export class AnswerReader {
  readonly #steps: Iterator<void, ReadAnswer> = this.#read()
  #bytes: Buffer = NOTHING
  #hasEnded = false
  #room = LONGEST_LINES

  /** Takes bytes; returns the answer once it is complete. Throws when it is none. */
  push(bytes: Buffer): ReadAnswer | undefined {
    this.#bytes = this.#bytes.length === 0 ? bytes : Buffer.concat([this.#bytes, bytes])
    return this.#step()
  }

  /** The other side sends no more; returns an answer that ends with the connection. Throws when it is not complete. */
  end(): ReadAnswer | undefined {
    this.#hasEnded = true
    return this.#step()
  }

  #step(): ReadAnswer | undefined {
    const { done, value } = this.#steps.next()
    return done ? value : undefined
  }

  *#read(): Generator<void, ReadAnswer> {
    let head = yield* this.#head()
    while (head.status < 200) head = yield* this.#head()
    const { status } = head
    const body = new AnswerText()
    const length = lengthOf(head)
    if (length === 'chunked') yield* this.#chunks(body)
    else if (length === 'to the end') yield* this.#toTheEnd(body)
    else yield* this.#pass(length, body)
    // What comes behind it without being asked for is not understood.
    const keepsOpen = length !== 'to the end' && isKept(head) && this.#bytes.length === 0
    return { status, retryAfter: head.fields.get('retry-after'), text: body.text, keepsOpen }
  }

  *#head(): Generator<void, Head> {
    // A server of something else may wait for an answer after its own first line.
    while (this.#bytes.length < START.length) yield* this.#more()
    if (this.#bytes.toString('latin1', 0, START.length) !== START) throw invalid('its first line')
    const [first = '', ...lines] = (yield* this.#until('\r\n\r\n')).split('\r\n')
    const [, minor, status] = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: |$)/.exec(first) ?? []
    if (status === undefined) throw invalid('its first line')
    // The connection would speak something else from now on.
    if (status === '101') throw invalid('a change of protocol')
    return { isOld: minor === '0', status: Number(status), fields: fieldsOf(lines) }
  }

  *#chunks(body: AnswerText): Generator<void, void> {
    for (let size = yield* this.#chunkSize(); size > 0; size = yield* this.#chunkSize()) {
      yield* this.#pass(size, body)
      if ((yield* this.#until('\r\n')) !== '') throw invalid('the end of a chunk')
    }
    for (let line = yield* this.#until('\r\n'); line !== ''; line = yield* this.#until('\r\n')) fieldsOf([line])
  }

  // Any number of chunks may come, and as many lines with their sizes.
  *#chunkSize(): Generator<void, number> {
    this.#room = LONGEST_LINES
    const [, digits] = /^([\da-f]{1,12})[ \t]*(?:;[^\0\r\n]*)?$/i.exec(yield* this.#until('\r\n')) ?? []
    if (digits === undefined) throw invalid('the size of a chunk')
    return Number.parseInt(digits, 16)
  }

  *#until(mark: string): Generator<void, string> {
    let end = this.#bytes.indexOf(mark)
    while (end === -1 && this.#bytes.length <= this.#room) {
      yield* this.#more()
      end = this.#bytes.indexOf(mark)
    }
    if (end === -1 || end > this.#room) throw invalid('so many lines')
    const text = this.#bytes.toString('latin1', 0, end)
    this.#bytes = this.#bytes.subarray(end + mark.length)
    this.#room -= end + mark.length
    return text
  }

  *#pass(length: number, body: AnswerText): Generator<void, void> {
    for (let left = length; left > 0; ) {
      if (this.#bytes.length === 0) yield* this.#more()
      const piece = this.#bytes.subarray(0, left)
      body.add(piece)
      this.#bytes = this.#bytes.subarray(piece.length)
      left -= piece.length
    }
  }

  *#toTheEnd(body: AnswerText): Generator<void, void> {
    while (!this.#hasEnded) {
      yield* this.#pass(this.#bytes.length, body)
      yield
    }
  }

  *#more(): Generator<void, void> {
    if (this.#hasEnded) throw brokenOff()
    yield
  }
}

/** The connection was closed with an answer missing. */
export function brokenOff(): Error {
  return Object.assign(new Error('it has closed the connection before it has answered'), { code: 'ECONNRESET' })
}

interface Head {
  /** HTTP/1.0. */
  readonly isOld: boolean
  readonly status: number
  /** By their names in lower case; the values of those that come several times are joined. */
  readonly fields: ReadonlyMap<string, string>
}

// Where the body ends, by RFC 9112, section 6.3. Two ways of saying it may differ, and are refused.
function lengthOf({ isOld, status, fields }: Head): number | 'chunked' | 'to the end' {
  if (status === 204 || status === 304) return 0
  const [coding, length] = [fields.get('transfer-encoding'), fields.get('content-length')]
  if (coding !== undefined) {
    if (isOld || length !== undefined || coding.toLowerCase() !== 'chunked') throw invalid('where its body ends')
    return 'chunked'
  }
  if (length === undefined) return 'to the end'
  if (!/^\d{1,15}$/.test(length)) throw invalid('where its body ends')
  return Number(length)
}

function fieldsOf(lines: readonly string[]): Map<string, string> {
  const fields = new Map<string, string>()
  for (const line of lines) {
    const [, name = '', value = ''] = /^([\w!#$%&'*+.^`|~-]+):[ \t]*([^\0\r\n]*)$/.exec(line) ?? []
    if (name === '') throw invalid('a line of its head')
    const key = name.toLowerCase()
    const before = fields.get(key)
    fields.set(key, before === undefined ? value.trimEnd() : `${before}, ${value.trimEnd()}`)
  }
  return fields
}

function isKept({ isOld, fields }: Head): boolean {
  const said =
    fields
      .get('connection')
      ?.toLowerCase()
      .split(/[ \t]*,[ \t]*/) ?? []
  return isOld ? said.includes('keep-alive') : !said.includes('close')
}

// What the server has sent may be a secret that it repeats.
function invalid(what: string): Error {
  return new Error(`its answer is not understood, as to ${what}`)
}
