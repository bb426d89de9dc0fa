// Records as Python's SocketHandler and DatagramHandler send them: each a pickle behind its length.

import { show } from '../options.js'
import type { LogRecord } from '../record.js'
import { limited } from './datagram-limit.js'
import { cutFrames, type Encodable, type Frames, type OnInvalid, type WireFormat } from './format.js'
import { frame, payloads } from './frame.js'
import { type HmacOptions, type Signer, signer } from './hmac.js'
import { PickleWriter, pickle } from './pickle.js'
import { RecordPickler, recordDict } from './record-dict.js'
import { markPickle } from './resent.js'
import { shortenDict } from './shorten-dict.js'

/** Makes all that is sent for a record, its length included. Python: `SocketHandler.makePickle`. */
export type MakePickle = (record: LogRecord) => Uint8Array

/** What differs from Python's pickles. */
export interface PickleOptions {
  /** Signs each pickle: the length covers the digest and the pickle behind it. */
  readonly hmac?: HmacOptions | undefined
  /** Makes the bytes of each record instead; they are sent as they are, and cannot be marked as resent. */
  readonly makePickle?: MakePickle | undefined
}

/**
 * The format of Python's SocketHandler: `>L` length, then a pickle of protocol 1 of the record's dictionary.
 *
 * With `hmac` a frame is `>L` length of digest and pickle, the digest HMAC(key, pickle), the pickle.
 * @throws for `hmac` and `makePickle` together, since what `makePickle` returns goes out as it is, and for an `hmac` that
 * cannot sign; the text continues `option "hmac" ...`.
 */
export function pickleFrames({ hmac, makePickle }: PickleOptions = {}): WireFormat {
  if (makePickle && hmac) throw new Error('cannot sign what makePickle returns: sign in makePickle')
  return makePickle ? ownFrames(makePickle) : signedFrames(hmac && signer(hmac))
}

function signedFrames(signing: Signer | undefined): WireFormat {
  const writer = new PickleWriter()
  const pickler = new RecordPickler(writer)
  const skipped = signing?.size ?? 0

  function write(record: LogRecord): void {
    const start = writer.skip(4 + skipped)
    const pickle = start + 4 + skipped
    pickler.write(record)
    if (signing) writer.patch(start + 4, signing.sign(writer.since(pickle)))
    writer.patchLength(start, writer.position - start - 4)
  }

  function framesOf({ records }: Encodable, onInvalid: OnInvalid): Frames & { readonly written: LogRecord[] } {
    const ends: number[] = []
    const written: LogRecord[] = []
    const invalid: unknown[] = []
    for (const record of records) {
      const start = writer.position
      try {
        write(record)
        ends.push(writer.position)
        written.push(record)
      } catch (error) {
        writer.rewind(start)
        invalid.push(error)
      }
    }
    const data = writer.take()
    // Who hears of it may write more records, for which the writer has to be free.
    for (const error of invalid) onInvalid(error)
    return { data, ends, written }
  }

  function framed(body: Buffer): Buffer {
    return frame(signing ? Buffer.concat([signing.sign(body), body]) : body)
  }

  function mark(payload: Buffer): Buffer {
    return framed(markPickle(payload.subarray(skipped)))
  }

  return {
    stream(batch, onInvalid) {
      const { data, ends } = framesOf(batch, onInvalid)
      return { data, count: ends.length }
    },
    datagrams(batch, onInvalid, limit) {
      const frames = framesOf(batch, onInvalid)
      return limited(cutFrames(frames), limit, (index, maxBytes) => {
        const record = frames.written[index]
        const dict = record && shortenDict(recordDict(record), maxBytes - 4 - skipped)
        return dict && framed(pickle(dict))
      })
    },
    resent({ data, count }) {
      // These frames are never made as text.
      return { data: typeof data === 'string' ? data : Buffer.concat(payloads(data).map(mark)), count }
    },
  }
}

function ownFrames(makePickle: MakePickle): WireFormat {
  function framesOf({ records }: Encodable, onInvalid: OnInvalid): Uint8Array[] {
    return records.flatMap((record) => {
      try {
        return [checked(makePickle(record))]
      } catch (error) {
        onInvalid(error)
        return []
      }
    })
  }

  return {
    stream(batch, onInvalid) {
      const frames = framesOf(batch, onInvalid)
      return { data: Buffer.concat(frames), count: frames.length }
    },
    datagrams(batch, onInvalid, limit) {
      const parts = framesOf(batch, onInvalid).map((data) => ({ data, count: 1 }))
      // What it means only the user knows.
      return limited(parts, limit, () => undefined)
    },
    resent: (part) => part,
  }
}

// It is the user's function, which nobody has compiled for certain.
function checked(made: unknown): Uint8Array {
  if (made instanceof Uint8Array) return made
  throw new Error(`makePickle must return a Uint8Array (a Buffer), got ${show(made)}`)
}
