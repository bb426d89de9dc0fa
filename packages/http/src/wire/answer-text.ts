// The body of an answer, or its beginning if it is very long.

// Bytes of an answer to look at; the rest is read and forgotten, for the sake of the connection.
const LONGEST_ANSWER = 4 * 1024 * 1024

/** Collects the body of an answer. */
export class AnswerText {
  readonly #chunks: Uint8Array[] = []
  #size = 0

  add(chunk: Uint8Array): void {
    if (this.#size < LONGEST_ANSWER) this.#chunks.push(chunk)
    this.#size += chunk.length
  }

  get text(): string {
    return this.#chunks.length === 0 ? '' : Buffer.concat(this.#chunks).toString('utf8', 0, LONGEST_ANSWER)
  }
}
