// What is in a directory queue.

import { directoryQueue } from '@pino-handlers/core/queue'

/** Takes `count` lines out of the directory queue at `path`, which has no other reader. */
export async function linesQueued(path: string, count: number): Promise<string[]> {
  const queue = directoryQueue({ path })
  const { signal } = new AbortController()
  const lines: string[] = []
  while (lines.length < count) {
    const batches = await queue.take(signal)
    lines.push(...batches.flatMap(({ data }) => data.split(/(?<=\n)/)))
    await queue.acknowledge(batches)
  }
  await queue.close(signal)
  return lines
}
