// What gracefulShutdown asks of the handlers in pino's worker, each of them, since pino itself asks only a single target.

import { parentPort } from 'node:worker_threads'
import { isObject } from '../is-object.js'
import { inPinoWorker, postToMainThread } from '../pino-thread.js'

/** Whether anybody is there; to flush; or to be closed, all of it, within so many milliseconds. */
export type LastCall =
  | { readonly ask: 'hello' | 'flush'; readonly id: string }
  | { readonly ask: 'close'; readonly within: number }

/** The answer to 'hello' and to 'flush'. */
export interface LastAnswer {
  readonly id: string
  readonly to: 'hello' | 'flush'
}

/** What sets this message apart from pino's own. */
export const CODE = 'PINO_HANDLERS_END'

/** The event of the transport's stream that an answer is. */
export const ANSWERED = 'pino-handlers:answered'

// What a handler does when it is called.
interface LastCalled {
  flush(done: () => void): void
  closeWithin(limit: number): void
}

const handlers = new Set<LastCalled>()

// When all is to be closed.
let deadline: number | undefined

// Before there is a handler, too: a call may have been posted while the worker was loading.
if (inPinoWorker) {
  parentPort?.on('message', (message: unknown) => {
    if (isLastCall(message)) answer(message)
  })
}

/** Lets a handler in pino's worker hear of last calls until the returned function is called. Elsewhere it does nothing. */
export function onLastCall(handler: LastCalled): () => void {
  if (inPinoWorker) handlers.add(handler)
  if (deadline !== undefined) handler.closeWithin(Math.max(0, deadline - performance.now()))
  return () => {
    handlers.delete(handler)
  }
}

async function answer(call: LastCall): Promise<void> {
  if (call.ask === 'close') {
    deadline = performance.now() + call.within
    for (const handler of handlers) handler.closeWithin(call.within)
    return
  }
  if (call.ask === 'flush') {
    await Promise.all([...handlers].map((handler) => new Promise<void>((resolve) => handler.flush(resolve))))
  }
  postToMainThread(ANSWERED, { id: call.id, to: call.ask } satisfies LastAnswer)
}

function isLastCall(message: unknown): message is LastCall {
  return isObject(message) && message.code === CODE
}
