// What a peer's process is told to do.

export interface Job {
  /** The file to write. */
  readonly file: string
  readonly records: number
  /** Records a second; without it as fast as the calls return. */
  readonly rate?: number
  /** Lines as text, `2024-11-22 13:05:04,123 INFO app message`, not as JSON. */
  readonly formatted?: boolean
  /** More options for the handler. */
  readonly options?: Readonly<Record<string, unknown>>
}
