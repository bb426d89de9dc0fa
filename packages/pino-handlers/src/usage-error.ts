// What is wrong with a command line, an environment or a configuration.

/** The command cannot be run as it was given; the message says what to write instead. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
