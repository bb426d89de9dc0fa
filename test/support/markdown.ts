// The Markdown of the repository: its documents, and the code, headings and links in one.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { slug } from '../../docs/.vitepress/slug.js'
import { filesIn, packages, root } from '../../scripts/sources.js'

/** A fenced block. */
export interface Block {
  readonly document: string
  /** The line of the document that the code begins on. */
  readonly line: number
  /** What stands behind the fence: the language, and nothing more where the code is to be checked. */
  readonly language: string
  readonly code: string
}

/** Every document for users, from the root. A package without a README is packaging.test.ts's to name. */
export const documents: readonly string[] = [
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'],
  ...packages.map((name) => `packages/${name}/README.md`),
  ...filesIn('docs').filter((path) => path.endsWith('.md')),
].filter((path) => existsSync(join(root, path)))

const fence = /^( *)(`{3,}|~{3,})(.*)\n([\s\S]*?)^\1\2 *$/gm

/** The fenced blocks of a document. */
export function blocksOf(document: string): Block[] {
  const text = readDocument(document)
  return Array.from(text.matchAll(fence), ({ 3: language = '', 4: code = '', index }) => {
    return { document, line: text.slice(0, index).split('\n').length + 1, language: language.trim(), code }
  })
}

/** The anchors of a document's headings, as GitHub and the site make them. */
export function anchorsOf(document: string): string[] {
  const seen = new Map<string, number>()
  return Array.from(proseOf(document).matchAll(/^#{1,6} +(.+)$/gm), ({ 1: heading = '' }) => {
    const anchor = slug(heading.replaceAll(/\[(.*?)\]\(.*?\)/g, '$1'))
    const before = seen.get(anchor) ?? 0
    seen.set(anchor, before + 1)
    return before === 0 ? anchor : `${anchor}-${before}`
  })
}

/** The links and images of a document that lead to a file or an anchor of the repository. */
export function linksOf(document: string): string[] {
  return Array.from(proseOf(document).matchAll(/\]\(([^)\s]+)/g), ({ 1: link = '' }) => link).filter(
    (link) => !/^[a-z]+:/.test(link),
  )
}

function proseOf(document: string): string {
  return readDocument(document).replaceAll(fence, '')
}

function readDocument(document: string): string {
  return readFileSync(join(root, document), 'utf8').replaceAll('\r\n', '\n')
}
