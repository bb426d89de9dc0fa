// What a process holds on to, as against what its garbage collector leaves lying about.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

let collect: (() => void) | undefined

/**
 * Megabytes that are still referred to, on the heap and outside it. The memory that the system counts is no measure:
 * what is free of it, and when it is given back, differs from one version of Node and from one run to the next.
 */
export function memoryInUse(): number {
  if (!collect) {
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as () => void
  }
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / 1e6
}
