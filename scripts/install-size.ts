// Writes the table of README.md's section "Install size".

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inMegabytes, installSizes } from './install/size.js'
import { root } from './sources.js'

const path = join(root, 'README.md')
const rows = installSizes().map(({ name, bytes, packages, optional }) => {
  return `| ${name} | ${inMegabytes(bytes)} | ${packages} | ${optional.join(', ') || '-'} |`
})
const table = ['| package | unpacked | packages | optional |', '| --- | --- | --- | --- |', ...rows].join('\n')
const readme = readFileSync(path, 'utf8')
writeFileSync(
  path,
  readme.replace(/(<!-- install size -->\n).*(<!-- end -->)/s, (_, begin, end) => `${begin}${table}\n${end}`),
)
