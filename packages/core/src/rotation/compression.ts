// The ways in which a file can be compressed.

import { type FileHandle, open, rm } from 'node:fs/promises'
import type { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import * as zlib from 'node:zlib'
import { oneOf } from '../checks.js'
import type { Check } from '../options.js'

/** A way to compress. */
export type Compression = 'gzip' | 'brotli' | 'zstd'

/** What each adds to a file's name. */
export const COMPRESSED_ENDING: Readonly<Record<Compression, string>> = { gzip: '.gz', brotli: '.br', zstd: '.zst' }

// zstd is not in every Node that this runs on.
interface Streams {
  createGzip(options: zlib.ZlibOptions): Transform
  createBrotliCompress(options: zlib.BrotliOptions): Transform
  createZstdCompress?(options: { readonly chunkSize: number }): Transform
}
const streams: Streams = zlib

// Bytes to read at once, and to write: few steps, since each takes some time of the thread that writes records.
const READ = 256 * 1024
const chunkSize = 128 * 1024
// Brotli's own default is the best that it can do, and takes a hundred times as long.
const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 }

const kinds: Check<Compression> = oneOf('gzip', 'brotli', 'zstd')

/** One of the compressions that this Node has. */
export const compressionCheck: Check<Compression> = {
  expected: kinds.expected,
  parse(value, given) {
    if (value !== 'zstd' || streams.createZstdCompress) return kinds.parse(value, given)
    throw new Error(`cannot be 'zstd' here: Node ${process.version} does not have it in node:zlib, 22.15 and newer do`)
  },
}

/**
 * Compresses an open file into a new one, which is complete and on the disk when this resolves with the number of bytes
 * that it read; when it rejects there is no new file.
 */
export async function compressFile(
  source: FileHandle,
  path: string,
  compression: Compression,
  signal: AbortSignal,
): Promise<number> {
  const { mode, atime, mtime } = await source.stat()
  const file = await open(path, 'wx', mode & 0o777)
  let size = 0
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const { bytesRead, buffer } = await source.read(Buffer.allocUnsafe(READ), 0, READ, size)
      if (bytesRead === 0) return
      size += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  }
  async function write(compressed: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of compressed) await file.appendFile(chunk)
  }
  try {
    await pipeline(chunks, compressing(compression), write, { signal })
    // It stays as old as it was. Some network file systems cannot do this.
    await file.utimes(atime, mtime).catch(() => {})
    await file.sync()
    await file.close()
    return size
  } catch (error) {
    await file.close().catch(() => {})
    await rm(path, { force: true })
    throw error
  }
}

function compressing(compression: Compression): Transform {
  if (compression === 'gzip') return streams.createGzip({ chunkSize })
  if (compression === 'zstd' && streams.createZstdCompress) return streams.createZstdCompress({ chunkSize })
  return streams.createBrotliCompress({ chunkSize, params })
}
