// On Windows itself: events are read back by PowerShell. Elsewhere test/windows has what can be asked of Wine.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import ntEventlog, { unregisterEventSource, Win32Error } from '@pino-handlers/nt-eventlog'
import { assertBalanced } from '../../../test/support/books.js'
import { line } from '../../../test/support/lines.js'

// Wine calls itself Windows, and stores no events.
const isWindows = process.platform === 'win32' && process.env.WINEPREFIX === undefined
const skip = !isWindows && 'needs Windows'

// Level is 2 for errors, 3 for warnings and 4 for information.
const READ = `
  $OutputEncoding = [Console]::OutputEncoding = [Text.Encoding]::UTF8
  $query = '<QueryList><Query><Select Path="Application">*[System[Provider[@Name="NAME"]]]</Select></Query></QueryList>'
  $events = Get-WinEvent -FilterXml $query -Oldest | ForEach-Object {
    [pscustomobject]@{ level = $_.Level; id = $_.Id; category = $_.Task; strings = @($_.Properties | ForEach-Object { $_.Value }) }
  }
  ConvertTo-Json -Compress -Depth 4 @($events)
`

describe('ntEventlog on Windows', { skip }, () => {
  it('writes events that Get-WinEvent finds', async (t) => {
    const appname = `pino-handlers-${randomUUID()}`
    t.after(() => remove(appname))
    const handler = ntEventlog({ appname, onError: 'ignore', getMessageID: () => 7, getEventCategory: () => 3 })

    const texts = ['naïve 😀', 'x'.repeat(40_000), 'bad']
    for (const [index, text] of texts.entries()) handler.write(line(text, { level: 30 + 10 * index }))
    const closed = once(handler, 'close')
    handler.end()
    await closed

    assertBalanced(handler.stats)
    assert.deepEqual([handler.stats.delivered, handler.stats.dropped], [3, {}])
    const script = READ.replace('NAME', appname)
    const found: { level: number; id: number; category: number; strings: string[] }[] = JSON.parse(
      execFileSync('powershell', ['-NoProfile', '-NonInteractive', '-Command', script], { encoding: 'utf8' }),
    )
    const cut = `${'x'.repeat(31_813)}[... 8187 characters cut]`
    assert.deepEqual(found, [
      { level: 4, id: 7, category: 3, strings: ['naïve 😀'] },
      { level: 3, id: 7, category: 3, strings: [cut] },
      { level: 2, id: 7, category: 3, strings: ['bad'] },
    ])
  })
})

// Only an administrator may, and only then is there something to remove.
function remove(appname: string): void {
  try {
    unregisterEventSource({ appname })
  } catch (error) {
    if (!(error instanceof Win32Error)) throw error
  }
}
