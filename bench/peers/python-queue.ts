// Python's own queue between two processes, which measure themselves.

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../../scripts/sources.js'
import { report } from '../report.js'

const program = join(root, 'bench/peers/python-queue.py')

await report(async (job) => JSON.parse(execFileSync('python3', [program, JSON.stringify(job)], { encoding: 'utf8' })))
