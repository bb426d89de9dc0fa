// Runs a program of this folder in a fresh process and waits for its result.

import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Job } from './job.js'

/** @param program its path from this folder, without extension */
export function runChild<Result>(program: string, job: Job): Promise<Result> {
  const path = fileURLToPath(new URL(`./${program}.js`, import.meta.url))
  const child = fork(path, [JSON.stringify(job)], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
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
