// What the client and the server say, in words that say what to do.

import { toError } from '@pino-handlers/core'

const WORDS: readonly (readonly [RegExp, string])[] = [
  [/authorization violation|authentication/i, 'the server refuses the user'],
  [/permissions violation/i, 'the user has no permission'],
  [/jetstream.*not enabled|no responders/i, 'the server has no JetStream, or the stream does not take this subject'],
  [
    /maximum (bytes|messages) exceeded|insufficient (storage|resources)|resource limits exceeded/i,
    'the stream is full',
  ],
  [/max_?payload/i, 'the batch is larger than the server takes'],
  [/subjects overlap/i, 'another stream has this subject'],
]

/** The server takes nothing more until something goes. */
export function isFull({ message }: Error): boolean {
  return message.startsWith('the stream is full')
}

/** The error with words for what is known. */
export function inWords(thrown: unknown): Error {
  const error = toError(thrown)
  const [, words] = WORDS.find(([pattern]) => pattern.test(error.message)) ?? []
  return words === undefined ? error : new Error(`${words} (${error.message})`, { cause: error })
}
