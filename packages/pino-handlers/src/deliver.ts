// What the program is for: records go from their source to a handler until they end.

import { type Handler, toError } from '@pino-handlers/core'
import type { OwnValues } from './arguments.js'
import type { Io } from './io.js'
import { lossesOf } from './losses.js'
import { onSignals } from './signals.js'
import type { Source } from './source.js'

/** Delivers what comes and closes the handler; resolves to the exit code. */
export async function deliver(
  io: Io,
  handler: Handler,
  source: Source,
  own: OwnValues,
  tell: (message: string) => void,
): Promise<number> {
  // Neither a queue that is empty nor a handler that closes keeps the process going by itself.
  const alive = setInterval(() => {}, 2 ** 30)
  const over = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const forget = onSignals(io, handler, () => {
    if (source.grace === undefined) over.abort()
    // Ctrl-C often comes after the end of the input that it brings about.
    else if (!over.signal.aborted) timer = setTimeout(giveUp, source.grace)
  })
  function giveUp(): void {
    tell('the input goes on after --grace; what came until now is delivered')
    over.abort()
  }
  const failures: Error[] = []
  const fail = (error: unknown): void => {
    failures.push(toError(error))
    over.abort()
  }
  // As it is emitted with onError 'throw'.
  handler.on('error', fail)
  await source.run(over.signal).catch(fail)
  over.abort()
  clearTimeout(timer)
  await closed(handler)
  clearInterval(alive)
  forget()
  if (own.stats !== undefined) io.stderr.write(`${JSON.stringify({ ...handler.stats, wrapped: source.wrapped })}\n`)
  const [failure] = failures
  if (failure) tell(failure.message)
  return failure || (own.strict !== undefined && lossesOf(handler.stats) > 0) ? 1 : 0
}

async function closed(handler: Handler): Promise<void> {
  const close = new Promise<void>((resolve) => {
    if (handler.closed) resolve()
    else handler.once('close', () => resolve())
  })
  handler.end()
  await close
}
