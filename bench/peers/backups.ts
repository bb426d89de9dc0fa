// Rollovers, in turn with the bare renames that each of them needs, and the new file.

import { once } from 'node:events'
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import rotatingFile from '@pino-handlers/rotating-file'
import type { Caps } from '../job.js'
import { report } from '../report.js'
import { median } from '../statistics.js'

const TIMES = 100

await report(async ({ file, caps = { maxBytes: 0, backupCount: 0 } }) => {
  // A second one is more than the cap.
  const line = `${JSON.stringify({ level: 30, time: Date.now(), msg: '#'.repeat(caps.maxBytes / 2) })}\n`
  const rolling = fill(pathIn('rolling', file), line, caps)
  const renamed = fill(pathIn('renamed', file), line, caps)
  const handler = rotatingFile({ filename: rolling, ...caps })
  let rolled = 0
  handler.on('rotate', () => rolled++)
  const rollovers: number[] = []
  const renames: number[] = []
  for (let n = 0; n < TIMES; n++) {
    rollovers.push(time(() => handler.write(line)))
    renames.push(time(() => renameAll(renamed, caps.backupCount, line)))
  }
  if (rolled !== TIMES) throw new Error(`${rolled} rollovers instead of ${TIMES}`)
  handler.end()
  await once(handler, 'close')
  for (const path of [rolling, renamed]) rmSync(dirname(path), { recursive: true })
  const [rollover, bare] = [median(rollovers), median(renames)]
  const beyond = rollover - bare
  return { rollover, renames: bare, beyond, each: beyond / caps.backupCount, ratio: rollover / bare }
})

function pathIn(folder: string, file: string): string {
  return join(dirname(file), folder, basename(file))
}

// A file with all its backups.
function fill(path: string, line: string, { backupCount }: Caps): string {
  mkdirSync(dirname(path))
  writeFileSync(path, line)
  for (let n = 1; n <= backupCount; n++) writeFileSync(`${path}.${n}`, line)
  return path
}

function renameAll(path: string, backupCount: number, line: string): void {
  for (let n = backupCount - 1; n > 0; n--) renameSync(`${path}.${n}`, `${path}.${n + 1}`)
  renameSync(path, `${path}.1`)
  writeFileSync(path, line)
}

// Microseconds.
function time(action: () => void): number {
  const start = performance.now()
  action()
  return (performance.now() - start) * 1000
}
