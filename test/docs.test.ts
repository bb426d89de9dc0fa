// What the documentation shows must compile, and what it points to must exist.

import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { before, describe, it } from 'node:test'
import ts from 'typescript'
import { filesIn, packages, root } from '../scripts/sources.js'

interface Block {
  readonly document: string
  /** The line of the document that the code begins on. */
  readonly line: number
  readonly code: string
  /** Where it is compiled. */
  readonly path: string
}

// A package without a README is packaging.test.ts's to name.
const documents = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  ...packages.map((name) => `packages/${name}/README.md`).filter((path) => existsSync(join(root, path))),
  ...filesIn('docs').filter((path) => path.endsWith('.md')),
]

const read = (path: string): string => readFileSync(join(root, path), 'utf8')

describe('documentation', () => {
  let mistakes: ReadonlyMap<string, string[]> = new Map()
  before(() => {
    mistakes = compile(documents.flatMap(blocksOf))
  })

  for (const document of documents) {
    describe(document, () => {
      it('has code that compiles', () => {
        assert.deepEqual(mistakes.get(document) ?? [], [])
      })

      it('links to what exists', () => {
        assert.deepEqual(
          linksOf(document).filter((link) => !existsSync(join(root, dirname(document), link))),
          [],
        )
      })
    })
  }
})

/** The fenced blocks of a document that are marked `ts` or `js`, and not `no-check`. */
function blocksOf(document: string): Block[] {
  const text = read(document)
  return Array.from(text.matchAll(/^```(ts|js)\n(.*?)^```$/gms), ({ 1: language, 2: code = '', index }) => {
    const line = text.slice(0, index).split('\n').length + 1
    const name = `${document.replaceAll(/\W/g, '-')}-${line}.${language === 'ts' ? 'mts' : 'mjs'}`
    return { document, line, code, path: join(root, 'build/docs', name) }
  })
}

/** What is wrong with the blocks, by document. */
function compile(blocks: readonly Block[]): ReadonlyMap<string, string[]> {
  rmSync(join(root, 'build/docs'), { recursive: true, force: true })
  mkdirSync(join(root, 'build/docs'), { recursive: true })
  for (const { path, code } of blocks) writeFileSync(path, `${code}export {}\n`)

  const program = ts.createProgram(
    blocks.map(({ path }) => path),
    {
      target: ts.ScriptTarget.ES2023,
      lib: ['lib.es2024.d.ts'],
      module: ts.ModuleKind.NodeNext,
      types: ['node'],
      typeRoots: [join(root, 'node_modules/@types')],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      allowJs: true,
      skipLibCheck: true,
      noEmit: true,
    },
  )
  const mistakes = new Map<string, string[]>()
  for (const { file, start = 0, messageText } of ts.getPreEmitDiagnostics(program)) {
    const block = blocks.find(({ path }) => file !== undefined && sameFile(path, file.fileName))
    const line = (block?.line ?? 0) + (file?.getLineAndCharacterOfPosition(start).line ?? 0)
    const mistake = `line ${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
    const document = block?.document ?? 'README.md'
    mistakes.set(document, [...(mistakes.get(document) ?? []), mistake])
  }
  return mistakes
}

function sameFile(a: string, b: string): boolean {
  return a.replaceAll('\\', '/') === b.replaceAll('\\', '/')
}

/** The relative links of a document, without their anchors. */
function linksOf(document: string): string[] {
  return Array.from(read(document).matchAll(/\]\(([^)#\s]+)/g), ({ 1: link = '' }) => link).filter(
    (link) => !/^[a-z]+:/.test(link),
  )
}
