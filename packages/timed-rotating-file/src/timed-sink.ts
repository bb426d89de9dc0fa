// A file and the period that it is in.

import { statSync } from 'node:fs'
import { checkOption, type Monitor, PINO_SHAPE, type RecordShape, type Sink } from '@pino-handlers/core'
import { type LogFileSettings, openLogFile, type Plan } from '@pino-handlers/core/file'
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
import { type CurrentPeriod, timeOf, timePlan } from './time-plan.js'

// Timers longer than 24 days overflow, and clocks are set: an hour is waited for at most.
const LONGEST_WAIT = 3_600_000

// Where the file could not be rolled over, the next look comes after this many milliseconds.
const RETRY = 1000

// Two periods one after the other may have the same label, in the hour that clocks repeat or within a minute.
const TWO_DAYS = 2 * 86_400

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
  // Where others roll over too, the file tells which period it has come to.
  const found = (instant: number, over: number): number =>
    periodEnd(naming, periods, shape, Date.now() / 1000, shared ? { instant, over } : undefined)
  const jitter = Math.random() * settings.jitter
  let end = found(Date.now() / 1000, 0)
  checkOption('timed-rotating-file', 'namer', () => {
    checkNamer(naming, [periods.labelOf(end), periods.labelOf(periods.endAfter(end + TWO_DAYS))])
  })

  const scheme: Scheme = {
    naming,
    retention: { backupCount, maxFiles, maxAge, maxTotalBytes },
    makeRoom: (names) => freePath(naming, periods.labelOf(end), names),
    inOrder: (backups) => inAgeOrder(backups, periods.schedule, zone),
  }
  const rotation = new Rotation(scheme, settings, monitor)
  const sharedFile = shared ? new SharedFile(filename, (parcel) => follow(timeOf(parcel, 0))) : undefined
  const isStill = (): boolean => sharedFile?.isStill() ?? true

  function findPeriod(): void {
    end = found(Date.now() / 1000, 0)
  }

  function follow(instant: number): void {
    end = found(instant, end)
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
      sharedFile?.forget()
      if (shared) follow(instant)
      else end = periods.endAfter(instant)
    },
  }

  rotation.start()
  findPeriod()
  const rollBySize = (): void => rotation.roll('size', isStill)
  const cap = maxBytes > 0 ? sizePlan(maxBytes, () => rotation.possible, rollBySize) : whole
  const plan = timePlan(period, cap)
  const writer = openLogFile(settings, monitor, sharedFile?.plan(plan) ?? plan)
  const sink = rotatingSink(writer, rotation)
  const stop = rotateIdle ? onTime(period, rollIdle) : () => {}

  // No backup is made of a file that nothing came to, nor of one that another process has begun since.
  function rollIdle(): void {
    const now = Date.now() / 1000
    writer.flushSync()
    sharedFile?.look()
    if (shared) follow(now)
    if (now < period.end) return
    if (hasRecords(filename)) writer.changeNow(() => period.rollInto(now))
    else findPeriod()
  }

  return {
    ...sink,
    command(name) {
      sink.command?.(name)
      // A file that was over, and is a backup now, leaves no period behind.
      if (rotation.possible && Date.now() / 1000 >= period.end && !hasRecords(filename)) findPeriod()
    },
    close(signal) {
      stop()
      return sink.close?.(signal)
    },
  }
}

const whole: Plan = ({ parcel }) => ({ head: parcel })

// Calls `roll` at the end of each period, or until the returned function is called; keeps no process alive.
function onTime(period: CurrentPeriod, roll: () => void): () => void {
  let timer: NodeJS.Timeout
  const wait = (): void => {
    const rest = Math.ceil(period.end * 1000 - Date.now())
    timer = setTimeout(check, rest > 0 ? Math.min(rest, LONGEST_WAIT) : RETRY).unref()
  }
  const check = (): void => {
    if (period.possible && Date.now() / 1000 >= period.end) roll()
    wait()
  }
  wait()
  return () => clearTimeout(timer)
}

function hasRecords(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false })
  return found?.isFile() === true && found.size > 0
}
