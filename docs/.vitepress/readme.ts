// Which part of a package's README a page of the site ends with: GitHub's readers follow a link, the site's need not.

/** A README and the part of it that a page shows. */
interface Shown {
  /** From the repository's root. */
  readonly path: string
  /** The heading that the part begins with; it ends before the licence. */
  readonly first: string
}

/** What a page, named by its path from docs/, ends with; most pages end with nothing more. */
export function readmeOf(page: string): Shown | undefined {
  if (page === 'core.md') return { path: 'packages/core/README.md', first: 'LogRecord' }
  const [, name] = /^handlers\/(.+)\.md$/.exec(page) ?? []
  return name === undefined ? undefined : { path: `packages/${name}/README.md`, first: 'Options' }
}

/** The part of a README from a heading to the licence. */
export function partOf(readme: string, first: string): string {
  const start = readme.indexOf(`\n## ${first}\n`)
  const end = readme.indexOf('\n## Licence\n')
  if (start < 0 || end < start) throw new Error(`the README has no part from "${first}" to "Licence"`)
  return readme.slice(start, end)
}
