import { once } from 'node:events'
import pino from 'pino'
import { report } from '../report.js'

await report(async ({ file, options }) => {
  const { target, fileOption } = options as { target: string; fileOption: string }
  const start = performance.now()
  const stream = pino.transport({ target, options: { [fileOption]: file } })
  await once(stream, 'ready')
  const ready = performance.now() - start
  stream.end()
  await once(stream, 'close')
  return { ready }
})
