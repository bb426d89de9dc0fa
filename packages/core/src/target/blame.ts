// Whose fault it is that something failed.

/** The options of one of our handlers are wrong, and stay so. A file that cannot be opened may be there later. */
export function isMistake(error: unknown): boolean {
  return error instanceof Error && error.name === 'HandlerOptionError' && !isFromSystem(error.cause)
}

/** A record may be what a stream has died of. What the system refuses is no record's fault, unless that is too long. */
export function mayBeOfRecord(error: Error & { code?: string }): boolean {
  return !isFromSystem(error) || error.code === 'EMSGSIZE'
}

function isFromSystem(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}
