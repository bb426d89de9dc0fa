// What the server says, in words that say what to do.

import { toError } from '@pino-handlers/core'
import { MultiErrorReply } from '@redis/client'

const WORDS: Readonly<Record<string, string>> = {
  NOAUTH: 'the server wants a password',
  WRONGPASS: 'the server refuses the name or the password',
  NOPERM: 'the user has no permission',
  WRONGTYPE: 'the key has another type: it is no stream',
  OOM: 'the memory of the server is full',
  READONLY: 'the server is a replica',
  MOVED: 'another server of the cluster has the stream now',
  ASK: 'the stream is moving to another server of the cluster',
  TRYAGAIN: 'the stream is moving to another server of the cluster',
  CLUSTERDOWN: 'the cluster has no server for the stream',
  NOREPLICAS: 'the server has too few replicas',
  LOADING: 'the server is starting',
  MISCONF: 'the server cannot write to its disk',
  NOGROUP: 'the stream or its group is gone',
}

/** The error with words for what is known, and the server's word for it as its code. */
export function inWords(thrown: unknown): Error {
  const error = toError(thrown instanceof MultiErrorReply ? (firstOf(thrown) ?? thrown) : thrown)
  const [code = ''] = /^[A-Z]{3,}/.exec(error.message) ?? []
  const words = WORDS[code]
  if (words === undefined) return error
  return Object.assign(new Error(`${words} (${error.message})`, { cause: error }), { code })
}

function firstOf(error: MultiErrorReply): Error | undefined {
  const [first] = error.errors()
  return first
}
