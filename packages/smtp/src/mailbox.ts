// Addresses as the options have them, as headers and as the envelope.

import { type Check, show } from '@pino-handlers/core'
import addressparser from 'nodemailer/lib/addressparser'
import MimeNode from 'nodemailer/lib/mime-node'
import { hasControl } from './header.js'

/** One address or several, ready for a mail. */
export interface Mailboxes {
  /** The value of the header, encoded. */
  readonly header: string
  /** The addresses alone, in order. As in Python, one that is named twice gets the mail twice. */
  readonly addresses: readonly string[]
}

/** The option `fromaddr`; '' is the null sender, to which nothing is returned. */
export const fromCheck: Check<Mailboxes> & { readonly required: true } = {
  expected: "an address such as 'app@example.com' or 'App <app@example.com>'",
  required: true,
  parse(value) {
    if (value === '') return { header: '', addresses: [''] }
    if (typeof value !== 'string') return undefined
    const from = parseMailboxes(value)
    if (from.addresses.length !== 1) throw new Error(`has ${from.addresses.length} addresses: ${show(value)}`)
    return from
  },
}

/** An option that is one address or several. */
export const toCheck: Check<Mailboxes> = {
  expected: 'an address or a list of addresses',
  parse(value) {
    const list: readonly unknown[] = Array.isArray(value) ? value : [value]
    if (!list.every((each) => typeof each === 'string')) return undefined
    if (list.length === 0) throw new Error('has no recipients')
    // Python joins them before it looks for addresses: an entry may hold several.
    return parseMailboxes(list.join(','))
  },
}

// What stands before the @ may have one itself if it is in quotes. A host ends in no dot here, and has none twice.
const ADDRESS = /^(?:"[^\s"]+"|[^\s<>,;"@]+)(?:@[^\s<>,;@.]+(?:\.[^\s<>,;@.]+)*)?$/

function parseMailboxes(value: string): Mailboxes {
  if (hasControl(value)) throw new Error(`has a line break or another control character: ${show(value)}`)
  // Without a domain it is somebody on the server, such as root.
  const people = addressparser(value, { flatten: true }).map(({ name, address }) =>
    address === '' && !/\s/.test(name) ? { name: '', address: name } : { name, address },
  )
  const addresses = people.map(({ address }) => address)
  if (addresses.length === 0) throw new Error(`has no address: ${show(value)}`)
  const wrong = addresses.find((address) => !ADDRESS.test(address))
  if (wrong !== undefined) throw new Error(`has an address that is none: ${show(wrong || value)}`)
  return { header: MimeNode.encodeHeaderValue('To', people), addresses }
}
