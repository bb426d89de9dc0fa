// Every handler that exists, in the order of Python's documentation; a new one adds its line.

import type { Row } from '../row.js'
import { datagram } from './datagram.js'
import { file, fileFormatted } from './file.js'
import { httpBatches, httpForms } from './http.js'
import { memory } from './memory.js'
import { ntEventlog } from './nt-eventlog.js'
import { nullHandler } from './null.js'
import { queue } from './queue.js'
import { queueListener } from './queue-listener.js'
import { rotatingFile } from './rotating-file.js'
import { smtp } from './smtp.js'
import { socketLines, socketPickles } from './socket.js'
import { stream, streamToPipe } from './stream.js'
import { syslog } from './syslog.js'
import { timedRotatingFile } from './timed-rotating-file.js'
import { watchedFile } from './watched-file.js'

/** Why rows are not there, a line each. */
export const leftOut: readonly string[] =
  process.platform === 'win32' ? [] : [`nt-eventlog is left out: ${process.platform} has no Windows event log.`]

/** The rows of the demo. */
export const rows: readonly Row[] = [
  stream,
  // Windows has no FIFOs.
  ...(process.platform === 'win32' ? [] : [streamToPipe]),
  file,
  fileFormatted,
  nullHandler,
  watchedFile,
  rotatingFile,
  timedRotatingFile,
  socketLines,
  socketPickles,
  datagram,
  syslog,
  ...(process.platform === 'win32' ? [ntEventlog] : []),
  smtp,
  memory,
  httpBatches,
  httpForms,
  queue,
  queueListener,
]
