// @pino-handlers/watched-file: somebody moves the file away while the shop logs.

import { existsSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { WatchedFileOptions } from '@pino-handlers/watched-file'
import type { Row } from '../row.js'
import { countRecords } from './count.js'

const MOVES = 3

export const watchedFile: Row = {
  handler: 'watched-file, moved away',
  start(dir) {
    const filename = join(dir, 'watched-file.log')
    const options: WatchedFileOptions = { filename }
    let moves = 0
    const timer = setInterval(() => {
      if (existsSync(filename)) renameSync(filename, `${filename}.${++moves}`)
      if (moves === MOVES) clearInterval(timer)
    }, 250).unref()
    return {
      target: { target: '@pino-handlers/watched-file', options },
      where: `${filename}, and .1 to .${MOVES}`,
      async verify() {
        clearInterval(timer)
        const own = readdirSync(dir).filter((name) => name.startsWith('watched-file.log'))
        const counts = await Promise.all(own.map((name) => countRecords(join(dir, name))))
        return counts.reduce((sum, count) => sum + count, 0)
      },
      stop: () => clearInterval(timer),
    }
  },
}
