// The documentation site: what VitePress renders docs/ with. `npm run docs` builds it, `npm run docs:dev` serves it.

import { type DefaultTheme, defineConfig } from 'vitepress'
import { extendMarkdown } from './markdown.js'
import { sidebar } from './sidebar.js'
import { base, repository } from './site.js'
import { slug } from './slug.js'

export default defineConfig({
  title: 'pino-handlers',
  description: "Every handler of Python's logging.handlers as a pino transport.",
  lang: 'en',
  base,
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: `${base}icon.svg` }]],
  cacheDir: '../node_modules/.cache/vitepress',
  markdown: {
    // The plain ones have words with less than the 4.5 to 1 that text should have.
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    anchor: { slugify: slug },
    // GitHub reads braces and colons as what they are.
    attrs: { disable: true },
    emoji: { enabled: [] },
    config: extendMarkdown,
  },
  themeConfig: {
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'From Python', link: '/from-python' },
      { text: 'Delivery', link: '/delivery' },
      { text: 'Changes', link: `${repository}/blob/main/CHANGELOG.md` },
    ],
    sidebar: sidebar.map(({ text, items }): DefaultTheme.SidebarItem => ({ text, items: [...items] })),
    outline: [2, 3],
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: repository }],
    editLink: { pattern: `${repository}/edit/main/docs/:path`, text: 'Edit this page on GitHub' },
    notFound: { title: 'Page not found', quote: 'There is no page at this address.', linkText: 'To the overview' },
    footer: { message: 'MIT licence' },
    externalLinkIcon: true,
  },
})
