// A fixture as one file, for tests that run it dozens of times: to find and load its modules is half of what a run costs.

import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { build } from 'esbuild'
import { fixture, type Run, run } from './run-node.js'
import { tempDir } from './temp-dir.js'

// Packages that are CommonJS ask for Node's modules by `require`, which a module has not by itself.
const REQUIRE = "import { createRequire as from } from 'node:module'; const require = from(import.meta.url);"

/** Puts a fixture and all that it imports into one file; what it returns runs that with `input` as its JSON argument, until it ends. */
export async function bundledFixture<Input>(
  t: Pick<TestContext, 'after'>,
  name: string,
): Promise<(input: Input) => Promise<Run>> {
  const outfile = join(tempDir(t), `${name}.mjs`)
  await build({
    entryPoints: [fixture(name)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: REQUIRE },
    logLevel: 'error',
  })
  return (input) => run(process.execPath, [outfile, JSON.stringify(input)])
}
