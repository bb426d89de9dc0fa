// Values of a line as text again.

/** The JSON of a value that JSON.parse has given. What is nested so deeply that it cannot be written is only told of. */
export function jsonText(value: object): string {
  try {
    return JSON.stringify(value)
  } catch {
    // JSON.parse reads what JSON.stringify has not the stack to write.
    return '[nested too deeply]'
  }
}
