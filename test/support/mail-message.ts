// A mail taken apart by hand, so that a test sees what stands there rather than what a parser makes of it.

import addressparser from 'nodemailer/lib/addressparser'

/** A mail, or a part of one. */
export interface Message {
  /** In order, unfolded, as they stand there. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** As it was sent, with its encoding. */
  readonly body: string
}

/** Takes a mail apart. */
export function messageOf(text: string): Message {
  const end = text.indexOf('\r\n\r\n')
  const head = end < 0 ? text : text.slice(0, end)
  const headers = head
    .replaceAll(/\r\n(?=[ \t])/g, '')
    .split('\r\n')
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).replace(/^ /, '')] as const)
  return { headers, body: end < 0 ? '' : text.slice(end + 4) }
}

/** The value of the only header of that name; undefined when there are none or several. */
export function headerOf({ headers }: Message, name: string): string | undefined {
  const found = headers.filter(([each]) => each.toLowerCase() === name.toLowerCase())
  return found.length === 1 ? found[0]?.[1] : undefined
}

/** The text of a part that is not made of parts, decoded. */
export function textOf(message: Message): string {
  const bytes = { base64, 'quoted-printable': quoted }[headerOf(message, 'Content-Transfer-Encoding') ?? '']
  return bytes ? bytes(message.body).toString() : message.body
}

/** A header's value without the encoding of RFC 2047. */
export function decodedWords(value: string): string {
  const word = /=\?utf-8\?([qb])\?([^?]*)\?=/gi
  // Between two encoded words the space belongs to neither; a character may begin in one and end in the next.
  return value.replaceAll(/=\?utf-8\?[qb]\?[^?]*\?=(?:\s+=\?utf-8\?[qb]\?[^?]*\?=)*/gi, (words) =>
    Buffer.concat(
      [...words.matchAll(word)].map(([, encoding, text = '']) =>
        encoding?.toLowerCase() === 'b' ? base64(text) : quoted(text.replaceAll('_', ' ')),
      ),
    ).toString(),
  )
}

/** The people in a header, as [name, address]. */
export function peopleOf(value: string): readonly (readonly [name: string, address: string])[] {
  return addressparser(value, { flatten: true }).map(({ name, address }) => [
    decodedWords(address === '' ? '' : name),
    address || name,
  ])
}

function base64(text: string): Buffer {
  return Buffer.from(text, 'base64')
}

function quoted(text: string): Buffer {
  const bytes = Buffer.from(text.replaceAll('=\r\n', ''))
    .toString('latin1')
    .replaceAll(/=([\dA-F]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1')
}
