// What the program is for: stdin goes to a handler until it ends.

import { type Handler, toError } from '@pino-handlers/core'
import type { OwnValues } from './arguments.js'
import type { Io } from './io.js'
import { LineSorter } from './line-sorter.js'
import { lossesOf } from './losses.js'
import { PlainText } from './plain-text.js'
import { pump } from './pump.js'
import type { Reading } from './reading.js'
import { onSignals } from './signals.js'
import { Tee } from './tee.js'

/** Delivers stdin; resolves to the exit code when the handler is closed. */
export async function deliver(io: Io, handler: Handler, own: OwnValues, { wrap, grace }: Reading): Promise<number> {
  const tell = (message: string): void => void io.stderr.write(`pino-handlers: ${message}\n`)
  const over = new AbortController()
  const plain = new PlainText(wrap)
  const tee = own.tee === undefined ? undefined : new Tee(io.stdout, tell)
  let timer: NodeJS.Timeout | undefined
  const giveUp = (): void => {
    tell('the input goes on after --grace; what came until now is delivered')
    over.abort()
  }
  const forget = onSignals(io, handler, () => {
    timer = setTimeout(giveUp, grace)
  })
  const error = await firstError(handler, over, () =>
    pump({ stdin: io.stdin, handler, sorter: new LineSorter(plain), plain, tee, signal: over.signal }),
  )
  clearTimeout(timer)
  if (!over.signal.aborted) await tee?.end()
  const code = await finish(io, handler, own, plain.count)
  forget()
  if (error) tell(error.message)
  return error ? 1 : code
}

/** Runs `work` until it is done or the handler fails, as it does with onError 'throw'; resolves to the error, if any. */
export async function firstError(
  handler: Handler,
  over: AbortController,
  work: () => Promise<void>,
): Promise<Error | undefined> {
  let first: Error | undefined
  handler.on('error', (error) => {
    first ??= error
    over.abort()
  })
  await work().catch((error) => {
    first ??= toError(error)
  })
  return first
}

/** Closes the handler and tells its books if that is asked for; resolves to the exit code. */
export async function finish(io: Io, handler: Handler, own: OwnValues, wrapped: number): Promise<number> {
  const closed = new Promise<void>((resolve) => {
    if (handler.closed) resolve()
    else handler.once('close', () => resolve())
  })
  handler.end()
  await closed
  const { stats } = handler
  if (own.stats !== undefined) io.stderr.write(`${JSON.stringify({ ...stats, wrapped })}\n`)
  return own.strict !== undefined && lossesOf(stats) > 0 ? 1 : 0
}
