// The accounts as a table.

import { type Account, droppedOf } from './account.js'

const HEAD = ['handler', 'sent', 'filtered', 'received', 'delivered', 'dropped', 'found', 'where to look']

/** A line for each account, numbers to the right. */
export function table(accounts: readonly Account[]): string {
  return aligned([HEAD, ...accounts.map(cells)], isText)
}

/** Rows of cells under their heads; what is no text stands to the right. */
export function aligned(
  rows: readonly (readonly string[])[],
  isText: (column: number) => boolean = (column) => column === 0,
): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) =>
    row.map((cell, column) => (isText(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))),
  )
  const rule = widths.map((width) => '─'.repeat(width))
  return [lines[0] ?? [], rule, ...lines.slice(1)].map((line) => line.join('  ').trimEnd()).join('\n')
}

function cells({ handler, sent, stats, found, where }: Account): string[] {
  const numbers = [sent, stats?.filtered, stats?.received, stats?.delivered, stats && droppedOf(stats), found]
  return [handler, ...numbers.map((number) => String(number ?? '-')), where]
}

function isText(column: number): boolean {
  return column === 0 || column === HEAD.length - 1
}
