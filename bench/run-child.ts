// Runs a program of this folder in a fresh process and waits for its result.

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Job } from './job.js'

// Far more than any of them takes: one that hangs must not keep those after it from their turn.
const TIMEOUT = 300_000

/**
 * Rejects if the program ends without a result.
 * @param program its path from this folder, without extension
 * @param into a file that the program's stdout goes to, through a pipe and `cat`
 */
export function runChild<Result>(program: string, job: Job, into?: string): Promise<Result> {
  const path = fileURLToPath(new URL(`./${program}.js`, import.meta.url))
  const command = [process.execPath, path, JSON.stringify(job)]
  const [file = '', ...args] = into === undefined ? command : ['sh', '-c', '"$@" | cat > "$0"', into, ...command]
  const stdio = ['ignore', 'inherit', 'inherit', 'ipc'] as const
  const child = spawn(file, args, { stdio: [...stdio], timeout: TIMEOUT, killSignal: 'SIGKILL' })
  return new Promise((resolve, reject) => {
    let result: Result | undefined
    child.on('message', (message) => {
      result = message as Result
    })
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      if (result !== undefined) resolve(result)
      else reject(new Error(`${program} ended with ${signal ?? code} and no result`))
    })
  })
}
