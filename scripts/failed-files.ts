// A reporter of `node --test` that tells only which files have a test that failed, one to a line.

import type { TestEvent } from 'node:test/reporters'

/** The paths of these files, each once. */
export default async function* failedFiles(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const told = new Set<string>()
  for await (const { type, data } of events) {
    if (type !== 'test:fail' || data.file === undefined || told.has(data.file)) continue
    told.add(data.file)
    yield `${data.file}\n`
  }
}
