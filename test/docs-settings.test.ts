// The files of other programs that the documentation shows must be such files.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { type Block, blocksOf, documents } from './support/markdown.js'
import { skipWithout } from './support/required.js'

const shown = documents.flatMap(blocksOf)

// What makes Python's parser of a language fail.
const parsers = {
  yaml: { needs: 'yaml', script: 'list(yaml.safe_load_all(text))' },
  ini: { needs: 'configparser', script: 'configparser.RawConfigParser(strict=False).read_string(text)' },
}

describe('the documentation', () => {
  for (const [language, { needs, script }] of Object.entries(parsers)) {
    for (const block of written(language)) {
      it(`shows ${language} that can be parsed: ${placeOf(block)}`, (t) => {
        if (!runs(`import ${needs}`)) return skipWithout(t, `Python's ${needs}`)

        const { stderr } = python(`import sys, ${needs}\ntext = sys.stdin.read()\n${script}`, block.code)

        assert.equal(stderr, '')
      })
    }
  }

  for (const block of written('dockerfile')) {
    it(`shows instructions that Docker knows: ${placeOf(block)}`, () => {
      const known = /^(ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|RUN|STOPSIGNAL|USER|VOLUME|WORKDIR) /
      const instructions = block.code.replaceAll('\\\n', '').split('\n')

      assert.deepEqual(
        instructions.filter((line) => !/^(#.*)?$/.test(line) && !known.test(line)),
        [],
      )
    })
  }
})

function written(language: string): Block[] {
  return shown.filter((block) => block.language === language)
}

function placeOf({ document, line }: Block): string {
  return `${document}, line ${line}`
}

function runs(script: string): boolean {
  return python(script).status === 0
}

function python(script: string, input = ''): { status: number | null; stderr: string } {
  return spawnSync('python3', ['-c', script], { input, encoding: 'utf8' })
}
