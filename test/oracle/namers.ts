// The namers of the vectors, which say in JSON what each one does.
import { basename, dirname, extname, join } from 'node:path'
import { decodeObject } from './vectors.js'

/** A `namer` as the vectors have it; null is none. */
export function namerOf(value: unknown): ((path: string) => string) | undefined {
  if (value === undefined || value === null) return undefined
  const { kind, value: text = '', from = '', to = '' } = decodeObject(value)
  const rename = renames[String(kind)]
  if (!rename) throw new Error(`The vectors have the namer "${String(kind)}", which this adapter does not know.`)
  return (path) =>
    join(dirname(path), rename(basename(path), { text: String(text), from: String(from), to: String(to) }))
}

type Rename = (name: string, given: { text: string; from: string; to: string }) => string

const renames: Readonly<Record<string, Rename>> = {
  append: (name, { text }) => name + text,
  prefix: (name, { text }) => text + name,
  replace: (name, { from, to }) => name.replaceAll(from, to),
  dash: (name) => `${stem(name)}-${last(name)}`,
  'date-before-ext': (name) => `${stem(stem(name))}.${last(name)}${extname(stem(name))}`,
}

// 'app.log.2017-10-14' is 'app.log' and '2017-10-14'.
function stem(name: string): string {
  return name.slice(0, name.length - extname(name).length)
}

function last(name: string): string {
  return extname(name).slice(1)
}
