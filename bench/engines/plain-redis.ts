// The Redis client itself, as its documentation has it: one XADD for each message, pipelined.

import { createClient } from '@redis/client'
import type { Open } from './ends.js'

type Entries = readonly (readonly [id: string, fields: readonly string[]])[]

/** Reads and acknowledges on connections of their own, as a read blocks. */
export const plainRedis: Open = async ({ url, name }) => {
  const [writer, reader, acknowledger] = [0, 1, 2].map(() => createClient({ url, RESP: 2 }))
  if (!writer || !reader || !acknowledger) throw new Error('three clients')
  const all = [writer, reader, acknowledger]
  for (const client of all) await client.on('error', console.error).connect()
  await writer.sendCommand(['XGROUP', 'CREATE', name, 'group', '0', 'MKSTREAM'])
  const read = ['XREADGROUP', 'GROUP', 'group', 'one', 'COUNT', '1000', 'BLOCK', '5000', 'STREAMS', name, '>']
  return {
    async send(batches) {
      await Promise.all(batches.map(({ id, data }) => writer.sendCommand(['XADD', name, '*', 'id', id, 'data', data])))
    },
    async receive(count) {
      const acknowledging: Promise<unknown>[] = []
      for (let got = 0; got < count; ) {
        const entries = entriesIn(await reader.sendCommand(read))
        got += entries.length
        acknowledging.push(acknowledger.sendCommand(['XACK', name, 'group', ...entries.map(([id]) => id)]))
        if (acknowledging.length > 8) await acknowledging.shift()
      }
      await Promise.all(acknowledging)
    },
    async close() {
      for (const client of all) client.destroy()
    },
  }
}

// What the second version of the protocol answers: [[stream, entries]].
function entriesIn(reply: unknown): Entries {
  const [stream] = reply as readonly (readonly [name: string, entries: Entries])[]
  return stream?.[1] ?? []
}
