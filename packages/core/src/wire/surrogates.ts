// UTF-8 for text that is none: JSON can name one half of a surrogate pair alone, and Python's str can hold it.

/** Writes `text`, which is not well-formed, as UTF-8 into `bytes` and returns how many it took. Python: `text.encode('utf-8', 'surrogatepass')`. */
export function writeUtf8(text: string, bytes: Buffer, start: number): number {
  let at = start
  for (const character of text) {
    const unit = character.charCodeAt(0)
    if (character.length === 1 && unit >= 0xd800 && unit <= 0xdfff) {
      bytes[at++] = 0xe0 | (unit >> 12)
      bytes[at++] = 0x80 | ((unit >> 6) & 0x3f)
      bytes[at++] = 0x80 | (unit & 0x3f)
    } else {
      at += bytes.write(character, at)
    }
  }
  return at - start
}
