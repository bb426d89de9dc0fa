import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { createLogger, format, type transport } from 'winston'
import { runPeer } from '../peer.js'
import { bindings, fields, message } from '../record.js'

// It comes without types.
interface Syslog extends transport {
  readonly isDgram: boolean
  readonly queue: readonly unknown[]
  readonly inFlight: number
  readonly socket: Socket
  connect(callback: () => void): void
}

const { Syslog }: { Syslog: new (options: unknown) => Syslog } = await import(import.meta.resolve('winston-syslog'))

await runPeer(async ({ options }) => {
  const transport = new Syslog({ type: '5424', app_name: bindings.name, localhost: bindings.hostname, ...options })
  // What it queues until then it never counts as sent.
  transport.connect(() => {})
  await once(transport.socket, transport.isDgram ? 'listening' : 'connect')
  const logger = createLogger({
    defaultMeta: bindings,
    format: format.combine(format.timestamp(), format.json()),
    transports: [transport],
  })
  const isBusy = (): boolean => logger.writableLength + logger.readableLength + transport.queue.length > 0
  return {
    log: (n) => logger.info(message(n), fields(n)),
    async end() {
      // Its own end destroys the socket whatever that still has to write.
      while (isBusy() || (transport.isDgram && transport.inFlight > 0)) await setImmediate()
      if (transport.isDgram) return transport.close?.()
      transport.socket.removeAllListeners('close')
      return new Promise<void>((resolve) => transport.socket.end(resolve))
    },
  }
})
