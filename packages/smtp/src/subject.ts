// The subject of a mail.

import { type Check, type FormatRecord, type LogRecord, show, toError } from '@pino-handlers/core'
import { Formatter } from '@pino-handlers/core/formatter'
import { hasControl, subjectText } from './header.js'

/**
 * The option `subject`: a text, or a format of Python's % style over the record, such as '%(levelname)s: %(message)s'.
 * Python: `SMTPHandler.getSubject`, which returns the text.
 */
export const subjectCheck: Check<FormatRecord> & { readonly required: true } = {
  expected: "a text, or a format such as '%(levelname)s in %(name)s'",
  required: true,
  parse(value) {
    if (typeof value !== 'string') return undefined
    if (hasControl(value)) throw new Error(`has a line break or another control character: ${show(value)}`)
    if (!/%\([^)]+\)/.test(value)) return () => value
    const formatter = formatterOf(value)
    return (record: LogRecord) => subjectText(formatter.formatMessage(record))
  },
}

/** The subjects that the option `getSubject` makes, as one line each; throws a TypeError when it returns no text. */
export function subjectFrom(getSubject: (record: LogRecord) => unknown): FormatRecord {
  return (record) => {
    const subject = getSubject(record)
    if (typeof subject !== 'string')
      throw new TypeError(`getSubject returned ${show(subject)}, and a subject is a text`)
    return subjectText(subject)
  }
}

function formatterOf(fmt: string): Formatter {
  try {
    return new Formatter({ fmt })
  } catch (error) {
    throw new Error(`cannot be used: ${toError(error).message}`, { cause: error })
  }
}
