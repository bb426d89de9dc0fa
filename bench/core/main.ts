// Times every step in turn, in one process.

import { setImmediate } from 'node:timers/promises'
import { read } from '../measure.js'
import { report } from '../report.js'
import type { Figures } from '../scenario.js'
import { cutChunks, wholeChunks } from './chunks.js'
import type { Step } from './step.js'
import { steps } from './steps.js'

await report(async ({ records }) => {
  const whole = wholeChunks()
  const cut = cutChunks()
  const lines = whole.join('').split('\n').length - 1
  const results: Record<string, Figures> = {}
  for (const [name, open] of Object.entries(steps)) {
    const chunks = name.includes('cut') ? cut : whole
    // Once for the compiler, once for the clock.
    await time(open(), chunks, 1)
    results[name] = await time(open(), chunks, Math.ceil(records / lines))
  }
  return results
})

async function time(step: Step, chunks: readonly string[], times: number): Promise<Figures> {
  const before = read()
  for (let n = 0; n < times; n++) {
    for (const chunk of chunks) {
      if (!step.write(chunk)) await setImmediate()
    }
    await setImmediate()
  }
  const lines = await step.end()
  const after = read()
  const wall = ((after.clock - before.clock) * 1000) / lines
  return { wall, cpu: ((after.cpu - before.cpu) * 1000) / lines, rate: 1 / wall }
}
