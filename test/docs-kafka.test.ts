// The queue on Kafka that docs/beyond-one-machine.md shows, as it stands there, with a stand-in for its client.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Queue } from '@pino-handlers/core/queue'
import ts from 'typescript'
import { queueContract } from '../packages/core/test/queue-contract.js'
import { root } from '../scripts/sources.js'
import { fixture } from './support/run-node.js'
import { SuiteScope } from './support/suite-scope.js'
import { tempDir } from './support/temp-dir.js'

type Make = (options: { readonly brokers: readonly string[] }) => Queue

const scope = new SuiteScope()
let make: Make = () => assert.fail('not loaded')

queueContract({
  name: 'kafkaQueue',
  puts: 'until safe',
  async start() {
    make = await load(join(tempDir(scope), 'kafka-queue.mjs'))
  },
  stop: () => scope.end(),
  create() {
    const options = { brokers: [randomUUID()] }
    return { producer: () => make(options), consumer: () => make(options) }
  },
})

async function load(path: string): Promise<Make> {
  const document = readFileSync(join(root, 'docs/beyond-one-machine.md'), 'utf8')
  const [, code = ''] = /^```ts\n((?:(?!^```).)*from 'kafkajs'.*?)^```$/ms.exec(document) ?? []
  const { outputText } = ts.transpileModule(code, { compilerOptions: { target: ts.ScriptTarget.ES2022 } })
  const places: Readonly<Record<string, string>> = {
    kafkajs: pathToFileURL(fixture('kafkajs')).href,
    '@pino-handlers/core/queue': import.meta.resolve('@pino-handlers/core/queue'),
  }
  writeFileSync(
    path,
    outputText.replaceAll(/from '([^']+)'/g, (all, name: string) => (places[name] ? `from '${places[name]}'` : all)),
  )
  const { default: loaded }: { default: Make } = await import(pathToFileURL(path).href)
  return loaded
}
