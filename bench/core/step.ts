// One way to take in chunks.

export interface Step {
  /** Takes a chunk; false asks to wait for a turn of the event loop. */
  write(chunk: string): boolean
  /** Resolves to the number of lines seen, when all have been. */
  end(): Promise<number>
}
