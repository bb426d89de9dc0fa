// @pino-handlers/file: pino's lines as they are, and as Python's Formatter writes them.

import { join } from 'node:path'
import type { FileOptions } from '@pino-handlers/file'
import type { Row } from '../row.js'
import { countRecords } from './count.js'

export const file: Row = {
  handler: 'file',
  start(dir) {
    const filename = join(dir, 'file.log')
    const options: FileOptions = { filename }
    return {
      target: { target: '@pino-handlers/file', options },
      where: filename,
      verify: () => countRecords(filename),
    }
  },
}

export const fileFormatted: Row = {
  handler: 'file, level and formatter',
  start(dir) {
    const filename = join(dir, 'file-formatted.log')
    const options: FileOptions = {
      filename,
      level: 'info',
      formatter: {
        fmt: '%(asctime)s %(levelname)-8s [%(reqId)s] %(name)s: %(message)s',
        defaults: { reqId: '-' },
      },
    }
    return {
      target: { target: '@pino-handlers/file', options },
      where: filename,
      // The lines of a stack belong to the record above them.
      verify: () => countRecords(filename, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} /gm),
    }
  },
}
