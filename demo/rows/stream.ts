// @pino-handlers/stream: to a descriptor, of a file as in `node app.js > app.log`, of a pipe as in `node app.js | collector`.

import { execFileSync } from 'node:child_process'
import { createReadStream, createWriteStream } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { StreamOptions } from '@pino-handlers/stream'
import type { Row } from '../row.js'
import { countRecords } from './count.js'

export const stream: Row = {
  handler: 'stream, to a file',
  async start(dir) {
    const path = join(dir, 'stream.log')
    const handle = await open(path, 'a')
    const options: StreamOptions = { stream: handle.fd }
    return {
      target: { target: '@pino-handlers/stream', options },
      where: path,
      verify: () => countRecords(path),
      stop: () => handle.close(),
    }
  },
}

export const streamToPipe: Row = {
  handler: 'stream, to a pipe',
  async start(dir) {
    const pipe = join(dir, 'stream.fifo')
    const path = join(dir, 'stream-pipe.log')
    execFileSync('mkfifo', [pipe])
    // Each end of a FIFO opens when the other one does; the reader ends when the last writer has closed.
    const collector = pipeline(createReadStream(pipe), createWriteStream(path))
    const writer = await open(pipe, 'w')
    await rm(pipe)
    const options: StreamOptions = { stream: writer.fd }
    return {
      target: { target: '@pino-handlers/stream', options },
      where: path,
      async verify() {
        await writer.close()
        await collector
        return countRecords(path)
      },
      stop: () => writer.close(),
    }
  },
}
