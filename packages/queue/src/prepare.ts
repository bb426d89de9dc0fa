// A record's line once it is formatted.

import type { LogRecord } from '@pino-handlers/core'

/**
 * The line of `record` with `text` as its message, without the error and the stack, which are in the text; all else stays
 * as it was written. Python: `QueueHandler.prepare`, where `text` is `self.format(record)`.
 */
export function prepareLine(record: LogRecord, text: string): string {
  const { messageKey, errorKey, nestedKey } = record.shape
  const message = `${JSON.stringify(messageKey)}:${JSON.stringify(text)}`
  const gone = new Set([errorKey, 'stack_info'])
  if (!isJsonObject(record.line)) return `{${message}}`

  const kept = membersOf(record.line).filter(({ key }) => !gone.has(key))
  const members = kept.map(({ key, json }) => {
    if (key === messageKey) return message
    return key === nestedKey ? without(json, gone) : json
  })
  // A line without a message gets it where pino has it.
  if (!kept.some(({ key }) => key === messageKey)) members.push(message)
  return `{${members.join(',')}}`
}

interface Member {
  readonly key: string
  /** Key and value as they stand in the line. */
  readonly json: string
}

// Text rather than values: JSON.parse would round long numbers and reorder keys that are digits.
function membersOf(object: string): Member[] {
  const members: Member[] = []
  let depth = 0
  let start = 0
  for (const { 0: token, index } of object.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],]/g)) {
    if (token === '{' || token === '[') depth++
    if (depth === 1 && (token === '{' || token === ',' || token === '}')) {
      if (token !== '{') members.push(...memberOf(object.slice(start, index)))
      start = index + 1
    }
    if (token === '}' || token === ']') depth--
  }
  return members
}

// None for what is between the braces of an empty object.
function memberOf(json: string): Member[] {
  const [literal] = /"[^"\\]*(?:\\.[^"\\]*)*"/.exec(json) ?? []
  return literal === undefined ? [] : [{ key: String(JSON.parse(literal)), json }]
}

// A member that is an object, without some of its members.
function without(json: string, gone: ReadonlySet<string>): string {
  const brace = json.indexOf('{')
  const value = json.slice(brace)
  if (brace === -1 || !isJsonObject(value)) return json
  const kept = membersOf(value).filter(({ key }) => !gone.has(key))
  return `${json.slice(0, brace)}{${kept.map((member) => member.json).join(',')}}`
}

function isJsonObject(json: string): boolean {
  try {
    return json.trimStart().startsWith('{') && JSON.parse(json) !== null
  } catch {
    return false
  }
}
