// An empty project in which our packed packages are installed, and what is run there.

import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { filesIn, root } from '../sources.js'
import type { Manager } from './managers.js'

/** What every project gets. */
export interface Packed {
  /** The path of each package's tarball. */
  readonly tarballs: Readonly<Record<string, string>>
  /** The range of pino. */
  readonly pino: string
  readonly registry: string
}

/** Installs into an empty folder, runs the applications of test/installed there, and returns what is wrong. */
export async function tryManager(manager: Manager, packed: Packed, dir: string): Promise<readonly string[]> {
  setUp(manager, packed, dir)
  const [install = '', ...installArguments] = manager.install
  const installed = await runIn(dir, install, installArguments)
  if (installed.code !== 0) return [`${manager.install.join(' ')}:\n${installed.output}`]
  return [...(await tryApps(manager, dir)), ...(await tryCommandLine(manager, dir))]
}

function setUp(manager: Manager, { tarballs, pino, registry }: Packed, dir: string): void {
  const specs = Object.fromEntries(Object.entries(tarballs).map(([name, path]) => [name, `file:${path}`]))
  const manifest = { private: true, type: 'module', dependencies: { ...specs, pino }, ...manager.manifest(specs) }
  mkdirSync(dir)
  writeFileSync(join(dir, 'package.json'), JSON.stringify(manifest))
  for (const [name, text] of Object.entries(manager.files(registry))) writeFileSync(join(dir, name), text)
  for (const path of filesIn('build/test/installed').filter((path) => path.endsWith('.js')))
    writeFileSync(join(dir, path.slice(path.lastIndexOf('/') + 1)), readFileSync(join(root, path)))
}

async function tryApps(manager: Manager, dir: string): Promise<readonly string[]> {
  const wrong: string[] = []
  for (const app of ['in-process', 'in-workers']) {
    const logs = join(dir, `${app}-logs`)
    mkdirSync(logs)
    const { code, stdout, output } = await through(manager, dir, ['node', `${app}.js`, logs])
    const outcomes = code === 0 ? incomplete(stdout) : [output]
    wrong.push(...outcomes.map((each) => `${app}: ${each}`))
  }
  return wrong
}

// Of what an application here prints, the handlers that did not deliver everything.
function incomplete(stdout: string): string[] {
  const outcomes: Record<string, object> = JSON.parse(stdout.slice(stdout.lastIndexOf('\n', stdout.length - 2) + 1))
  const entries = Object.entries(outcomes)
  if (entries.length < 15) return [`told of ${entries.length} handlers only`]
  return entries
    .filter(([, outcome]) => !isDeepStrictEqual({ arrived: 3, ...outcome }, { arrived: 3, received: 3, delivered: 3 }))
    .map(([name, outcome]) => `${name}: ${JSON.stringify(outcome)}`)
}

async function tryCommandLine(manager: Manager, dir: string): Promise<readonly string[]> {
  const line = '{"level":30,"time":1,"msg":"through a pipe"}\n'
  const { output } = await through(manager, dir, ['pino-handlers', 'file', '--filename', 'piped.log'], line)
  const found = readdirSync(dir).includes('piped.log') ? readFileSync(join(dir, 'piped.log'), 'utf8') : ''
  return found === line ? [] : [`pino-handlers file wrote ${JSON.stringify(found)}:\n${output}`]
}

function through(
  { run: [command = '', ...before] }: Manager,
  dir: string,
  program: string[],
  input = '',
): Promise<Ran> {
  return runIn(dir, command, [...before, ...program], input)
}

interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly output: string
}

function runIn(cwd: string, command: string, args: readonly string[], input = ''): Promise<Ran> {
  // npm's programs are scripts of the shell on Windows.
  const child = spawn(command, args, { cwd, shell: process.platform === 'win32' })
  let stdout = ''
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  // A program that has ended does not read.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, output }))
  })
}
