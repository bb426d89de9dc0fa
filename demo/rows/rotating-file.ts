// @pino-handlers/rotating-file: the shop's log in files of 100 kB, compressed as soon as they are full.

import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { RotatingFileOptions } from '@pino-handlers/rotating-file'
import type { Row } from '../row.js'

export const rotatingFile: Row = {
  handler: 'rotating-file, compressed',
  start(dir) {
    const filename = join(dir, 'rotating-file.log')
    const options: RotatingFileOptions = { filename, maxBytes: '100KB', backupCount: 100, compress: 'gzip' }
    return {
      target: { target: '@pino-handlers/rotating-file', options },
      where: `${filename}, .1.gz, .2.gz ...`,
      async verify() {
        const own = readdirSync(dir).filter((name) => name.startsWith('rotating-file.log'))
        const counts = await Promise.all(own.map((name) => countLines(join(dir, name))))
        return counts.reduce((sum, count) => sum + count, 0)
      },
    }
  },
}

async function countLines(path: string): Promise<number> {
  const bytes = await readFile(path)
  const text = path.endsWith('.gz') ? await promisify(gunzip)(bytes) : bytes
  return text.toString().match(/\n/g)?.length ?? 0
}
