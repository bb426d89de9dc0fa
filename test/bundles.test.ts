// Every handler in-process, in one file that a bundler has made, where nothing is installed.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import webpack from 'webpack'
import { OUTCOMES } from './installed/outcomes.js'
import { run } from './support/run-node.js'
import { tempDir } from './support/temp-dir.js'

describe('a bundle', () => {
  it('logs through every handler, as a module by esbuild', async (t) => {
    const dir = tempDir(t)
    await esbuildBundle('in-process', join(dir, 'app.mjs'))

    assert.deepEqual(await outputOf(dir, 'app.mjs'), OUTCOMES)
  })

  it('logs through every handler, as CommonJS by esbuild', async (t) => {
    const dir = tempDir(t)
    await esbuildBundle('in-process', join(dir, 'app.cjs'))

    assert.deepEqual(await outputOf(dir, 'app.cjs'), OUTCOMES)
  })

  it('logs through every handler, by webpack, which has nothing to warn of', async (t) => {
    const dir = tempDir(t)

    assert.deepEqual(await webpackBundle('in-process', dir, 'app.cjs'), [])

    assert.deepEqual(await outputOf(dir, 'app.cjs'), OUTCOMES)
  })

  for (const bundle of ['app.mjs', 'app.cjs']) {
    it(`says in words what is missing in ${bundle}`, async (t) => {
      const dir = tempDir(t)
      await esbuildBundle('not-in-bundles', join(dir, bundle))

      assert.deepEqual(await outputOf(dir, bundle), missingIn(dir))
    })
  }
})

const missingIn = (dir: string): string[] => [
  `[file] option "encoding" 'cp437' needs the package iconv-lite, which is not installed (npm install iconv-lite)`,
  `[timed-rotating-file] option "cron" needs the package croner for a cron expression, which cannot be loaded here: Cannot find module 'croner'`,
  `[memory] option "target" names '@pino-handlers/file', which cannot be found from ${dir}`,
  "[file] where the handler is cannot be told, since it is in a bundle: leave @pino-handlers/file out of the bundle, give pino the name, { target: '@pino-handlers/file' }, or use the handler without a worker",
]

function entry(name: string): string {
  return fileURLToPath(new URL(`installed/${name}.js`, import.meta.url))
}

// Packages that are CommonJS ask for Node's modules by `require`, which a module has not by itself.
const REQUIRE = "import { createRequire as from } from 'node:module'; const require = from(import.meta.url);"

async function esbuildBundle(name: string, outfile: string): Promise<void> {
  const isModule = outfile.endsWith('.mjs')
  await build({
    entryPoints: [entry(name)],
    outfile,
    bundle: true,
    platform: 'node',
    format: isModule ? 'esm' : 'cjs',
    banner: { js: isModule ? REQUIRE : '' },
    logLevel: 'error',
  })
}

// Returns what it warns of.
function webpackBundle(name: string, path: string, filename: string): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    webpack(
      {
        entry: entry(name),
        output: { path, filename },
        mode: 'production',
        target: 'node',
        optimization: { minimize: false },
      },
      (error, stats) => {
        if (error) reject(error)
        else
          resolve(
            [...(stats?.compilation.errors ?? []), ...(stats?.compilation.warnings ?? [])].map(
              ({ message }) => message,
            ),
          )
      },
    )
  })
}

async function outputOf(dir: string, bundle: string): Promise<unknown> {
  const { code, stdout, stderr } = await run(process.execPath, [join(dir, bundle), dir], 120_000, dir)
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout)
}
