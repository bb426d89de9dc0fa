// How far a segment has been acknowledged: a number and its checksum, in a small file beside it.

import { closeSync, constants, ftruncateSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { crc32 } from 'node:zlib'

const LENGTH = '0000000000000000 00000000\n'.length

/** The position of one segment. What cannot be read as one is the start: better twice than never. */
export class Position {
  readonly #path: string
  #fd: number | undefined

  constructor(path: string) {
    this.#path = path
  }

  /** The position in bytes; 0 when there is none. */
  read(): number {
    const [, digits = '', checksum] = /^(\d{16}) ([0-9a-f]{8})\n$/.exec(textOf(this.#path)) ?? []
    return checksum === checksumOf(digits) ? Number(digits) : 0
  }

  /** Each text is as long as the one before it, and replaces it in one write. */
  write(position: number): void {
    this.#fd ??= this.#open()
    const digits = String(position).padStart(16, '0')
    writeSync(this.#fd, `${digits} ${checksumOf(digits)}\n`, 0)
  }

  // A file that somebody else has put there may be longer.
  #open(): number {
    const fd = openSync(this.#path, constants.O_WRONLY | constants.O_CREAT)
    ftruncateSync(fd, LENGTH)
    return fd
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
  }

  remove(): void {
    this.close()
    rmSync(this.#path, { force: true })
  }
}

function checksumOf(digits: string): string {
  return crc32(digits).toString(16).padStart(8, '0')
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
