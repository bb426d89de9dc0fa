// An application that asks for what no bundle can have, and prints what it is told as JSON.

import { join } from 'node:path'
import file, { fileTarget } from '@pino-handlers/file'
import memory from '@pino-handlers/memory'
import timedRotatingFile from '@pino-handlers/timed-rotating-file'

const filename = join(process.argv[2] ?? '', 'app.log')
const attempts = [
  () => file({ filename, encoding: 'cp437' }),
  () => timedRotatingFile({ filename, cron: '0 0 * * *' }),
  () => memory({ capacity: 10, target: { target: '@pino-handlers/file', options: { filename } } }),
  () => fileTarget({ filename }),
]
console.log(JSON.stringify(attempts.map(told)))

function told(attempt: () => unknown): string {
  try {
    attempt()
    return 'nothing'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
