// What the forms of all collectors have in common.

import { isObject } from '@pino-handlers/core'
import type { HttpAnswer, Judgement } from '../message.js'

/** What says where records come from, by the names that a collector has for it. */
export type Labels = Readonly<Record<string, string>>

/** Records that go in one request. */
export interface Shipment {
  /** Each a JSON object, or a JSON string for a text that is none. */
  readonly lines: readonly string[]
  readonly labels: Labels
  /** Where the message is in a line. */
  readonly messageKey: string
  /** The same whenever these records are sent, and that of no others. */
  readonly key: string | undefined
  /** Milliseconds since the epoch. */
  timeAt(index: number): number
  /** pino's number. */
  levelAt(index: number): number
}

/** The form of a collector's requests and answers. */
export interface Collector {
  /** Path and query where it takes records unless it is told otherwise. */
  readonly url: string
  readonly contentType: string
  /** What its labels have to be called; an Error thrown here continues the sentence `option "labels" ...`. Default: anything. */
  checkLabel?(name: string): void
  body(shipment: Shipment): string
  /** See `RequestForm.judge`. */
  judge?(answer: HttpAnswer, count: number): Judgement | undefined
}

/** An entry of a line's text: the text that a JSON string holds, and an object as it is. */
export function plainText(line: string): string {
  return line.startsWith('"') ? String(parsed(line)) : line
}

/** The fields of a line; undefined when it is no JSON object. */
export function fieldsOf(line: string): Readonly<Record<string, unknown>> | undefined {
  const value = parsed(line)
  return isObject(value) ? value : undefined
}

/** An answer's JSON, or an empty object when it has none. */
export function answerOf({ text }: HttpAnswer): Readonly<Record<string, unknown>> {
  return fieldsOf(text) ?? {}
}

/** A time in milliseconds since the epoch as nanoseconds, which a number cannot hold. */
export function nanoseconds(time: number): string {
  return String(BigInt(Math.round(time * 1000)) * 1000n)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
