// What a worker loads before it is ready: each file costs it half a millisecond.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { handlers } from './handlers.js'

// One of its own, and what it shares with others. As one file for each source there were 40 to 120.
const FEW = 16

describe('the files of a handler', () => {
  for (const { name } of handlers) {
    it(`are few: ${name}`, async () => {
      const files = await filesOf(`@pino-handlers/${name}`)
      assert.deepEqual(files.slice(FEW), [])
    })
  }
})

// Ours among those that its module imports, without those that it loads on demand.
async function filesOf(module: string): Promise<readonly string[]> {
  const { metafile } = await build({
    entryPoints: [fileURLToPath(import.meta.resolve(module))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    metafile: true,
    write: false,
    outdir: 'nowhere',
    plugins: [
      {
        name: 'leave-others-out',
        setup({ onResolve }) {
          onResolve({ filter: /^[^.]/ }, ({ path, kind }) =>
            kind === 'entry-point' || path.startsWith('@pino-handlers/') ? undefined : { path, external: true },
          )
        },
      },
    ],
  })
  return Object.keys(metafile.inputs)
}
