// What the server says, in words that say what to do.

import { toError } from '@pino-handlers/core'

const WORDS: readonly (readonly [RegExp, string])[] = [
  [/ACCESS.REFUSED.*(login|auth)|403.*login/i, 'the server refuses the name or the password'],
  [/ACCESS.REFUSED/i, 'the user has no permission'],
  [/PRECONDITION.FAILED.*larger than/i, 'the batch is larger than the server takes'],
  [/PRECONDITION.FAILED.*inequivalent/i, 'the queue or the exchange is there with other options'],
  [/NOT.ALLOWED.*vhost|Expected ConnectionOpenOk/i, 'the server has no such virtual host'],
]

/** The error with words for what is known. */
export function inWords(thrown: unknown): Error {
  const error = toError(thrown)
  const [, words] = WORDS.find(([pattern]) => pattern.test(error.message)) ?? []
  return words === undefined ? error : new Error(`${words} (${error.message})`, { cause: error })
}

/** The bytes that a message may have, if the server has said so in an error. */
export function largestMessage({ message }: Error): number | undefined {
  const [, size] = /larger than configured max size (\d+)/.exec(message) ?? []
  return size === undefined ? undefined : Number(size)
}
