// The documentation site: that it has every page once, ends handlers' pages with their options, and leads to pages.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { siteLink } from '../docs/.vitepress/links.js'
import { partOf, readmeOf } from '../docs/.vitepress/readme.js'
import { pages } from '../docs/.vitepress/sidebar.js'
import { slug } from '../docs/.vitepress/slug.js'
import { filesIn, root } from '../scripts/sources.js'
import { anchorsOf } from './support/markdown.js'

const read = (path: string): string => readFileSync(join(root, path), 'utf8')

describe('the sidebar', () => {
  it('has every page of docs/ once', () => {
    const files = filesIn('docs').filter((path) => path.endsWith('.md'))

    assert.deepEqual(
      [...pages].sort(),
      files.map((path) => path.slice('docs/'.length)),
    )
  })
})

describe('the pages of handlers', () => {
  for (const page of pages) {
    const shown = readmeOf(page)
    if (shown === undefined) continue
    it(`end with a part of the README, with no heading twice: ${page}`, () => {
      const part = partOf(read(shown.path), shown.first)
      const headings = Array.from(part.matchAll(/^## (.+)$/gm), ({ 1: heading = '' }) => slug(heading))

      assert.deepEqual(
        anchorsOf(`docs/${page}`).filter((anchor) => headings.includes(anchor)),
        [],
      )
    })
  }
})

describe('a link', () => {
  it('leads to the page that shows what it names, or to GitHub', () => {
    const readme = 'packages/syslog/README.md'
    const links = [
      ['../delivery.md#overflow', 'docs/handlers/file.md', 'handlers/file.md'],
      ['../../packages/file/README.md#options', 'docs/handlers/file.md', 'handlers/file.md'],
      ['../packages/core/README.md#logrecord', 'docs/formatting.md', 'formatting.md'],
      ['../../docs/handlers/syslog.md#framing', readme, 'handlers/syslog.md'],
      ['../file', readme, 'handlers/syslog.md'],
      ['#delivery', readme, 'handlers/syslog.md'],
      ['../CONTRIBUTING.md#add-a-handler', 'docs/writing-a-handler.md', 'writing-a-handler.md'],
      ['../bench', 'docs/performance.md', 'performance.md'],
      ['https://example.com/a.md', 'docs/start.md', 'start.md'],
    ] as const

    assert.deepEqual(
      links.map(([href, source, page]) => siteLink(href, source, page)),
      [
        '../delivery.md#overflow',
        '#options',
        'core.md#logrecord',
        '#framing',
        'file.md',
        '#delivery',
        'https://github.com/pino-handlers/pino-handlers/blob/main/CONTRIBUTING.md#add-a-handler',
        'https://github.com/pino-handlers/pino-handlers/tree/main/bench',
        'https://example.com/a.md',
      ],
    )
  })
})

describe('an anchor', () => {
  it('is that of GitHub', () => {
    const headings = [
      'The event `reopen`',
      "A night's outage",
      'Docker, Kubernetes & co.',
      'app_log: 2 naïve — options',
    ]

    assert.deepEqual(headings.map(slug), [
      'the-event-reopen',
      'a-nights-outage',
      'docker-kubernetes--co',
      'app_log-2-naïve--options',
    ])
  })
})
