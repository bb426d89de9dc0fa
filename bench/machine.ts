// Where the figures come from: they mean little without it.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism, cpus, release, totalmem } from 'node:os'
import { dirname, join } from 'node:path'

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

/** The machine, Node and the peers' versions in a line. */
export function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`
  const versions = PEERS.map((name) => `${name} ${versionOf(name)}`).join(', ')
  return `${model}, ${availableParallelism()} cores, ${memory}, ${process.platform} ${release()}, Node ${process.versions.node}; ${versions}`
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
