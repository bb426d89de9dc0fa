// Records that go out in one mail: counted by what they have in common, some of them shown.

import { recordCount } from '@pino-handlers/core'

/** What a {@link Digest} keeps of a record. */
export interface DigestRecord {
  readonly fingerprint: string
  readonly levelname: string
  /** The message, of which the first line is shown. */
  readonly message: string
  /** The record as a mail of its own would have it. */
  readonly text: string
  /** When it was made, in milliseconds since the epoch. */
  readonly time: number
}

/** Records of one kind. */
export interface Group {
  readonly title: string
  count: number
  first: number
  last: number
  readonly samples: string[]
}

// However many records there are and however different, a digest has a bounded size.
const MAX_GROUPS = 200
const MAX_SAMPLES = 3
const MAX_SAMPLE = 4000
const MAX_TITLE = 200

/** Records that wait for one mail. */
export class Digest {
  readonly #groups = new Map<string, Group>()
  // Those of too many kinds.
  #others: Group | undefined
  #count = 0

  /** How many records it has. */
  get count(): number {
    return this.#count
  }

  /** The kinds of records, the most frequent first. */
  get groups(): readonly Group[] {
    const groups = [...this.#groups.values()].sort((a, b) => b.count - a.count)
    return this.#others ? [...groups, this.#others] : groups
  }

  add(record: DigestRecord): void {
    const group = this.#groupOf(record)
    this.#count++
    group.count++
    group.first = Math.min(group.first, record.time)
    group.last = Math.max(group.last, record.time)
    if (group.samples.length < MAX_SAMPLES) group.samples.push(cut(record.text, MAX_SAMPLE))
  }

  #groupOf(record: DigestRecord): Group {
    const known = this.#groups.get(record.fingerprint)
    if (known) return known
    if (this.#groups.size >= MAX_GROUPS) {
      this.#others ??= groupOf('records of other kinds', record.time)
      return this.#others
    }
    const [line = ''] = record.message.split(/[\r\n]/, 1)
    const group = groupOf(`${record.levelname} ${cut(line, MAX_TITLE)}`, record.time)
    this.#groups.set(record.fingerprint, group)
    return group
  }
}

/** The line that stands above a digest. */
export function summaryOf(digest: Digest): string {
  const { groups, count } = digest
  const first = Math.min(...groups.map((group) => group.first))
  const last = Math.max(...groups.map((group) => group.last))
  const kinds = groups.length === 1 ? '1 kind' : `${groups.length} kinds`
  return `${recordCount(count)} of ${kinds}, ${period(first, last)}`
}

/** When the records of a group were made. */
export function period(first: number, last: number): string {
  const from = new Date(first).toISOString()
  return first === last ? `at ${from}` : `from ${from} to ${new Date(last).toISOString()}`
}

function groupOf(title: string, time: number): Group {
  return { title, count: 0, first: time, last: time, samples: [] }
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text
}
