// Which links of the built site lead nowhere: VitePress looks for pages, this also for anchors, images and files on GitHub.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { base, built, repository } from '../docs/.vitepress/site.js'
import { filesIn, root } from './sources.js'

const inRepository = /^(?:blob|tree|edit)\/main\/([^#?]+)/

/** The dead links of the site, each as `page: link`. */
export function deadLinks(): string[] {
  const pages = filesIn(built).filter((path) => path.endsWith('.html'))
  const html = new Map(pages.map((path) => [path, readFileSync(join(root, path), 'utf8')]))
  return pages.flatMap((path) => {
    const page = path.slice(built.length + 1)
    const address = new URL(page, `http://site${base}`)
    return linksOf(html.get(path) ?? '')
      .filter((link) => !leadsSomewhere(new URL(link, address), html))
      .map((link) => `${page}: ${link}`)
  })
}

function linksOf(html: string): string[] {
  return Array.from(html.matchAll(/<(?:a|img|link|script)\s[^>]*?\b(?:href|src)="([^"]*)"/g), ({ 1: link = '' }) =>
    link.replaceAll('&amp;', '&'),
  )
}

function leadsSomewhere({ href, host, pathname, hash }: URL, html: ReadonlyMap<string, string>): boolean {
  const [, file] = (href.startsWith(`${repository}/`) && inRepository.exec(href.slice(repository.length + 1))) || []
  if (file !== undefined) return existsSync(join(root, decodeURIComponent(file)))
  if (host !== 'site') return true
  const path = `${built}/${pathname.slice(base.length)}${pathname.endsWith('/') ? 'index.html' : ''}`
  if (!existsSync(join(root, path))) return false
  return hash === '' || (html.get(path) ?? '').includes(` id="${decodeURIComponent(hash.slice(1))}"`)
}
