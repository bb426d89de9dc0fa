// What may stand in a header of a mail: one line, encoded.

import { foldLines } from 'nodemailer/lib/mime-funcs'
import MimeNode from 'nodemailer/lib/mime-node'

/** Characters of a subject that is made of records; what is longer is cut. */
const MAX_SUBJECT = 200

// C0, DEL, C1 and the line separators of Unicode: what some reader might take for the end of a line.
const CONTROL = /[\0-\x1f\x7f-\x9f\u2028\u2029]+/

/** Whether a text has a character that has no place in a header. */
export function hasControl(text: string): boolean {
  return CONTROL.test(text)
}

/** A text that a record has made, as a subject: one line of at most 200 characters. */
export function subjectText(text: string): string {
  // What looks like an encoded word would be decoded by those who read the mail, even into line breaks.
  const line = text.toWellFormed().replaceAll(new RegExp(CONTROL, 'g'), ' ').replaceAll('=?', '= ?').trim()
  const characters = [...line.slice(0, (MAX_SUBJECT + 1) * 2)]
  return characters.length > MAX_SUBJECT ? `${characters.slice(0, MAX_SUBJECT - 1).join('')}…` : line
}

/** A header with its end; a value that is not ASCII is encoded by RFC 2047, a long one folded. */
export function headerLine(name: string, value: string): string {
  const encoded = name === 'Subject' ? MimeNode.encodeHeaderValue(name, value) : value
  return `${foldLines(`${name}: ${encoded}`, 76)}\r\n`
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A time as the header Date has it, in local time. Python: `email.utils.format_datetime(email.utils.localtime())`. */
export function dateText(time: number): string {
  const at = new Date(time)
  const east = -at.getTimezoneOffset()
  const offset = `${east < 0 ? '-' : '+'}${two(Math.floor(Math.abs(east) / 60))}${two(Math.abs(east) % 60)}`
  const clock = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')
  return `${DAYS[at.getDay()]}, ${two(at.getDate())} ${MONTHS[at.getMonth()]} ${at.getFullYear()} ${clock} ${offset}`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
