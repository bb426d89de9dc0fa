// The option `handlers`: where records go, each with its levels and what stands in for it.

import { basename } from 'node:path'
import { type Check, isObject, type Level, levelCheck, name as nameCheck, show, toError } from '@pino-handlers/core'
import {
  isTargetStream,
  type LevelRange,
  liveTarget,
  parseSpec,
  type Target,
  type TargetSpec,
  type TargetStream,
} from '@pino-handlers/core/target'

/** What a handler is narrowed by, and what becomes of its records when it fails for good. */
export interface HandlerExtras {
  /** Records of this level and above only. Python: `Handler.setLevel`. */
  level?: Level
  /** Records up to this level only. */
  maxLevel?: Level
  /** The name that it has in messages, stats and events. Default: the target's. */
  name?: string
  /**
   * Takes the records while this handler is left alone after too many failures, or is one of this family and cannot reach
   * its destination; it may have a fallback as well.
   */
  fallback?: HandlerSpec
}

/** A handler, as one of pino's `targets`, as one of the streams of `pino.multistream`, or in-process a stream alone. */
export type HandlerSpec = (TargetSpec & HandlerExtras) | ({ stream: TargetStream } & HandlerExtras) | TargetStream

/** A {@link HandlerSpec} after its check. */
export interface HandlerEntry {
  readonly name: string
  readonly target: Target
  readonly range: LevelRange
  readonly fallback: HandlerEntry | undefined
}

type Given = Readonly<Record<string, unknown>>

const KEYS = ['target', 'options', 'stream', 'level', 'maxLevel', 'name', 'fallback']

/** The check of the option `handlers`; afterwards each has a name that no other has. */
export const handlersCheck: Check<readonly HandlerEntry[]> = {
  expected: 'a list of { target, options, level, maxLevel, name, fallback }, or of streams',
  parse(value, given) {
    if (!Array.isArray(value)) return undefined
    if (value.length === 0) throw new Error('is an empty list; there must be at least one handler')
    const entries = value.map((each: unknown, index) => parseEntry(each, given, `[${index}]`))
    return entries.map((entry, index) => ({ ...entry, name: uniqueName(entries, index) }))
  },
}

/** Whether it takes records of some levels only. */
export function hasLevels({ range }: HandlerEntry): boolean {
  return range.level !== undefined || range.maxLevel !== undefined
}

/** The same for records of all levels. */
export function withoutLevels(entry: HandlerEntry): HandlerEntry {
  return { ...entry, range: {} }
}

function parseEntry(value: unknown, given: Given, where: string): HandlerEntry {
  if (isTargetStream(value)) return entryOf(liveTarget(value))
  if (!isObject(value) || !('target' in value || 'stream' in value)) {
    throw new Error(`at ${where} must be { target, options } or a stream, got ${show(value)}`)
  }
  const { level, maxLevel, name, fallback, ...target } = value
  const other = fallback === undefined ? undefined : parseEntry(fallback, given, `${where}.fallback`)
  if (other && hasLevels(other)) {
    throw new Error(`at ${where}.fallback is wrong: a fallback has the levels of what it stands in for`)
  }
  try {
    const [unknown] = Object.keys(value).filter((key) => !KEYS.includes(key))
    if (unknown !== undefined) throw new Error(`is wrong: unknown option "${unknown}"; there are ${KEYS.join(', ')}`)
    const range = {
      level: checked('level', levelCheck, level, given),
      maxLevel: checked('maxLevel', levelCheck, maxLevel, given),
    }
    const { level: least = 0, maxLevel: most = least } = range
    if (most < least) throw new Error(`is wrong: maxLevel ${show(maxLevel)} is below level ${show(level)}`)
    return entryOf(parseTarget(target, given), checked('name', nameCheck, name, given), range, other)
  } catch (error) {
    throw new Error(`at ${where} ${toError(error).message}`, { cause: error })
  }
}

function entryOf(target: Target, name = nameOf(target), range: LevelRange = {}, fallback?: HandlerEntry): HandlerEntry {
  return { name, target, range, fallback }
}

function checked<T>(option: string, check: Check<T>, value: unknown, given: Given): T | undefined {
  const parsed = value === undefined ? undefined : check.parse(value, given)
  if (value !== undefined && parsed === undefined) {
    throw new Error(`is wrong: option "${option}" must be ${check.expected}, got ${show(value)}`)
  }
  return parsed
}

function parseTarget({ stream, ...spec }: Given, given: Given): Target {
  const target = stream === undefined ? parseSpec(spec, given) : undefined
  if (target) return target
  const [more] = Object.keys(spec)
  if (isTargetStream(stream) && more === undefined) return liveTarget(stream)
  throw new Error(
    isTargetStream(stream) ? `is wrong: a stream takes no option "${more}"` : `is wrong: ${show(stream)} is no stream`,
  )
}

// `@pino-handlers/file`, `./lib/file.js` and `.../file/dist/index.js` are all called file; `pino/file` as well.
function nameOf({ label }: Target): string {
  const path = label.replace(/([/\\](dist|lib|src))?[/\\]index\.[cm]?[jt]s$/, '')
  return basename(path).replace(/\.[cm]?[jt]s$/, '')
}

function uniqueName(entries: readonly HandlerEntry[], index: number): string {
  const name = entries[index]?.name ?? ''
  const before = entries.slice(0, index).filter((entry) => entry.name === name).length
  return before === 0 ? name : `${name}-${before + 1}`
}
