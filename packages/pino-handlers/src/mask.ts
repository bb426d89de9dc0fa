// Options as anybody may read them: without passwords, keys and the like.

import { isObject, type OptionTable, type Secret } from '@pino-handlers/core'
import { tableOfTarget } from './handlers.js'

const MASK = '***'

// Entries of what is not ours, such as the options of somebody else's target or queue.
const TELLING =
  /pass(word|wd|phrase)?$|pwd$|secret|token|cred(ential)?s?$|authorization|(api|access|account|private|shared)[-_]?key|^auth$|^n?key$|^pfx$|cookie|^hmac$|^headers$|bearer|signature/i

// The name of such an entry in a query or a connection string, and its value, which is no field of a format.
const PAIR = /(?<=(?:^|[?&;\s])[\w-]*(?:pass|pwd|secret|token|sig|key|credential)[\w-]*=)(?![{%$])[^&;\s]+/gi

/** The options with every secret masked: what the handler says is one, and whatever looks like one further inside. */
export async function masked(options: Readonly<Record<string, unknown>>, table: OptionTable): Promise<object> {
  const entries = Object.entries(options).map(async ([option, value]) => {
    const row = Object.hasOwn(table, option) ? table[option] : undefined
    return [option, row?.secret ? maskSecret(value, row.secret) : await maskInside(value)]
  })
  return Object.fromEntries(await Promise.all(entries))
}

function maskSecret(value: unknown, secret: Secret): unknown {
  if (secret === true) return maskAll(value)
  if (!isObject(value)) return maskText(value)
  return mapEntries(value, (each, name) => (secret.includes(name) ? maskAll(each) : maskText(each)))
}

async function maskInside(value: unknown): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map(maskInside))
  if (!isObject(value)) return maskText(value)
  const table = typeof value.target === 'string' ? await tableOfTarget(value.target) : undefined
  const entries = Object.entries(value).map(async ([name, each]) => {
    if (name === 'options' && table && isObject(each)) return [name, await masked(each, table)]
    return [name, TELLING.test(name) ? maskAll(each) : await maskInside(each)]
  })
  return Object.fromEntries(await Promise.all(entries))
}

function maskAll(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskAll)
  return isObject(value) ? mapEntries(value, maskAll) : MASK
}

// A key may stand where a file is expected, and a password in a URL or in the address of a server.
function maskText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskText)
  if (isObject(value)) return mapEntries(value, maskText)
  if (typeof value !== 'string') return value
  if (/-----BEGIN [A-Z ]*(?:PRIVATE KEY|SEED)-----/.test(value)) return MASK
  return value.replaceAll(/(?<=:\/\/)[^/?#\s]*@|^[^:@/\s]*:[^@/\s]*@/g, `${MASK}@`).replaceAll(PAIR, MASK)
}

function mapEntries(object: Readonly<Record<string, unknown>>, map: (value: unknown, name: string) => unknown): object {
  return Object.fromEntries(Object.entries(object).map(([name, each]) => [name, map(each, name)]))
}
