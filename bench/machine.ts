// Where the figures come from: they mean little without it.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism, cpus, release, totalmem } from 'node:os'
import { dirname, join } from 'node:path'

export interface Environment {
  readonly processor: string
  readonly cores: number
  /** In GB. */
  readonly memory: number
  readonly system: string
  /** Of Node, Python and every peer. */
  readonly versions: Readonly<Record<string, string>>
}

const PEERS = [
  'pino',
  'pino-abstract-transport',
  'pino-roll',
  'sonic-boom',
  'split2',
  'rotating-file-stream',
  'winston',
  'winston-daily-rotate-file',
  'log4js',
  'pino-socket',
  'pino-syslog',
  'winston-syslog',
  'pino-http-send',
  'pino-loki',
  'nodemailer',
  '@logtape/logtape',
  '@logtape/syslog',
]

/** The machine, Node and the peers' versions. */
export function environment(): Environment {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: availableParallelism(),
    memory: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
    versions: {
      Node: process.versions.node,
      Python: versionOfPython(),
      ...Object.fromEntries(PEERS.map((name) => [name, versionOf(name)])),
    },
  }
}

/** An environment in a line. */
export function inWords({ processor, cores, memory, system, versions }: Environment): string {
  const all = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return `${processor}, ${cores} cores, ${memory} GB, ${system}; ${all.join(', ')}`
}

function versionOfPython(): string {
  const { stdout } = spawnSync('python3', ['--version'], { encoding: 'utf8' })
  return stdout?.trim().replace('Python ', '') || 'none'
}

// Not every package exports its package.json, but each has one in a folder above its entry.
function versionOf(name: string): string {
  let folder = dirname(createRequire(import.meta.url).resolve(name))
  for (; folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = readManifest(folder)
    if (manifest?.name === name) return manifest.version
  }
  return '?'
}

function readManifest(folder: string): { name: string; version: string } | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  } catch {
    return undefined
  }
}
