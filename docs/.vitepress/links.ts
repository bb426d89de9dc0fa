// Where links of the repository's Markdown lead on the site, which has the pages of docs/ and the READMEs within them.

import { posix } from 'node:path'
import { readmeOf } from './readme.js'
import { pages } from './sidebar.js'
import { repository } from './site.js'

/**
 * Where a link leads on the site.
 *
 * @param href As it is written.
 * @param source The file that it is written in, from the repository's root.
 * @param page The page that shows it, from docs/.
 */
export function siteLink(href: string, source: string, page: string): string {
  if (/^([a-z]+:|\/|#)/i.test(href)) return href
  const path = href.replace(/#.*$/, '')
  const hash = href.slice(path.length)
  const target = posix.join(posix.dirname(source), path)

  const shownOn = pageOf(target)
  if (shownOn === undefined)
    return `${repository}/${posix.extname(target) === '' ? 'tree' : 'blob'}/main/${target}${hash}`
  if (shownOn === page) return hash || '#'
  return posix.relative(posix.dirname(page), shownOn) + hash
}

/** The page of the site that shows a file, if one does. */
function pageOf(target: string): string | undefined {
  if (target.startsWith('docs/') && target.endsWith('.md')) return target.slice('docs/'.length)
  const readme = target.endsWith('/README.md') ? target : `${target.replace(/\/$/, '')}/README.md`
  return pages.find((page) => readmeOf(page)?.path === readme)
}
