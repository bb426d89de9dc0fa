// The anchors of headings, as GitHub makes them, so that a link works there and on the site.

/** The anchor of a heading that is the first of its name on its page: lower case, hyphens for spaces, no punctuation. */
export function slug(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-')
}
