// A file handler of Python's own, in a process of its own that measures itself.

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../../scripts/sources.js'
import { report } from '../report.js'

const program = join(root, 'bench/peers/python-file.py')

await report(async (job) => JSON.parse(execFileSync('python3', [program, JSON.stringify(job)], { encoding: 'utf8' })))
