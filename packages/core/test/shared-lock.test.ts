import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { uptime } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { clearLock, withLock } from '@pino-handlers/core/rotation'
import { KILLED, unixOnly } from '../../../test/support/platform.js'
import { runFixture } from '../../../test/support/run-node.js'
import { tempDir } from '../../../test/support/temp-dir.js'

/** The name that an owner has: of this process, or of what else it is said to be. */
function owner(lock: string, { pid, place }: { pid?: number; place?: string } = {}): string {
  let name = ''
  withLock(lock, () => {
    name = readdirSync(lock)[0] ?? ''
  })
  const [ownPid, start, ownPlace, random] = name.split('-')
  return [pid ?? ownPid, start, place ?? ownPlace, random].join('-')
}

/** Makes a lock that somebody has held for `age` seconds. */
function hold(lock: string, owner: string, age: number): void {
  mkdirSync(lock)
  writeFileSync(join(lock, owner), '')
  utimesSync(join(lock, owner), new Date(), new Date(Date.now() - age * 1000))
}

function tryLock(lock: string): boolean {
  return withLock(lock, () => {}, 0.03)
}

describe('withLock', () => {
  it('runs the action, leaves nothing behind, and says so', (t) => {
    const folder = tempDir(t)
    const during: string[][] = []

    const isDone = withLock(join(folder, 'lock'), () => during.push(readdirSync(folder)))

    assert.deepEqual([isDone, during, readdirSync(folder)], [true, [['lock']], []])
  })

  it('lets go of the lock when the action throws, and throws the same', (t) => {
    const lock = join(tempDir(t), 'lock')

    assert.throws(() => withLock(lock, () => assert.fail('thrown')), /thrown/)

    assert.equal(tryLock(lock), true)
  })

  it('waits only so long for a lock that is held, and leaves nothing behind', (t) => {
    const folder = tempDir(t)
    const lock = join(folder, 'lock')

    const isHeld = withLock(lock, () => assert.deepEqual([tryLock(lock), readdirSync(folder)], [false, ['lock']]))

    assert.deepEqual([isHeld, readdirSync(folder)], [true, []])
  })

  // A file stands in its way there as another lock does.
  it('throws where no lock can be made', { skip: unixOnly('it has one error for both') }, (t) => {
    const folder = tempDir(t)
    writeFileSync(join(folder, 'file'), 'text')

    assert.throws(() => tryLock(join(folder, 'missing', 'lock')), { code: 'ENOENT' })
    assert.throws(() => tryLock(join(folder, 'file')), { code: 'ENOTDIR' })

    assert.deepEqual(readdirSync(folder), ['file'])
  })

  it('takes the lock of a process that is dead or has another start, or of another host that held it for too long', (t) => {
    const folder = tempDir(t)
    const { pid } = spawnSync(process.execPath, ['--version'])
    const own = owner(join(folder, 'own'))
    const other = own.replace(/-\d+-/, '-1-')
    // Of a system that does not tell when a process started.
    const ageless = own.replace(/-\d+-/, '-0-')
    const foreign = owner(join(folder, 'own'), { place: '00000000' })
    const rows: [name: string, owner: string, age: number][] = [
      ['live', own, uptime() / 2],
      ['live, by its number', ageless, uptime() / 2],
      ['of a number from before the machine started', ageless, uptime() + 60],
      ['dead', owner(join(folder, 'own'), { pid }), 0],
      ['reborn', other, 0],
      ['foreign', foreign, 8],
      ['foreign and old', foreign, 11],
      ['no owner', 'README', 3600],
    ]

    const taken = rows.map(([name, owner, age]) => {
      hold(join(folder, name), owner, age)
      return [name, tryLock(join(folder, name))]
    })

    assert.deepEqual(Object.fromEntries(taken), {
      live: false,
      'live, by its number': false,
      'of a number from before the machine started': true,
      dead: true,
      // Only Linux tells when a process started.
      reborn: process.platform === 'linux',
      foreign: false,
      'foreign and old': true,
      'no owner': false,
    })
  })

  it('takes a lock that was being made or given back', (t) => {
    const lock = join(tempDir(t), 'lock')
    mkdirSync(lock)

    assert.equal(tryLock(lock), true)
  })

  it('keeps four processes from each other, of which two are killed with the lock in their hands', async (t) => {
    const folder = tempDir(t)
    const [lock, counter] = [join(folder, 'lock'), join(folder, 'counter')]
    writeFileSync(counter, '0')
    const killAts = [-1, 50, -1, 90]

    const runs = await Promise.all(
      killAts.map((killAt) => runFixture('lock-counter', { lock, counter, times: 250, killAt })),
    )

    assert.deepEqual(
      runs.map(({ signal, stderr }) => [signal, stderr]),
      killAts.map((killAt) => [killAt < 0 ? null : KILLED, '']),
    )
    // One that was killed last has left it.
    assert.equal(tryLock(lock), true)
    assert.deepEqual([readFileSync(counter, 'utf8'), readdirSync(folder)], [String(250 + 50 + 250 + 90), ['counter']])
  })

  it('keeps four processes from each other that all take the same lock from dead ones, again and again', async (t) => {
    const folder = tempDir(t)
    const [lock, counter] = [join(folder, 'lock'), join(folder, 'counter')]
    writeFileSync(counter, '0')
    const { pid: heir } = spawnSync(process.execPath, ['--version'])

    const input = { lock, counter, times: 250, killAt: -1, heir }
    const runs = await Promise.all([1, 2, 3, 4].map(() => runFixture('lock-counter', input)))

    assert.deepEqual(
      runs.map(({ stderr }) => stderr),
      ['', '', '', ''],
    )
    assert.equal(readFileSync(counter, 'utf8'), '1000')
  })
})

describe('clearLock', () => {
  it('removes what dead processes left of a lock, and nothing else', (t) => {
    const folder = tempDir(t)
    const lock = join(folder, 'lock')
    const { pid } = spawnSync(process.execPath, ['--version'])
    const [live, dead] = [owner(lock), owner(lock, { pid })]
    hold(lock, dead, 0)
    const kept = [`lock.${live}`, `locks.${dead}`, `lock.${dead}.txt`, 'lock.1']
    for (const name of [`lock.${dead}`, ...kept]) mkdirSync(join(folder, name))

    clearLock(lock)

    assert.deepEqual(readdirSync(folder).sort(), kept.sort())
  })
})
