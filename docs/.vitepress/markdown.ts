// How the repository's Markdown becomes that of the site: pages end with what their READMEs say, links lead to pages.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { MarkdownEnv, MarkdownRenderer } from 'vitepress'
import { siteLink } from './links.js'
import { partOf, readmeOf } from './readme.js'

const root = new URL('../../', import.meta.url)

/** Adds to VitePress's Markdown, which it renders pages and the search index with. */
export function extendMarkdown(md: MarkdownRenderer): void {
  md.core.ruler.before('normalize', 'readme', (state) => {
    const shown = readmeOf(pageOf(state.env))
    if (shown === undefined) return
    const readme = readFileSync(fileURLToPath(new URL(shown.path, root)), 'utf8')
    state.env.readmeLine = state.src.split('\n').length
    state.src += `\n${partOf(readme, shown.first)}`
  })

  md.core.ruler.push('site-links', (state) => {
    const page = pageOf(state.env)
    let line = 0
    for (const token of state.tokens) {
      line = token.map?.[0] ?? line
      const source = (line >= state.env.readmeLine && readmeOf(page)?.path) || `docs/${page}`
      for (const link of token.children ?? []) {
        const href = link.type === 'link_open' ? link.attrGet('href') : null
        if (href !== null) link.attrSet('href', siteLink(href, source, page))
      }
    }
  })
}

function pageOf(env: MarkdownEnv): string {
  return env.relativePath
}
