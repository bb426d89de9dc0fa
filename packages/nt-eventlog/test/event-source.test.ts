// The registration of sources, over calls that remember what they were asked.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Monitor } from '@pino-handlers/core'
import { DEFAULT_DLLNAME, ensureSource, registerCommand } from '@pino-handlers/nt-eventlog/wire'
import { FakeWindows } from './fake-windows.js'

const KEY = 'SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\shop'
const source = { appname: 'shop', logtype: 'Application' }

/** A monitor that remembers its notices. */
class Told extends Monitor {
  readonly notices: string[] = []
  readonly failures: string[] = []

  constructor() {
    super('nt-eventlog', 'ignore')
    this.listen((event, payload) => event === 'failure' && this.failures.push(messageOf(payload)))
  }

  override notice(message: string): void {
    this.notices.push(message)
  }
}

function messageOf(payload: unknown): string {
  return String(Object(payload).message)
}

describe('a source', () => {
  it('is registered with the message file that every Windows has', () => {
    const windows = new FakeWindows()

    ensureSource(windows, source, new Told())

    assert.deepEqual(
      [...windows.sources],
      [[KEY, { EventMessageFile: '%SystemRoot%\\System32\\EventCreate.exe', TypesSupported: 7 }]],
    )
  })

  it('is left as an installer registered it, unless dllname names another file', () => {
    const windows = new FakeWindows()
    windows.sources.set(KEY, { EventMessageFile: 'C:\\shop\\messages.dll', TypesSupported: 7 })

    ensureSource(windows, source, new Told())
    ensureSource(windows, { ...source, dllname: 'C:\\shop\\messages.dll' }, new Told())
    assert.deepEqual(windows.calls, [])

    ensureSource(windows, { ...source, dllname: DEFAULT_DLLNAME }, new Told())
    assert.equal(windows.messageFile(KEY), DEFAULT_DLLNAME)
  })

  it('is asked of an administrator, by the command, when it may not be registered', () => {
    const windows = new FakeWindows()
    windows.fail.setSource = 5
    const told = new Told()

    ensureSource(windows, source, told)

    const command = `reg add "HKLM\\${KEY}" /v EventMessageFile /t REG_EXPAND_SZ /d "${DEFAULT_DLLNAME}" /f`
    assert.deepEqual(
      [told.failures, told.notices],
      [
        [],
        [
          `the source "shop" is not registered, so Event Viewer shows its texts with an excuse; an administrator can mend that with: ${command}`,
        ],
      ],
    )
  })

  it('is no matter when it may not be changed, but is there', () => {
    const windows = new FakeWindows()
    windows.fail.setSource = 5
    windows.sources.set(KEY, { EventMessageFile: 'other.dll', TypesSupported: 7 })
    const told = new Told()

    ensureSource(windows, { ...source, dllname: 'mine.dll' }, told)

    assert.deepEqual([told.failures, told.notices, windows.messageFile(KEY)], [[], [], 'other.dll'])
  })

  it('is told of when the registry fails otherwise, as soon as somebody can listen', async () => {
    const windows = new FakeWindows()
    windows.fail.setSource = 1018
    const told = new Told()

    ensureSource(windows, source, told)
    assert.deepEqual(told.failures, [])

    await new Promise(setImmediate)
    assert.deepEqual([told.failures, told.notices], [['setSource: It was told to. (Win32 error 1018)'], []])
  })

  it('has a command that quotes what it has to', () => {
    assert.equal(
      registerCommand({ appname: 'my "shop"', dllname: 'C:\\Program Files\\m.dll', logtype: 'Shops' }),
      String.raw`reg add "HKLM\SYSTEM\CurrentControlSet\Services\EventLog\Shops\my \"shop\"" /v EventMessageFile /t REG_EXPAND_SZ /d "C:\Program Files\m.dll" /f`,
    )
  })
})
