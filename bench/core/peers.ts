// What transports are usually built on, made to do the same.

import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { LogRecord } from '@pino-handlers/core'
import { Formatter } from '@pino-handlers/core/formatter'
import build from 'pino-abstract-transport'
import split2 from 'split2'
import { FORMAT } from '../record.js'
import type { Step } from './step.js'

export function split(): Step {
  return counting(split2())
}

export function splitAndParse(): Step {
  return counting(split2(JSON.parse))
}

/** Each line an object that nobody reads. */
export function abstractLines(): Step {
  return abstract((line) => new LogRecord(line))
}

export function abstractLevelAndTime(): Step {
  return abstract((line) => {
    const { level, time } = new LogRecord(line)
    return { level, time }
  })
}

export function abstractParsed(): Step {
  return abstract(JSON.parse)
}

export function abstractFormatter(): Step {
  const formatter = new Formatter({ fmt: FORMAT })
  return abstract((line) => ({ text: formatter.format(new LogRecord(line)) }))
}

function abstract(parseLine: (line: string) => object): Step {
  return counting(build(() => {}, { parseLine, metadata: false }) as Duplex)
}

function counting(stream: Duplex): Step {
  let lines = 0
  stream.on('data', () => lines++)
  return {
    write: (chunk) => stream.write(chunk),
    async end() {
      stream.end()
      await once(stream, 'end')
      return lines
    },
  }
}
