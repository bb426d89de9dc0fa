// What the documentation shows must be right by its language, and what it points to must exist.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { before, describe, it } from 'node:test'
import ts from 'typescript'
import { root } from '../scripts/sources.js'
import { anchorsOf, type Block, blocksOf, documents, linksOf } from './support/markdown.js'

/** A block that the compiler reads. */
interface Source extends Block {
  /** Where it is compiled. */
  readonly path: string
}

// How the code of a language is checked, or why it is not.
const languages: Readonly<Record<string, string>> = {
  ts: 'compiled below',
  js: 'compiled below',
  json: 'parsed below',
  sh: 'parsed below, by the shell',
  python: 'parsed by docs-python.test.ts',
  yaml: 'parsed by docs-settings.test.ts',
  ini: 'parsed by docs-settings.test.ts',
  dockerfile: 'looked at by docs-settings.test.ts',
  text: 'what programs print, and files of theirs that nothing here can read',
}

describe('documentation', () => {
  let mistakes: ReadonlyMap<string, string[]> = new Map()
  before(() => {
    mistakes = compile(documents.flatMap(sourcesOf))
  })

  for (const document of documents) {
    describe(document, () => {
      const blocks = blocksOf(document)
      const written = (language: string): Block[] => blocks.filter((block) => block.language === language)

      it('has code in languages that are checked', () => {
        const others = blocks.filter(({ language }) => !(language in languages))

        assert.deepEqual(
          others.map(({ line, language }) => `line ${line}: ${language}`),
          [],
        )
      })

      it('has TypeScript that compiles', () => {
        assert.deepEqual(mistakes.get(document) ?? [], [])
      })

      it('has JSON that can be parsed', () => {
        for (const { code } of written('json')) JSON.parse(code)
      })

      it('has commands that the shell can parse', { skip: process.platform === 'win32' }, () => {
        const said = written('sh').map(({ code }) => spawnSync('sh', ['-n'], { input: code, encoding: 'utf8' }).stderr)

        assert.equal(said.join(''), '')
      })

      it('links to what exists', () => {
        assert.deepEqual(
          linksOf(document).filter((link) => !leadsSomewhere(document, link)),
          [],
        )
      })
    })
  }
})

/** The blocks of a document that the compiler can read. */
function sourcesOf(document: string): Source[] {
  const extensions: Readonly<Record<string, string>> = { ts: 'mts', js: 'mjs' }
  return blocksOf(document).flatMap((block) => {
    const extension = extensions[block.language]
    const name = `${document.replaceAll(/\W/g, '-')}-${block.line}.${extension}`
    return extension === undefined ? [] : [{ ...block, path: join(root, 'build/documented', name) }]
  })
}

/** What is wrong with the blocks, by document. */
function compile(blocks: readonly Source[]): ReadonlyMap<string, string[]> {
  rmSync(join(root, 'build/documented'), { recursive: true, force: true })
  mkdirSync(join(root, 'build/documented'), { recursive: true })
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

/** Whether a link leads to a file, and its anchor to a heading. */
function leadsSomewhere(document: string, link: string): boolean {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? document : posix.join(posix.dirname(document), path)
  if (!existsSync(join(root, target))) return false
  return anchor === undefined || anchorsOf(target).includes(anchor)
}
