// Makes the requests of records, and does with the records what the answers say.

import { STATUS_CODES } from 'node:http'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { type Monitor, milliseconds, recordCount, redact, toError } from '@pino-handlers/core'
import { readableError } from '@pino-handlers/core/net'
import { appendDeadLetters } from './dead-letter.js'
import type { Exchange } from './exchange.js'
import { type BatchLimits, type HttpPart, halves, type Piece, pieceOf } from './part.js'
import { redactError } from './secrets.js'
import { keptLines } from './wire/json-form.js'
import type { Header, HttpAnswer, HttpRequest, Judgement, RequestForm } from './wire/message.js'
import { retryDelay, verdictOf } from './wire/verdict.js'

/** How a {@link Courier} goes about its requests. */
export interface CourierSettings extends BatchLimits {
  /** The server as it stands in messages. */
  readonly label: string
  readonly form: RequestForm
  /** Seconds that an answer may take; 0 waits without end. */
  readonly timeout: number
  readonly gzip: boolean
  /** The file for records that are refused; without it they are lost, and counted so. */
  readonly deadLetter: string | undefined
  /** What must not be told. */
  readonly secrets: readonly string[]
}

/** The server cannot take a request now. */
export class Unavailable extends Error {
  /** Seconds to wait at least. */
  readonly delay: number

  constructor(message: string, delay: number) {
    super(message)
    this.delay = delay
  }
}

// Characters of an answer that are told.
const TOLD = 1024

const compress = promisify(gzip)

/** Sees that each record of a part is taken, or refused for good. */
export class Courier {
  readonly #settings: CourierSettings
  readonly #monitor: Monitor
  // The last request was answered, so that a connection which breaks may only be one that the server has left.
  #isWell = false

  constructor(settings: CourierSettings, monitor: Monitor) {
    this.#settings = settings
    this.#monitor = monitor
  }

  /** Resolves when all records of the part are settled; rejects when some have to be sent again, with the pieces that are left. */
  async deliver(part: HttpPart, exchange: Exchange, signal: AbortSignal): Promise<void> {
    for (let [piece] = part.pieces; piece; [piece] = part.pieces) {
      const { size, parcel } = piece
      const { maxBatchBytes, form } = this.#settings
      if (form.batched && size > maxBatchBytes) {
        const answer = `the record takes ${size} bytes, and maxBatchBytes is ${maxBatchBytes}`
        this.#refuse(part, parcel.entries, { status: 0, retryAfter: undefined, text: answer })
        part.advance()
      } else {
        this.#take(part, piece, await this.#answer(piece, exchange, signal))
      }
    }
  }

