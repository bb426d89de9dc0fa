// What a mail says: records, those before them, digests; as text and as HTML.

import { type Digest, type Group, period, summaryOf } from './digest.js'

/** A record with those of lower level that came before it, as the text of a mail. */
export function recordText(text: string, context: readonly string[]): string {
  return context.length === 0 ? text : [text, '', contextTitle(context), '', ...context].join('\n')
}

/** The same as HTML. */
export function recordHtml(text: string, context: readonly string[]): string {
  const before = context.length === 0 ? '' : `<h3>${contextTitle(context)}</h3>${preformatted(context.join('\n'))}`
  return page(`${preformatted(text)}${before}`)
}

/** A digest as the text of a mail. */
export function digestText(digest: Digest): string {
  const groups = digest.groups.map((group) => [titleOf(group), ...group.samples.map(indented)].join('\n\n'))
  return [summaryOf(digest), ...groups].join('\n\n')
}

/** The same as HTML. */
export function digestHtml(digest: Digest): string {
  const rows = digest.groups.map(({ title, count, first, last }) => {
    const cells = [count, title, new Date(first).toISOString(), new Date(last).toISOString()]
    return `<tr>${cells.map((cell) => `<td>${escaped(String(cell))}</td>`).join('')}</tr>`
  })
  const head = '<tr><th>count</th><th>what</th><th>first</th><th>last</th></tr>'
  const samples = digest.groups.map(
    (group) => `<h3>${escaped(group.title)}</h3>${group.samples.map(preformatted).join('')}`,
  )
  return page(`<p>${escaped(summaryOf(digest))}</p><table>${head}${rows.join('')}</table>${samples.join('')}`)
}

function contextTitle({ length }: readonly string[]): string {
  return length === 1 ? 'The record before it:' : `The ${length} records before it:`
}

function titleOf({ title, count, first, last }: Group): string {
  return `${count} x ${title}\n  ${period(first, last)}`
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '  ')
}

function page(body: string): string {
  return `<!doctype html><html><body>${body}</body></html>`
}

function preformatted(text: string): string {
  return `<pre>${escaped(text)}</pre>`
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? character)
}
