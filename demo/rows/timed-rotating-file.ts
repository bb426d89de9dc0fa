// @pino-handlers/timed-rotating-file: a file for each second that the shop logs.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { TimedRotatingFileOptions } from '@pino-handlers/timed-rotating-file'
import type { Row } from '../row.js'
import { countRecords } from './count.js'

export const timedRotatingFile: Row = {
  handler: 'timed-rotating-file, every second',
  start(dir) {
    const filename = join(dir, 'timed-rotating-file.log')
    const options: TimedRotatingFileOptions = { filename, when: 'S', utc: true }
    return {
      target: { target: '@pino-handlers/timed-rotating-file', options },
      where: `${filename}, and its dates`,
      async verify() {
        const own = readdirSync(dir).filter((name) => name.startsWith('timed-rotating-file.log'))
        const counts = await Promise.all(own.map((name) => countRecords(join(dir, name))))
        return counts.reduce((sum, count) => sum + count, 0)
      },
    }
  },
}