  #take(part: HttpPart, piece: Piece, answer: HttpAnswer): void {
    const { form } = this.#settings
    const verdict = verdictOf(answer.status)
    if (verdict === 'again') throw this.#unavailable(answer)
    const judgement = form.judge?.(answer, piece.parcel.count)
    if (judgement) {
      this.#takeItems(part, piece, judgement, answer)
    } else if (verdict === 'taken') {
      part.advance()
    } else if (verdict === 'split' && piece.parcel.count > 1) {
      part.advance(...halves(piece, form))
    } else {
      this.#refuse(part, piece.parcel.entries, answer)
      part.advance()
    }
  }

  // Of a batch that was taken in part, the server may want some records again, at once or later.
  #takeItems(part: HttpPart, piece: Piece, judgement: Judgement, answer: HttpAnswer): void {
    const { entries, count } = piece.parcel
    const { items, unread = count, unnamed = 0, text = '' } = judgement
    const later: number[] = []
    for (const { index, status, text } of items) {
      const entry = entries[index]
      if (entry === undefined) continue
      if (verdictOf(status) === 'again') later.push(index)
      else this.#refuse(part, [entry], { status, retryAfter: undefined, text })
    }
    if (unnamed > 0) this.#loseUnnamed(part, unnamed, count, text)
    const rest = Array.from({ length: count - unread }, (_, index) => unread + index)
    const pieces = [later, rest].filter(({ length }) => length > 0).map((kept) => this.#pieceWith(piece, kept))
    part.advance(...pieces)
    if (later.length === 0) return
    throw this.#unavailable({ ...answer, status: 429, text: `for ${later.length} records of a batch` })
  }

  #pieceWith({ parcel }: Piece, indexes: readonly number[]): Piece {
    const texts = indexes.map((index) => parcel.entries[index] ?? '')
    return pieceOf(keptLines(parcel, texts, indexes), this.#settings.form)
  }

  // Nobody knows which to put aside.
  #loseUnnamed(part: HttpPart, count: number, of: number, text: string): void {
    part.drop(count, 'refused')
    const which = `${count} of ${of} records and does not say which, so that they are lost`
    this.#monitor.failure('refused', new Error(`${this.#settings.label} refused ${which}: ${this.#told(text)}`))
  }

  async #answer(piece: Piece, exchange: Exchange, signal: AbortSignal): Promise<HttpAnswer> {
    const wasWell = this.#isWell
    this.#isWell = false
    const request = await this.#requestOf(piece)
    try {
      return await this.#ask(request, exchange, signal)
    } catch (error) {
      // A server closes connections that it finds idle; that is no failure, and the next connection will show.
      if (!wasWell || !isBroken(toError(error)) || signal.aborted) throw error
      this.#monitor.retried()
      return await this.#ask(request, exchange, signal)
    }
  }

  async #ask(request: HttpRequest, exchange: Exchange, signal: AbortSignal): Promise<HttpAnswer> {
    const { timeout } = this.#settings
    const end = new AbortController()
    const stop = (): void => end.abort(signal.reason)
    signal.addEventListener('abort', stop)
    const timer = timeout > 0 ? setTimeout(() => end.abort(), milliseconds(timeout)) : undefined
    try {
      const answer = await exchange.request(request, end.signal)
      this.#isWell = true
      return answer
    } catch (error) {
      if (!end.signal.aborted || signal.aborted)
        throw redactError(readableError(toError(error)), this.#settings.secrets)
      throw new Error(`it has not answered within ${timeout} seconds`, { cause: error })
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    }
  }

  async #requestOf({ request, key }: Piece): Promise<HttpRequest> {
    const keyed = key === undefined ? request : withHeader(request, ['idempotency-key', key])
    const { body } = keyed
    if (!this.#settings.gzip || body === undefined) return keyed
    const packed = await compress(body)
    // What does not shrink is not worth the other side's time, and might exceed the limit.
    if (packed.length >= Buffer.byteLength(body)) return keyed
    return { ...withHeader(keyed, ['content-encoding', 'gzip']), body: packed }
  }

  #refuse(part: HttpPart, entries: readonly string[], { status, text }: HttpAnswer): void {
    const { deadLetter } = this.#settings
    const answer = this.#told(text)
    const what = `${this.#settings.label} ${said(status)} ${status === 0 ? 'for' : 'to'} ${recordCount(entries.length)}`
    let fate = 'lost for want of the option deadLetter'
    try {
      if (deadLetter) {
        appendDeadLetters(deadLetter, entries, { status, answer })
        part.deadLettered += entries.length
        fate = `now in ${deadLetter}`
      } else part.drop(entries.length, 'refused')
    } catch (error) {
      part.drop(entries.length, 'failed')
      fate = `lost, since the deadLetter file cannot be written: ${toError(error).message}`
    }
    this.#monitor.failure('refused', new Error(`${what}, ${fate}${answer && `: ${answer}`}`))
  }

  #unavailable({ status, retryAfter, text }: HttpAnswer): Unavailable {
    const answer = this.#told(text)
    return new Unavailable(`it ${said(status)}${answer && `: ${answer}`}`, retryDelay(retryAfter, Date.now()))
  }

  #told(text: string): string {
    return redact(text, this.#settings.secrets).slice(0, TOLD)
  }
}

function said(status: number): string {
  if (status === 0) return 'was not asked'
  return `answered ${status}${STATUS_CODES[status] ? ` ${STATUS_CODES[status]}` : ''}`
}

function withHeader(request: HttpRequest, header: Header): HttpRequest {
  return { ...request, headers: [...request.headers, header] }
}

function isBroken({ code }: Error & { readonly code?: string }): boolean {
  return code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET'
}
