// What the READMEs say of options that several handlers have, and what the manual says of lost records.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { engines, filesIn, packages, root } from '../scripts/sources.js'

// Where an option has to say what it means for one handler, in the place of the dots.
const SHARED: Readonly<Record<string, string>> = {
  closeTimeout: 'Seconds that closing may take; what is left then is counted as dropped…',
  customLevels: "Labels of your own levels, as pino's `customLevels`…",
  formatter: 'How a record becomes …',
  level: 'Handle records of this level and above… Python: `setLevel`.',
  maxQueueBytes: 'Bytes of … to hold …',
  maxQueueRecords: 'Records to hold …meanwhile, if that is to be limited too…',
  nestedKey: "Where merged objects are, as pino's `nestedKey`…",
  overflow:
    "What goes when …: the oldest, what comes, the oldest below `protectLevel` first; 'block' lets pino …wait. Not in Python.",
  reportDrops: '… a record "N records dropped between T1 and T2" when … again. Not in Python.',
  retryFactor: 'How many times longer each pause is than the one before. …',
  retryMax: 'Seconds that no pause but the first exceeds, give or take half. …',
  retryStart: 'Seconds until …, give or take half. …',
  timeKey: 'Where the time is; else `time`.…',
}
// The same word in Python for different things, and what only sounds alike.
const OWN = ['flushInterval', 'flushLevel', 'format', 'host', 'maxBytes', 'mode', 'tls']

const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const handlers = packages.filter((name) => !['core', 'pino-handlers', ...engines].includes(name))

describe('an option of several handlers', () => {
  const meanings = new Map<string, string[]>()
  for (const handler of handlers) {
    for (const [option, , , meaning] of rowsOf(read(`packages/${handler}/README.md`), '| option |')) {
      if (option && meaning) meanings.set(option, [...(meanings.get(option) ?? []), meaning])
    }
  }

  for (const [option, texts] of meanings) {
    if (texts.length < 3 || OWN.includes(option)) continue
    it(`means the same everywhere: ${option}`, () => {
      const others = texts.filter((text) => !fits(text, SHARED[option] ?? texts[0] ?? ''))
      assert.deepEqual(others, [])
    })
  }
})

describe('lost records', () => {
  // `dropped(count, 'reason')` and its like, and the flight recorder's list of reasons.
  const CALL = /\.#?(?:dropped|settleRest|giveUp|drop|lost|undelivered|letGo)\(\s*(?:[^()']|\([^()']*\))*'([a-z ]+)'/g
  const LIST = /readonly dropped: \{ ((?:[a-z]+: number(?:; )?)+) \}/
  const sources = packages.flatMap((name) =>
    filesIn(`packages/${name}/src`).map((path) => ({ name, code: read(path) })),
  )
  const counted = sources.flatMap(({ name, code }) => [
    ...Array.from(code.matchAll(CALL), ({ 1: reason = '' }) => ({ name, reason })),
    ...(LIST.exec(code)?.[1] ?? '')
      .split('; ')
      .filter((entry) => entry !== '')
      .map((entry) => ({ name, reason: entry.replace(': number', '') })),
  ])
  const documented = rowsOf(read('docs/events-and-stats.md'), '| reason |').flatMap(([reasons = '', by = '']) =>
    reasons.split(', ').map((reason) => ({ reason, by })),
  )

  it('have the reasons that the manual names, and no others', () => {
    assert.deepEqual(
      [...new Set(counted.map(({ reason }) => reason))].sort(),
      documented.map(({ reason }) => reason).sort(),
    )
  })

  it('are counted by those that the manual names', () => {
    const unnamed = counted.filter(({ name, reason }) => {
      const by = documented.find((row) => row.reason === reason)?.by ?? ''
      return name !== 'core' && by !== 'every handler' && !by.split(', ').includes(name)
    })
    assert.deepEqual(unnamed, [])
  })
})

/** The cells of the rows of the table that begins with `head`, without the marks of code around the first cell's names. */
function rowsOf(text: string, head: string): string[][] {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => line.startsWith(head))
  const rest = start === -1 ? [] : lines.slice(start + 2)
  const end = rest.findIndex((line) => !line.startsWith('|'))
  return rest.slice(0, end === -1 ? rest.length : end).map((line) => {
    const [first = '', ...others] = line.split(/(?<!\\)\|/).slice(1, -1)
    return [first.replaceAll('`', '').trim(), ...others.map((cell) => cell.trim())]
  })
}

function fits(text: string, template: string): boolean {
  const parts = template.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(`^${parts.join('.*')}$`).test(text)
}
