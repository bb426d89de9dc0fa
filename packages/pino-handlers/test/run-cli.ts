// The program as users run it, in a process of its own.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Stats } from '@pino-handlers/core'

/** The path of the program. */
export const bin: string = join(
  dirname(createRequire(import.meta.url).resolve('pino-handlers/package.json')),
  'dist/bin.js',
)

/** A running command. */
export interface Running {
  readonly child: ChildProcessWithoutNullStreams
  /** Its output until now. */
  readonly output: { stdout: string; stderr: string }
  /** Resolves when it has ended. */
  readonly ended: Promise<Ended>
}

/** How a command ended, with the books that --stats writes. */
interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Starts a command; the test ends it if it has not ended before. */
export function start(t: TestContext, command: string, args: readonly string[], group = false): Running {
  const child = spawn(command, args, { detached: group })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
    })
  }
  // It may end before it has read everything.
  child.stdin.on('error', () => {})
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...output }))
  })
  t.after(() => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  })
  return { child, output, ended }
}

/** Starts the program. */
export function startCli(t: TestContext, args: readonly string[]): Running {
  return start(t, process.execPath, [bin, ...args])
}

/** The books that --stats has written. */
export function booksIn(stderr: string): Stats & { readonly wrapped: number } {
  const line = stderr.split('\n').find((each) => each.startsWith('{'))
  if (line === undefined) throw new Error(`there are no books in ${JSON.stringify(stderr)}`)
  const books: Stats & { readonly wrapped: number } = JSON.parse(line)
  return books
}
