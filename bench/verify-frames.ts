// What became of records that went over a network: each frame carries one, with its number at both ends of the message.

import { createReadStream } from 'node:fs'
import { type Framing, framesOf } from './frames.js'
import { count, type Faults, missing } from './verify.js'

/** Looks at every frame in `files`, which together should hold the records from 0 to `records` - 1 in any order. */
export async function verifyFrames(
  files: readonly string[],
  framing: Framing,
  records: number,
): Promise<Pick<Faults, 'lost' | 'duplicate' | 'broken'>> {
  const seen = new Uint8Array(records)
  const faults = { lost: 0, duplicate: 0, broken: 0 }
  for (const file of files) {
    const stream = createReadStream(file, { highWaterMark: 1024 * 1024 })
    for await (const frame of framesOf(stream, framing)) count(numberIn(frame), seen, faults)
  }
  return { ...faults, lost: missing(seen) }
}

const MESSAGE = /#(\d+) the request was completed in time #(\d+)/g

// Undefined for a frame that is cut off, and for one with several records.
function numberIn(frame: string): number | undefined {
  const [found, another] = frame.matchAll(MESSAGE)
  return found && !another && found[1] === found[2] ? Number(found[1]) : undefined
}
