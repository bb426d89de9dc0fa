// What arrived, cut into the frames that the sender made.

import type { ReadStream } from 'node:fs'

/** How a receiver tells where a record ends. */
export type Framing = 'lines' | 'nul' | 'log4js' | 'length' | 'octets'

const ENDS: Readonly<Partial<Record<Framing, string>>> = { lines: '\n', nul: '\0', log4js: '__LOG4JS__' }

/** The frames of a stream without their ends or lengths; the last one may be cut off. */
export async function* framesOf(stream: ReadStream, framing: Framing): AsyncGenerator<string> {
  const end = ENDS[framing]
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of stream) {
    const bytes = Buffer.concat([rest, chunk])
    const { frames, used } = end === undefined ? counted(bytes, framing) : delimited(bytes, end)
    yield* frames
    rest = bytes.subarray(used)
  }
  if (rest.length > 0) yield rest.toString('latin1')
}

interface Cut {
  readonly frames: readonly string[]
  /** Bytes up to the end of the last whole frame. */
  readonly used: number
}

function delimited(bytes: Buffer, end: string): Cut {
  const frames = bytes.toString('latin1').split(end)
  const rest = frames.pop() ?? ''
  return { frames, used: bytes.length - rest.length }
}

function counted(bytes: Buffer, framing: Framing): Cut {
  const frames: string[] = []
  let used = 0
  for (;;) {
    const { start, size } = framing === 'length' ? lengthAt(bytes, used) : octetsAt(bytes, used)
    if (Number.isNaN(size) || start + size > bytes.length) return { frames, used }
    frames.push(bytes.toString('latin1', start, start + size))
    used = start + size
  }
}

interface Head {
  readonly start: number
  /** NaN when it is not all there. */
  readonly size: number
}

function lengthAt(bytes: Buffer, at: number): Head {
  return { start: at + 4, size: at + 4 > bytes.length ? Number.NaN : bytes.readUInt32BE(at) }
}

// RFC 6587: the number of bytes in decimal, then a space.
function octetsAt(bytes: Buffer, at: number): Head {
  const space = bytes.indexOf(32, at)
  return { start: space + 1, size: space === -1 ? Number.NaN : Number(bytes.toString('latin1', at, space)) }
}
