// RFC 5424's STRUCTURED-DATA, from bindings that the user chooses.

import { type Check, isObject, jsonText, type LogRecord } from '@pino-handlers/core'
import { headerField, MAX_FIELD } from './header-field.js'

/** What goes into the one element of structured data. */
export interface StructuredData {
  /** The element's name: one that IANA knows, such as `meta`, or one of your own with an enterprise number, `app@32473`. */
  readonly id: string
  /** Bindings (or Python's attributes of a record, such as `levelname`) that become its parameters. */
  readonly fields: readonly string[]
}

/** The check of the `structuredData` option. */
export const structuredDataCheck: Check<StructuredData> = {
  expected: "an object such as { id: 'app@32473', fields: ['reqId'] }",
  parse(value) {
    if (!isStructuredData(value)) return undefined
    if (!SD_ID.test(value.id) || value.id.length > MAX_FIELD.sdName) {
      throw new Error(
        `has the id ${JSON.stringify(value.id)}; it must be a name, or a name, "@" and an enterprise number, of at most 32 characters`,
      )
    }
    return value
  },
}

// An SD-NAME has no space, `=`, `]` and `"`; the name of an SD-ID has no `@` either.
const SD_ID = /^[!#-<>?A-\\^-~]+(@[\d.]+)?$/

/** Makes the function from a record to its STRUCTURED-DATA, which is `-` when it has none of the fields. */
export function structuredDataReader(
  { id, fields }: StructuredData,
  clean: (text: string) => string,
): (record: LogRecord) => string {
  const names = fields.map((field) => [field, sdName(field)] as const)
  return (record) => {
    let params = ''
    for (const [field, name] of names) {
      const value = record.get(field)
      if (value !== undefined && value !== null) params += ` ${name}="${paramValue(value, clean)}"`
    }
    return params === '' ? '-' : `[${id}${params}]`
  }
}

function sdName(field: string): string {
  return headerField(field, MAX_FIELD.sdName).replace(/[=\]"]/g, '_')
}

function paramValue(value: unknown, clean: (text: string) => string): string {
  const text = clean(typeof value === 'object' && value !== null ? jsonText(value) : String(value))
  return SPECIAL.test(text) ? text.replace(ALL_SPECIAL, '\\$&') : text
}

const SPECIAL = /["\\\]]/
const ALL_SPECIAL = /["\\\]]/g

function isStructuredData(value: unknown): value is StructuredData {
  if (!isObject(value)) return false
  const { id, fields } = value
  return typeof id === 'string' && Array.isArray(fields) && fields.every((field) => typeof field === 'string')
}
