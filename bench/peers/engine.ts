// Batches through a queue on a server until they are acknowledged: by our queue, or by the client alone.

import type { Open } from '../engines/ends.js'
import { ours } from '../engines/ours.js'
import { plainAmqp } from '../engines/plain-amqp.js'
import { plainNats } from '../engines/plain-nats.js'
import { plainRedis } from '../engines/plain-redis.js'
import { read } from '../measure.js'
import { line } from '../record.js'
import { report } from '../report.js'

const plain: Readonly<Record<string, Open>> = { redis: plainRedis, nats: plainNats, amqp: plainAmqp }

// A put has about so many characters, as those of the queue handler, and at most so many batches.
const PUT = 1024 * 1024
const MOST = 200

await report(async ({ records, options = {} }) => {
  const { engine, url, size: given, isPlain } = options
  const open = (isPlain ? plain : ours)[String(engine)]
  if (!open) throw new Error(`no engine ${engine}`)
  const size = Number(given)
  const data = line(0).repeat(size)
  const count = Math.ceil(records / size)
  const each = Math.max(1, Math.min(MOST, Math.floor(PUT / data.length)))
  const ends = await open({ url: String(url), name: `bench-${process.pid}` })
  const before = read()
  const receiving = ends.receive(count)
  for (let at = 0; at < count; at += each) {
    const batches = Array.from({ length: Math.min(each, count - at) }, (_, n) => ({
      id: `${at + n}`,
      data,
      count: size,
    }))
    await ends.send(batches)
  }
  await receiving
  const after = read()
  await ends.close()
  const all = count * size
  return {
    rate: all / (after.clock - before.clock),
    cpu: ((after.cpu - before.cpu) * 1000) / all,
  }
})
