// @pino-handlers/memory: a flight recorder that writes the debug records of the requests that fail, and of no others.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { MemoryOptions } from '@pino-handlers/memory'
import type { Row } from '../row.js'

export const memory: Row = {
  handler: 'memory, failed requests only',
  start(dir) {
    const filename = join(dir, 'memory.log')
    const options: MemoryOptions = {
      capacity: 100,
      keyBy: 'reqId',
      target: { target: '@pino-handlers/file', options: { filename } },
    }
    return {
      target: { target: '@pino-handlers/memory', options },
      where: filename,
      verify: async () => countFailed(await readFile(filename, 'utf8')),
    }
  },
}

/** How many lines belong to a request of which one line is an error. */
function countFailed(text: string): number {
  const requests = new Map<number, { lines: number; failed: boolean }>()
  for (const line of text.split('\n').slice(0, -1)) {
    const { reqId, level } = JSON.parse(line)
    const { lines, failed } = requests.get(reqId) ?? { lines: 0, failed: false }
    requests.set(reqId, { lines: lines + 1, failed: failed || level === 50 })
  }
  return [...requests.values()].reduce((sum, { lines, failed }) => (failed ? sum + lines : sum), 0)
}
