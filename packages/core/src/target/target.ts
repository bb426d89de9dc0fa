// The option `target`: a stream for lines, as pino's transports name it or as an object.

import { isObject } from '../is-object.js'
import { type Level, levelCheck } from '../levels.js'
import { type Check, type Given, parseAll, show } from '../options.js'
import { loadTarget } from './load-target.js'
import { isTargetStream, type TargetStream } from './target-stream.js'

/** A target as pino's transports take it. */
export interface TargetSpec {
  /** The module whose default export makes the stream: a package, a path, a file: URL, or 'pino/file'. */
  target: string
  /** What its function is called with. */
  options?: object
  /** Records of this level and above only. */
  level?: Level
}

/** A target after its check. */
export interface Target {
  /** As it stands in messages: the module's name, or the stream's class. */
  readonly label: string
  /** pino's number. Default: every level. */
  readonly level?: number | undefined
  /** A stream that somebody else owns. */
  readonly stream?: TargetStream
  /** Makes a stream; throws or rejects when it cannot be made. */
  readonly open?: () => TargetStream | Promise<TargetStream>
}

const specChecks = {
  target: { expected: 'the name of a module', parse: (value) => (isName(value) ? value : undefined) },
  options: {
    expected: 'an object',
    parse: (value) => (isObject(value) ? value : undefined),
  },
} satisfies Partial<Record<keyof TargetSpec, Check<unknown>>>

/** The check for an option that is a target; a module that cannot be found is a wrong value. */
export const targetCheck: Check<Target> = {
  expected: "{ target, options, level } as in pino's transports, or a stream",
  parse: (value, given) => (isTargetStream(value) ? liveTarget(value) : parseSpec(value, given)),
}

/** A stream of the application as a target. */
export function liveTarget(stream: TargetStream): Target {
  return { label: stream.constructor?.name || 'stream', stream }
}

/** What pino's `{ target, options, level }` stands for; throws an Error that continues the sentence `option "x" ...`. */
export function parseSpec(value: unknown, given: Given): Target | undefined {
  if (!isObject(value) || !('target' in value)) return undefined
  let spec: Readonly<Record<string, unknown>>
  try {
    // Labels of levels are among the options of the handler.
    const level = { ...levelCheck, parse: (each: unknown) => levelCheck.parse(each, given) }
    spec = parseAll({ ...specChecks, level }, { ...value })
  } catch (error) {
    throw new Error(`is wrong: ${error instanceof Error ? error.message : show(error)}`, { cause: error })
  }
  const { target, options, level } = spec
  if (!isName(target)) return undefined
  return {
    label: target,
    level: typeof level === 'number' ? level : undefined,
    open: loadTarget(target, isObject(options) ? options : {}),
  }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
