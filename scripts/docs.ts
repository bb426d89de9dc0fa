// Builds the documentation site, and fails on what its readers would stumble over: warnings, links to nowhere.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { deadLinks } from './dead-links.js'
import { root } from './sources.js'

const { status, stdout, stderr } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/vitepress/bin/vitepress.js'), 'build', 'docs'],
  { cwd: root, encoding: 'utf8', env: { ...process.env, NODE_ENV: 'production' } },
)
const output = stdout + stderr
process.stdout.write(output)

const warnings = output.split('\n').filter((line) => /\bwarn|\(!\)|deprecat/i.test(line))
const dead = status === 0 ? deadLinks() : []
for (const link of dead) console.error(`dead link in ${link}`)
process.exit(status === 0 && warnings.length === 0 && dead.length === 0 ? 0 : 1)
