// A JSON object in less room: its longest strings are cut.

/** The JSON object `text` in at most `room` bytes of UTF-8, with `"truncated":true` in it; undefined when it is none, or cutting strings is not enough. */
export function shortenJson(text: string, room: number): string | undefined {
  const fields = parseObject(text)
  if (!fields) return undefined
  const shorter: Record<string, unknown> = { ...fields, truncated: true }
  for (const [key, value] of stringsOf(fields)) {
    shorter[key] = ''
    const rest = room - byteLength(shorter)
    if (rest < 0) continue
    shorter[key] = prefixWithin(value, rest)
    return JSON.stringify(shorter)
  }
  return undefined
}

function stringsOf(fields: Readonly<Record<string, unknown>>): readonly (readonly [string, string])[] {
  return Object.entries(fields)
    .flatMap(([key, value]) => (typeof value === 'string' ? [[key, value] as const] : []))
    .sort(([, a], [, b]) => b.length - a.length)
}

// The longest beginning of `value` that adds at most `room` bytes to an empty JSON string.
function prefixWithin(value: string, room: number): string {
  let [fits, tooLong] = [0, value.length + 1]
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1
    if (byteLength(value.slice(0, middle)) - 2 <= room) fits = middle
    else tooLong = middle
  }
  // Half of a pair of surrogates is left out.
  return value.slice(0, fits).replace(/[\ud800-\udbff]$/, '')
}

function byteLength(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value))
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    // JSON that starts with a brace is an object.
    const fields: Readonly<Record<string, unknown>> = JSON.parse(text)
    return fields
  } catch {
    return undefined
  }
}
