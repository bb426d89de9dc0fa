// Lines through an encoder, with what became of them.

import { Batch, type FormatRecord, Monitor, PINO_SHAPE, type RecordShape } from '@pino-handlers/core'
import { createEncoder, type EncoderSettings } from '@pino-handlers/syslog/wire'

/** Settings that change as little as possible. */
const PLAIN: EncoderSettings = {
  protocol: 'python',
  framing: 'none',
  separate: true,
  facility: 1,
  ident: '',
  appendNul: false,
  bom: false,
  maxMessageBytes: 0,
  oversize: 'truncate',
}

/** What an encoder made of lines. */
export interface Encoded {
  /** The data of each part, as text. */
  readonly texts: readonly string[]
  readonly bytes: readonly Uint8Array[]
  readonly counts: readonly number[]
  readonly dropped: Readonly<Record<string, number>>
  readonly lastError: string | null
}

/** Encodes lines, which may do without their ends. */
export function encode(
  settings: Partial<EncoderSettings>,
  lines: readonly string[],
  format?: FormatRecord,
  shape: RecordShape = PINO_SHAPE,
): Encoded {
  const monitor = new Monitor('syslog', 'ignore')
  monitor.received(lines.length)
  const raw = lines.map((line) => (line.endsWith('\n') ? line : `${line}\n`)).join('')
  const batch = new Batch(raw, lines.length, { format, terminator: '', monitor, shape })
  const parts = createEncoder({ ...PLAIN, ...settings }, monitor)(batch)
  const bytes = parts.map(({ data }) => Buffer.from(data))
  const { dropped, lastError } = monitor.stats
  return { texts: bytes.map(String), bytes, counts: parts.map(({ count }) => count), dropped, lastError }
}

/** The one message of a line. */
export function messageOf(settings: Partial<EncoderSettings>, line: string, format?: FormatRecord): string {
  return encode(settings, [line], format).texts.join('')
}

/** A formatter for the message alone. */
export function messageOnly({ message }: { readonly message: string }): string {
  return message
}
