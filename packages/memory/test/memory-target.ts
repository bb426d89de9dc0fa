// A target in this process, and what it has got.

import { once } from 'node:events'
import type { MemoryHandler } from '@pino-handlers/memory'

/** A target that takes all at once, and the lines that it has got. */
export interface ListTarget {
  readonly lines: string[]
  write(line: string): boolean
}

export function listTarget(): ListTarget {
  const lines: string[] = []
  return {
    lines,
    write(line) {
      lines.push(line)
      return true
    },
  }
}

/** The messages of lines. */
export function messages(lines: readonly string[]): string[] {
  return lines.map((each) => JSON.parse(each).msg)
}

/** Resolves when the handler has closed. */
export async function ended(handler: MemoryHandler): Promise<void> {
  const closed = once(handler, 'close')
  handler.end()
  await closed
}
