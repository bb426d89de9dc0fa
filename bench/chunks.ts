// Lines without pino in front: a handler gets them as it does in pino's worker.

import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'

const SIZE = 64 * 1024

/** The lines from 0 to `records` - 1 in chunks of about 64 KiB, made before the clock starts. */
export function premadeChunks(records: number, line: (n: number) => string): string[] {
  const chunks: string[] = []
  let text = ''
  for (let n = 0; n < records; n++) {
    text += line(n)
    if (text.length < SIZE && n < records - 1) continue
    // One piece of memory, as a decoder gives it.
    chunks.push(Buffer.from(text).toString())
    text = ''
  }
  return chunks
}

/** Writes each chunk in a turn of its own, and waits when the handler asks for it; resolves when the handler has closed. */
export async function feed(handler: Writable, chunks: readonly string[]): Promise<void> {
  for (const chunk of chunks) {
    if (!handler.write(chunk)) await once(handler, 'drain')
    await setImmediate()
  }
  handler.end()
  await once(handler, 'close')
}
