// What a stream really died of.

import type { StreamParts } from './target-stream.js'

/**
 * Listens to what a stream is destroyed with. A pino-abstract-transport destroys itself as aborted before it learns what
 * its reader has thrown, and then tells nobody.
 */
export function overhear(stream: object & Partial<StreamParts>): () => Error | undefined {
  let reason: Error | undefined
  const { destroy } = stream
  if (destroy) {
    stream.destroy = (error?: Error) => {
      if (error && error.name !== 'AbortError') reason ??= error
      return Reflect.apply(destroy, stream, error ? [error] : [])
    }
  }
  return () => reason
}
