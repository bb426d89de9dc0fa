// The flags that every handler has on the command line, beside its options.

/** One of them. */
export interface OwnFlag {
  /** What stands for its value in the help; without it the flag has none. */
  readonly value?: string
  readonly meaning: string
}

/** The name of one of them. */
export type OwnName =
  | 'config'
  | 'tee'
  | 'wrap-level'
  | 'grace'
  | 'strict'
  | 'stats'
  | 'check'
  | 'print-config'
  | 'help'
  | 'version'

/** By name, in the order of the help. */
export const OWN_FLAGS: Readonly<Record<OwnName, OwnFlag>> = {
  config: {
    value: 'file.json',
    meaning: "Read options from a file, as in pino's `options`; it may name the `handler` too.",
  },
  tee: { meaning: 'Also write the input to stdout, as it came.' },
  'wrap-level': { value: 'level', meaning: 'The level of lines that are no JSON objects; info.' },
  grace: { value: 'seconds', meaning: 'After SIGINT or SIGTERM, how long the input may go on; 30.' },
  strict: { meaning: 'Exit with 1 when a record was lost or put aside.' },
  stats: { meaning: 'At the end, write the books to stderr as JSON.' },
  check: { meaning: 'Send one record to the destination, say what became of it, and exit.' },
  'print-config': { meaning: 'Print the options as JSON, secrets masked, and exit.' },
  help: { meaning: 'Print this and exit.' },
  version: { meaning: 'Print the version and exit.' },
}

/** Whether `name` is one of them. */
export function isOwn(name: string): name is OwnName {
  return Object.hasOwn(OWN_FLAGS, name)
}
