// What a process has used so far: its clock, its main thread, all its threads, its memory.

import { readFileSync } from 'node:fs'

export interface Reading {
  /** Milliseconds, by the clock that processes share. */
  readonly clock: number
  /** Milliseconds of CPU of the main thread; NaN where it cannot be told. */
  readonly main: number
  /** Milliseconds of CPU of all threads, user and system. */
  readonly cpu: number
}

export function read(): Reading {
  const { user, system } = process.cpuUsage()
  return { clock: monotonic(), main: mainThreadCpu(), cpu: (user + system) / 1000 }
}

/** Milliseconds by a clock that all processes of the machine share; Python's `time.monotonic` in seconds. */
export function monotonic(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/** The most memory that the process ever had, in MB. */
export function peakMemory(): number {
  return process.resourceUsage().maxRSS / 1024
}

// Newer Nodes tell; before that Linux does, whose first task is the main thread.
function mainThreadCpu(): number {
  if ('threadCpuUsage' in process && typeof process.threadCpuUsage === 'function') {
    const { user, system } = process.threadCpuUsage()
    return (user + system) / 1000
  }
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1').split(' ')[0]) / 1e6
  } catch {
    return Number.NaN
  }
}
