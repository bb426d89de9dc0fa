// From stdin to the handler, as fast as both go.

import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { type Handler, toError } from '@pino-handlers/core'
import type { LineSorter } from './line-sorter.js'
import type { PlainText } from './plain-text.js'
import type { Tee } from './tee.js'

/** What takes part. */
export interface Pump {
  readonly stdin: Readable
  readonly handler: Handler
  readonly sorter: LineSorter
  readonly plain: PlainText
  readonly tee: Tee | undefined
  /** Ends the reading, whatever is still to come. */
  readonly signal: AbortSignal
}

// Milliseconds that a text waits for lines that belong to it.
const PATIENCE = 200

/**
 * Reads to the end of the input, or until the signal aborts; resolves when the handler has taken everything.
 * @throws {Error} when the input cannot be read.
 */
export async function pump({ stdin, handler, sorter, plain, tee, signal }: Pump): Promise<void> {
  const stop = (): void => void stdin.destroy()
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  let timer: NodeJS.Timeout | undefined
  const writeHeld = (): void => {
    if (plain.isHolding) handler.write(plain.end())
  }
  try {
    for await (const chunk of stdin) {
      clearTimeout(timer)
      const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))
      await within(signal, tee?.write(bytes))
      for (const each of sorter.push(bytes)) {
        if (!handler.write(each)) await within(signal, once(handler, 'drain', { signal }))
      }
      if (plain.isHolding) timer = setTimeout(writeHeld, PATIENCE)
    }
  } catch (error) {
    if (!signal.aborted) throw new Error(`stdin cannot be read: ${toError(error).message}`, { cause: error })
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    for (const each of sorter.end()) handler.write(each)
  }
}

async function within(signal: AbortSignal, waiting: Promise<unknown> | undefined): Promise<void> {
  if (!waiting) return
  const aborted = new AbortController()
  try {
    await Promise.race([waiting, once(signal, 'abort', { signal: aborted.signal })])
  } finally {
    aborted.abort()
  }
}
