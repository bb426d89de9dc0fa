// A file and the period that it is in.

import { statSync } from 'node:fs'
import { checkOption, type Monitor, PINO_SHAPE, type RecordShape, type Sink } from '@pino-handlers/core'
import { type LogFileSettings, openLogFile } from '@pino-handlers/core/file'
import {
  checkNamer,
  freePath,
  inAgeOrder,
  Rotation,
  type RotationSettings,
  rotatingSink,
  type Scheme,
  SharedFile,
  sizePlan,
  type Zone,
} from '@pino-handlers/core/rotation'
import { periodEnd } from './opening.js'
import type { Periods } from './periods.js'
import { type CurrentPeriod, timePlan } from './time-plan.js'

// Timers longer than 24 days overflow, and clocks are set: an hour is waited for at most.
const LONGEST_WAIT = 3_600_000

/** What a timed log is, beside its periods. */
export interface TimedSettings extends LogFileSettings, RotationSettings {
  readonly filename: string
  readonly maxBytes: number
  readonly rotateIdle: boolean
  /** Seconds. */
  readonly jitter: number
  readonly timeKey?: string | undefined
}

/** The sink of a log whose file rolls over into the next period. */
export function timedSink(settings: TimedSettings, periods: Periods, zone: Zone, monitor: Monitor): Sink {
  const { filename, namer, backupCount, maxFiles, maxAge, maxTotalBytes, maxBytes, shared, rotateIdle } = settings
  const naming = { filename, schedule: periods.schedule, namer }
  const shape: RecordShape = { ...PINO_SHAPE, timeKey: settings.timeKey ?? PINO_SHAPE.timeKey }
  const found = (now: number): number => periodEnd(naming, periods, shape, now)
  const jitter = Math.random() * settings.jitter
  let end = found(Date.now() / 1000)
  checkOption('timed-rotating-file', 'namer', () => {
    checkNamer(naming, [periods.labelOf(end), periods.labelOf(periods.endAfter(end))])
  })

  const scheme: Scheme = {
    naming,
    retention: { backupCount, maxFiles, maxAge, maxTotalBytes },
    makeRoom: (names) => freePath(naming, periods.labelOf(end), names),
    inOrder: (backups) => inAgeOrder(backups, periods.schedule, zone),
  }
  const rotation = new Rotation(scheme, settings, monitor)
  const sharedFile = shared ? new SharedFile(filename, () => findPeriod()) : undefined
  const isStill = (): boolean => sharedFile?.isStill() ?? true

  function findPeriod(): void {
    end = found(Date.now() / 1000)
  }

  const period: CurrentPeriod = {
    get end() {
      return end + jitter
    },
    get possible() {
      return rotation.possible
    },
    rollInto(instant) {
      // As in Python a file without records has its place among the backups, unless nobody asked for one yet.
      if (!settings.delay || hasRecords(filename)) rotation.roll('time', isStill)
      if (!rotation.possible) return
      // Where others roll over too, the file tells which period it has come to.
      end = shared ? found(instant) : periods.endAfter(instant)
    },
  }

  rotation.start()
  findPeriod()
  const cap = sizePlan(
    maxBytes || Number.POSITIVE_INFINITY,
    () => rotation.possible,
    () => rotation.roll('size', isStill),
  )
  const plan = timePlan(period, cap)
  const writer = openLogFile(settings, monitor, sharedFile?.plan(plan) ?? plan)
  const sink = rotatingSink(writer, rotation)
  if (!rotateIdle) return sink
  const stop = onTime(period, () => {
    if (hasRecords(filename)) writer.changeNow(() => period.rollInto(Date.now() / 1000))
  })
  return {
    ...sink,
    close: (signal) => {
      stop()
      return sink.close?.(signal)
    },
  }
}

// Calls `roll` at the end of each period, or until the returned function is called; keeps no process alive.
function onTime(period: CurrentPeriod, roll: () => void): () => void {
  let timer: NodeJS.Timeout
  const wait = (): void => {
    const rest = Math.max(1000, period.end * 1000 - Date.now())
    timer = setTimeout(check, Math.min(rest, LONGEST_WAIT)).unref()
  }
  const check = (): void => {
    if (Date.now() / 1000 >= period.end) roll()
    wait()
  }
  wait()
  return () => clearTimeout(timer)
}

function hasRecords(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false })
  return found !== undefined && found.isFile() && found.size > 0
}
