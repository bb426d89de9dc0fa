// `tsc -b` leaves the output of deleted sources behind: such a test would go on running, such types would be published.

import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { filesIn, packages, root, sourceOf } from './sources.js'

/** Removes what the compiler made from sources that are gone. */
export function prune(): void {
  for (const output of ['build', ...packages.map((name) => `packages/${name}/dist`)].flatMap(filesIn)) {
    const source = sourceOf(output)
    if (source !== undefined && !existsSync(join(root, source))) {
      rmSync(join(root, output), { force: true })
      console.log(`removed ${output}: ${source} is gone`)
    }
  }
}
