// The program `pino-handlers`, as src/pino-handlers.js starts it.

import { fileURLToPath } from 'node:url'
import { cli } from './index.js'

// Targets are looked for from the main script too; by its real path it finds the handlers that it depends on.
process.argv[1] = fileURLToPath(import.meta.url)
// Whoever reads the help may leave before its end.
process.stdout.on('error', () => {})
const code = await cli(process.argv.slice(2), process)
process.exitCode = code
