// A listener with a queue of its own: it takes from there, not from stdin, until a signal comes.

import type { Handler } from '@pino-handlers/core'
import type { OwnValues } from './arguments.js'
import { finish, firstError } from './deliver.js'
import type { Io } from './io.js'
import { onSignals } from './signals.js'

/** A handler that takes from a queue once it is started. */
export interface Listener extends Handler {
  start(): Promise<void>
}

/** Whether a handler that was made with these options takes from a queue. */
export function isListener(handler: Handler, options: Readonly<Record<string, unknown>>): handler is Listener {
  return 'start' in handler && options.queue !== undefined
}

/** Delivers what the queue has until a signal comes, and what is in it then; resolves to the exit code. */
export async function listen(io: Io, listener: Listener, own: OwnValues): Promise<number> {
  const over = new AbortController()
  const stopped = new Promise<void>((resolve) => over.signal.addEventListener('abort', () => resolve()))
  const forget = onSignals(io, listener, () => over.abort())
  // A queue that is empty keeps nothing going by itself.
  const alive = setInterval(() => {}, 2 ** 30)
  const error = await firstError(listener, over, async () => {
    await Promise.race([listener.start(), stopped])
    await stopped
  })
  const code = await finish(io, listener, own, 0)
  clearInterval(alive)
  forget()
  if (error) io.stderr.write(`pino-handlers: ${error.message}\n`)
  return error ? 1 : code
}
