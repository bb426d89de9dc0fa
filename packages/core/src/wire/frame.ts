// Python's frame: the length of what follows in four bytes, most significant first.

const PREFIX = 4

/** `payload` behind its length. Python: `struct.pack('>L', len(payload)) + payload`. */
export function frame(payload: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(PREFIX + payload.length)
  framed.writeUInt32BE(payload.length)
  framed.set(payload, PREFIX)
  return framed
}

/** The payloads of frames that follow each other. */
export function payloads(frames: Uint8Array): Buffer[] {
  const bytes = Buffer.from(frames.buffer, frames.byteOffset, frames.byteLength)
  const found: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + PREFIX + bytes.readUInt32BE(at)
    found.push(bytes.subarray(at + PREFIX, end))
    at = end
  }
  return found
}
