// What a peer's process is told to do.

/** When a file rolls over, and what is kept of it. */
export interface Caps {
  readonly maxBytes: number
  readonly backupCount: number
}

export interface Job {
  /** The file to write; '' for none. */
  readonly file: string
  readonly records: number
  /** Records a second; without it as fast as the calls return. */
  readonly rate?: number
  /** Lines as text, `2024-11-22 13:05:04,123 INFO app message`, not as JSON. */
  readonly formatted?: boolean
  /** Which of our handlers, by its package's name without the scope; without it the plain file. */
  readonly handler?: string
  /** What pino loads, by name or address. */
  readonly target?: string
  /** Has the file roll over. */
  readonly caps?: Caps
  /** More options for the handler. */
  readonly options?: Readonly<Record<string, unknown>>
}
