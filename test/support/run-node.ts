// Programs in processes of their own, since a test cannot exit, crash or be killed itself.

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** How a program ended, and what it said. */
export interface Run {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** The path of a program under test/fixtures. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}.js`, import.meta.url))
}

/** Runs a fixture with `input` as its JSON argument until it ends; one that does not end in `limit` ms is killed. */
export function runFixture(name: string, input: unknown, limit = 120_000): Promise<Run> {
  return run(process.execPath, [fixture(name), JSON.stringify(input)], limit)
}

/** Runs a command until it ends, in this folder or in `cwd`. */
export function run(command: string, args: readonly string[], limit = 120_000, cwd?: string): Promise<Run> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...(cwd && { cwd }) })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), limit)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ code, signal, ...output })
    })
  })
}
