// Where the documentation site is, and where the repository that it is made of.

/** The repository, whose files the site links to. */
export const repository = 'https://github.com/pino-handlers/pino-handlers'

/** The path below which the site is published. */
export const base = '/pino-handlers/'

/** Where VitePress builds it, from the root of the workspace. */
export const built = 'docs/.vitepress/dist'
