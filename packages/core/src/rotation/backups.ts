// The files that a log file left behind when it rolled over: how they are named, which are ours, which have to go.

import { basename } from 'node:path'
import { COMPRESSED_ENDING } from './compression.js'
import { parseLabel, type Schedule } from './schedule.js'
import { instantOf, instantsOf, type Zone } from './zone.js'

/** How the backups of a log file are named. */
export interface Naming {
  /** The path of the log file. */
  readonly filename: string
  /** Backups are labelled with the periods of this schedule; without one they are numbered, 1 is the newest. */
  readonly schedule?: Schedule | undefined
  /** Gives a backup another name. Python: `handler.namer`. */
  readonly namer?: ((path: string) => string) | undefined
}

/** A backup. */
export interface Backup {
  /** Its name without folder, and without what its compression adds. */
  readonly name: string
  /** The names that it has in the folder: plain, compressed, or both. */
  readonly files: readonly string[]
  /** The label of its period, or its number. */
  readonly label: string
  /** Its place among the backups with the same label: 0, 1, 2. */
  readonly index: number
}

// What the compression of a backup adds to its name.
const COMPRESSED: readonly string[] = Object.values(COMPRESSED_ENDING)

// A date without hyphens is no number of a backup.
const NUMBER = /^[1-9]\d{0,4}$/
const NUMBERS = /(?<!\d)[1-9]\d{0,4}(?!\d)/g

/** The path of a backup. Python: `handler.rotation_filename`. */
export function backupPath({ filename, namer }: Naming, label: string, index = 0): string {
  const path = index === 0 ? `${filename}.${label}` : `${filename}.${label}.${index}`
  return namer ? namer(path) : path
}

/** The backups among the names in a folder, oldest first. A name is ours when we would have given it, and not otherwise. */
export function ownBackups(naming: Naming, names: readonly string[]): Backup[] {
  const found = new Map<string, Omit<Backup, 'files'> & { readonly files: string[] }>()
  const recognise = recogniser(naming)
  for (const file of names) {
    const own = recognise(file)
    const before = own && found.get(own.name)
    if (before) before.files.push(file)
    else if (own) found.set(own.name, { ...own, files: [file] })
  }
  return [...found.values()].sort(naming.schedule ? byLabel : byNumber)
}

/**
 * The path for a new backup with a label: the plain one, or the next index after those that are there already, so that
 * it is also the newest. `names` are those in the folder that it goes to.
 */
export function freePath(naming: Naming, label: string, names: readonly string[]): string {
  const taken = new Set([...names, basename(naming.filename)].flatMap((name) => [name, stemOf(name)]))
  const indexes = ownBackups(naming, names).flatMap((backup) => (backup.label === label ? [backup.index] : []))
  for (let index = Math.max(-1, ...indexes) + 1; ; index++) {
    const path = backupPath(naming, label, index)
    if (!taken.has(basename(path))) return path
    if (backupPath(naming, label, index + 1) !== path) continue
    throw new Error(`namer returns '${path}' for two files, the backups ${index} and ${index + 1} of ${label}`)
  }
}

/**
 * Labelled backups by their age, oldest first: as {@link ownBackups} lists them, but for the hour that clocks repeat,
 * where the time of the last record tells on which round a label was given.
 */
export function inAgeOrder<T extends Backup & { readonly time: number }>(
  backups: readonly T[],
  schedule: Schedule,
  zone: Zone,
): T[] {
  const start = ({ label, time }: T): number => {
    const wall = parseLabel(schedule, label) ?? 0
    return instantsOf(zone, wall).findLast((instant) => instant <= time) ?? instantOf(zone, wall)
  }
  return backups
    .map((backup) => ({ backup, start: start(backup) }))
    .sort((a, b) => a.start - b.start || byLabel(a.backup, b.backup))
    .map(({ backup }) => backup)
}

// Whether a file is a backup, and which: what label and index may be in its name has to give that name again.
function recogniser(naming: Naming): (file: string) => Omit<Backup, 'files'> | undefined {
  const { filename, schedule, namer } = naming
  const base = basename(filename)
  const labelled = schedule && labelledIn(schedule)
  const recognise = (name: string): Omit<Backup, 'files'> | undefined => {
    if (name === base || !(namer || name.startsWith(`${base}.`))) return undefined
    if (!schedule && !namer) {
      // Nothing but its number follows the name: where there are thousands they are found quickly.
      const label = name.slice(base.length + 1)
      return NUMBER.test(label) ? { name, label, index: 0 } : undefined
    }
    const candidates = labelled ? labelled(name) : numbersIn(name).map((label) => ({ label, index: 0 }))
    const own = candidates.find(({ label, index }) => basename(backupPath(naming, label, index)) === name)
    return own && { name, ...own }
  }
  // A namer may end its names as a compression does.
  return (file) => recognise(file) ?? recognise(stemOf(file))
}

// A namer may have put label and index anywhere in the name, and changed all the rest.
function labelledIn(schedule: Schedule): (name: string) => { label: string; index: number }[] {
  const labelsIn = labelFinder(schedule)
  return (name) =>
    labelsIn(name)
      .filter((label) => parseLabel(schedule, label) !== undefined)
      .flatMap((label) =>
        ['0', ...numbersIn(name.replace(label, ''))].map((index) => ({ label, index: Number(index) })),
      )
}

function numbersIn(name: string): string[] {
  return name.match(NUMBERS) ?? []
}

/** Finds what looks like a label in a name, by its digits alone. Python: `handler.extMatch`. */
export function labelFinder({ suffix }: Schedule): (name: string) => string[] {
  const digits = suffix.replace('%Y', '\\d{4}').replaceAll(/%[a-z]/gi, '\\d{2}')
  // Labels may overlap: a look-ahead takes nothing away from the next one.
  const pattern = new RegExp(`(?<!\\d)(?=(${digits})(?!\\d))`, 'g')
  return (name) => Array.from(name.matchAll(pattern), ([, label = '']) => label)
}

function stemOf(file: string): string {
  const ending = COMPRESSED.find((ending) => file.endsWith(ending))
  return ending === undefined ? file : file.slice(0, -ending.length)
}

// The digits of a label sort as its time.
function byLabel(a: Backup, b: Backup): number {
  if (a.label !== b.label) return a.label < b.label ? -1 : 1
  return a.index - b.index
}

// Numbers without leading zeros: the one with more digits is the larger.
function byNumber(a: Backup, b: Backup): number {
  return b.label.length - a.label.length || (a.label < b.label ? 1 : -1)
}
