// What the packages say about themselves: versions, descriptions, and the meaning of each option.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)

interface Manifest {
  readonly version: string
  readonly description: string
}

/** The version of this package. */
export function ownVersion(): string {
  return parseManifest(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
}

/** Python's class and one sentence for a handler, from the description of its package. */
export function introductionOf(handler: string): { readonly python: string; readonly sentence: string } {
  const { description } = parseManifest(readFileSync(manifestPath(handler), 'utf8'))
  const [, python = '', sentence = description] = /^Python's (\w+) for pino: (.*)$/.exec(description) ?? []
  return { python, sentence }
}

/**
 * The meaning of each option of a handler, from the table in its package's README, which is tested against the code.
 * There is none where somebody has removed such files to save room.
 */
export function meaningsOf(handler: string): ReadonlyMap<string, string> {
  const rows = readmeOf(handler).matchAll(/^\| `(\w+)` \|.*\| (.*?) \|$/gm)
  return new Map(Array.from(rows, ([, option = '', meaning = '']) => [option, plain(meaning)]))
}

// Without the marks of Markdown, and with the texts of links alone.
function plain(markdown: string): string {
  return markdown.replaceAll('`', '').replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
}

function readmeOf(handler: string): string {
  try {
    return readFileSync(join(dirname(manifestPath(handler)), 'README.md'), 'utf8')
  } catch {
    return ''
  }
}

function manifestPath(handler: string): string {
  return require.resolve(`@pino-handlers/${handler}/package.json`)
}

function parseManifest(text: string): Manifest {
  const manifest: Manifest = JSON.parse(text)
  return manifest
}
