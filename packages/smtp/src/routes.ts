// Whom the mails of a level go to.

import { type Check, isObject, levelCheck, show, toError } from '@pino-handlers/core'
import { type Mailboxes, toCheck } from './mailbox.js'

/** Recipients from a level on. */
export interface Route {
  /** pino's number of the level. */
  readonly level: number
  readonly to: Mailboxes
}

/** The option `recipients`, lowest level first. */
export const recipientsCheck: Check<readonly Route[]> = {
  expected: "an object of levels and addresses, such as { fatal: 'oncall@example.com' }",
  parse(value, given) {
    if (!isObject(value)) return undefined
    const routes = Object.entries(value).map(([label, addresses]) => {
      const level = levelCheck.parse(/^\d+$/.test(label) ? Number(label) : label, given)
      if (level === undefined) throw new Error(`has the level ${show(label)}, which must be ${levelCheck.expected}`)
      return { level, to: parseTo(label, addresses) }
    })
    return routes.sort((a, b) => a.level - b.level)
  },
}

function parseTo(label: string, addresses: unknown): Mailboxes {
  let to: Mailboxes | undefined
  try {
    to = toCheck.parse(addresses, {})
  } catch (error) {
    throw new Error(`for ${show(label)} ${toError(error).message}`, { cause: error })
  }
  if (!to) throw new Error(`for ${show(label)} must be ${toCheck.expected}, got ${show(addresses)}`)
  return to
}
