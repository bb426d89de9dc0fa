// Telling records that have waited from others.

const MARK = '"buffered":true'

/** Lines with `"buffered":true` as their last field; what is no object stays as it is. */
export function marked(text: string): string {
  return text.replaceAll(/[^\n]*\n/g, markedLine)
}

function markedLine(line: string): string {
  const end = line.lastIndexOf('}')
  if (!line.startsWith('{') || line.slice(end + 1).trim() !== '' || end === -1) return line
  const rest = line.slice(0, end)
  return `${rest}${rest.trim() === '{' ? '' : ','}${MARK}${line.slice(end)}`
}
