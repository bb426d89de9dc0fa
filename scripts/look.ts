// Shows every page of the built site in a browser, as wide as a phone and as a desktop, and says what is wrong with it.

import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { base, built } from '../docs/.vitepress/site.js'
import { type BrowserEvent, BrowserPage, findChromium } from './chromium.js'
import { filesIn, root } from './sources.js'

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
}
const widths = [390, 1280]

const chromium = findChromium()
if (chromium === undefined) {
  console.log('not looked at: neither Chromium nor Chrome is installed')
  process.exit(process.env.PINO_HANDLERS_REQUIRE_SERVERS === '1' ? 1 : 0)
}

const pages = filesIn(built).filter((path) => path.endsWith('.html') && !path.endsWith('404.html'))
const server = await serve()
const own = `http://127.0.0.1:${portOf(server)}${base}`
const problems: string[] = []
let current = ''
const note = (problem: string): unknown => problems.push(`${current}: ${problem}`)
const browser = await BrowserPage.start(chromium, (event) => {
  const problem = problemOf(event)
  if (problem !== undefined) note(problem)
})

for (const path of pages) {
  current = path.slice(built.length + 1)
  await visit(own + current)
  for (const width of widths) {
    const shown = await widthOfPage(width)
    if (shown > width) note(`is ${shown} pixels wide on a screen of ${width}`)
  }
}
current = 'the search'
const found = await search('maxBytes')
if (!found.includes('rotating-file')) note(`does not find maxBytes, but: ${found}`)

await browser.stop()
server.close()
for (const problem of problems) console.error(problem)
console.log(`looked at ${pages.length} pages: ${problems.length} problems`)
process.exit(problems.length === 0 ? 0 : 1)

/** What is wrong with a page in which this happens. */
function problemOf({ method, params }: BrowserEvent): string | undefined {
  switch (method) {
    case 'Runtime.exceptionThrown':
      return `throws ${params.exceptionDetails.exception?.description}`
    case 'Runtime.consoleAPICalled':
      return `console.${params.type}: ${params.args[0]?.value}`
    case 'Log.entryAdded':
      return `${params.entry.text} ${params.entry.url}`
    case 'Network.requestWillBeSent':
      return params.request.url.startsWith(own) || params.request.url.startsWith('data:')
        ? undefined
        : `asks for ${params.request.url}`
    default:
      return undefined
  }
}

/** Opens a page and waits until its program has taken it over. */
async function visit(url: string): Promise<void> {
  await browser.send('Page.navigate', { url })
  await becomesTrue("document.querySelector('#app')?.__vue_app__ !== undefined")
}

async function widthOfPage(width: number): Promise<number> {
  await browser.send('Emulation.setDeviceMetricsOverride', { width, height: 844, deviceScaleFactor: 1, mobile: false })
  return Number(await browser.evaluate('document.scrollingElement.scrollWidth'))
}

/** What the site's search finds for a word. */
async function search(word: string): Promise<string> {
  await browser.evaluate("document.querySelector('#local-search button').click()")
  await becomesTrue("document.querySelector('.search-input') !== null")
  await browser.evaluate("document.querySelector('.search-input').focus()")
  await browser.send('Input.insertText', { text: word })
  await becomesTrue("document.querySelector('.results .result') !== null")
  return String(await browser.evaluate("document.querySelector('.results').textContent"))
}

/** Waits for an expression, which a page that is in order fulfils within frames. */
async function becomesTrue(expression: string): Promise<void> {
  const wait = `new Promise((done) => {
    const end = Date.now() + 60_000
    const look = () => ((${expression}) || Date.now() > end ? done(${expression}) : setTimeout(look, 10))
    look()
  })`
  if ((await browser.evaluate(wait)) !== true) note(`never became true: ${expression}`)
}

function serve(): Promise<Server> {
  const files = new Set(filesIn(built))
  const server = createServer(({ url = '' }, response) => {
    const { pathname } = new URL(url, 'http://site')
    const path = `${built}/${decodeURIComponent(pathname).slice(base.length)}`
    if (!pathname.startsWith(base) || !files.has(path)) return response.writeHead(404).end()
    response.setHeader('content-type', types[extname(path)] ?? 'application/octet-stream')
    return response.end(readFileSync(join(root, path)))
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

function portOf(server: Server): number {
  const { port } = server.address() as AddressInfo
  return port
}
