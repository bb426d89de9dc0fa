// What a crash is shown as. What was thrown may itself throw when it is looked at.

import { inspect } from 'node:util'

/** An uncaught error, to be logged, and the text that Node says of one that nobody listens to. */
export interface Crash {
  readonly error: Error
  readonly text: string
}

/** What has been thrown as an error, and as a text. Never throws. */
export function crashOf(thrown: unknown): Crash {
  try {
    if (thrown instanceof Error) return { error: thrown, text: inspect(thrown) }
    return noError(typeof thrown === 'string' ? thrown : inspect(thrown))
  } catch {
    return noError('a value that cannot be shown')
  }
}

function noError(shown: string): Crash {
  return { error: new Error(shown), text: `Uncaught:\n${shown}` }
}
