// Records to nowhere.

import {
  type Batch,
  type Checks,
  type CommonJs,
  type CommonOptions,
  commonChecks,
  commonDefaults,
  count,
  Handler,
  type Monitor,
  type OptionTable,
  optionTable,
  resolveOptions,
  type Sink,
  type WorkerTarget,
  workerTarget,
} from '@pino-handlers/core'

/** Options of {@link nullHandler}. */
export interface NullOptions extends CommonOptions {
  /** Milliseconds that each batch takes, to rehearse a slow destination. Not in Python. */
  delayMs?: number
  /** Each n-th record fails, to rehearse a failing destination; 0 never. Not in Python. */
  failEvery?: number
}

const checks = { delayMs: count, failEvery: count, ...commonChecks } satisfies Checks<NullOptions>
const defaults = { delayMs: 0, failEvery: 0, ...commonDefaults }

/** The options of this handler as data, for documentation and command lines. */
export const options: OptionTable = optionTable(checks, defaults)

/** Discards records and counts them. Throws a HandlerOptionError for a wrong option. Python: `logging.NullHandler`. */
export default function nullHandler(options?: NullOptions): Handler {
  const settings = resolveOptions('null', checks, defaults, options)
  return new Handler({ name: 'null', settings }, (monitor) => createSink(settings, monitor))
}

/** {@link nullHandler} as a target of `pino.transport()`, with options that are checked at once. */
export function nullTarget(options?: NullOptions, level?: string): WorkerTarget {
  return workerTarget('null', import.meta.url, { options, level }, () =>
    resolveOptions('null', checks, defaults, options),
  )
}

function createSink({ delayMs, failEvery }: { delayMs: number; failEvery: number }, monitor: Monitor): Sink {
  let seen = 0
  const settle = (batch: Batch): void => {
    const failed = failEvery === 0 ? 0 : Math.floor((seen + batch.count) / failEvery) - Math.floor(seen / failEvery)
    seen += batch.count
    if (failed > 0) monitor.failure('rehearsal', new Error(`every ${failEvery}. record fails, as failEvery asks for`))
    monitor.dropped(failed, 'rehearsal')
    monitor.delivered(batch.count - failed)
  }
  let timer: NodeJS.Timeout | undefined
  const later = (batch: Batch): Promise<void> =>
    new Promise((resolve) => {
      timer = setTimeout(() => resolve(settle(batch)), delayMs)
    })
  return { settles: true, write: delayMs === 0 ? settle : later, close: () => clearTimeout(timer) }
}

// What require() gives has the other exports as properties.
const commonJs: CommonJs<typeof nullHandler, typeof import('./index.js')> = Object.assign(nullHandler, {
  nullHandler,
  nullTarget,
  options,
})

export { commonJs as 'module.exports', nullHandler }
