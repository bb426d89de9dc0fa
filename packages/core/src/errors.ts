// The one error that construction throws, and what others are. Class and code do not cross a worker thread, so the text
// says everything.

/** A handler was given an option that it cannot use; the message names handler, option, what was expected and what came. */
export class HandlerOptionError extends Error {
  override readonly name = 'HandlerOptionError'
  readonly code = 'ERR_PINO_HANDLERS_OPTION'
}

/** Any thrown value as an Error, so that its message and code can be reported. */
export function toError(thrown: unknown): Error & { code?: string } {
  try {
    return thrown instanceof Error ? thrown : new Error(String(thrown))
  } catch {
    return new Error('a value that cannot be shown')
  }
}

// On Windows a write that waited for the reader has the second one.
const READER_GONE = new Set(['EPIPE', 'EOF'])

/** Whether a write to a pipe has failed since nobody reads from it any more. */
export function isReaderGone({ code = '' }: { readonly code?: string | undefined }): boolean {
  return READER_GONE.has(code)
}
