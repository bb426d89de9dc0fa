// A listener with a queue of its own: it takes from there, not from stdin, until a signal comes.

import { once } from 'node:events'
import type { Handler } from '@pino-handlers/core'
import type { Source } from './source.js'

/** A handler that takes from a queue once it is started. */
export interface Listener extends Handler {
  start(): Promise<void>
}

/** Whether a handler that was made with these options takes from a queue. */
export function isListener(handler: Handler, options: Readonly<Record<string, unknown>>): handler is Listener {
  return 'start' in handler && options.queue !== undefined
}

/** What comes by the listener's queue. Closing the listener handles what is in it then. */
export function queueOf(listener: Listener): Source {
  return {
    wrapped: 0,
    async run(signal) {
      const stopped = signal.aborted ? undefined : once(signal, 'abort')
      await Promise.race([listener.start(), stopped])
      await stopped
    },
  }
}
