import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type Backup,
  expired,
  filesToDelete,
  freePath,
  inAgeOrder,
  namedZone,
  ownBackups,
  parseWhen,
  type StoredBackup,
} from '@pino-handlers/core/rotation'
import fc from 'fast-check'

const numbered = { filename: '/log/app.log' }
const daily = { filename: '/log/app.log', schedule: parseWhen('midnight') }
const hourly = { filename: '/log/app.log', schedule: parseWhen('H') }

describe('ownBackups', () => {
  it('lists numbered backups from the highest number to the lowest', () => {
    const backups = ownBackups(numbered, ['app.log', 'app.log.2', 'app.log.10', 'app.log.1.gz', 'app.log.3.zst'])

    assert.deepEqual(backups, [
      { name: 'app.log.10', files: ['app.log.10'], label: '10', index: 0 },
      { name: 'app.log.3', files: ['app.log.3.zst'], label: '3', index: 0 },
      { name: 'app.log.2', files: ['app.log.2'], label: '2', index: 0 },
      { name: 'app.log.1', files: ['app.log.1.gz'], label: '1', index: 0 },
    ])
  })

  it('lists labelled backups by date, then by index', () => {
    const names = ['2017-10-15.10.gz', '2017-10-16.br', '2017-10-15.2', '2017-10-15', '2016-12-31.1'].map(ofLog)

    assert.deepEqual(namesOf(ownBackups(daily, names)), [
      'app.log.2016-12-31.1',
      'app.log.2017-10-15',
      'app.log.2017-10-15.2',
      'app.log.2017-10-15.10',
      'app.log.2017-10-16',
    ])
  })

  it('takes a file and its compressed form for one backup', () => {
    const backups = ownBackups(daily, ['2017-10-15.gz', '2017-10-15', '2017-10-15.1.br', '2017-10-15.1'].map(ofLog))

    assert.deepEqual(
      backups.map(({ files }) => files),
      [
        ['app.log.2017-10-15.gz', 'app.log.2017-10-15'],
        ['app.log.2017-10-15.1.br', 'app.log.2017-10-15.1'],
      ],
    )
  })

  it('leaves alone what only looks like a backup', () => {
    const endings = [
      '0',
      '01',
      '1.2',
      '1.gz.gz',
      '1.tmp',
      '1.gz.tmp',
      '1~',
      '-1',
      '1 ',
      '+1',
      '1e3',
      '20171015',
      '.1',
      'x1',
    ]
    const dates = ['2017-1-15', '2017-02-29', '9999-99-99', '2017-10-15_10', '20171015', '2017-10-15x', '.2017-10-15']
    const indexes = ['.0', '.01', '.1.1', '.bak', '.gz.1', '-1', '.', ' (copy)', '.2017-10-15', '.gz.tmp'].map(
      (end) => `2017-10-15${end}`,
    )
    const others = ['other.log.1', 'app.log1', 'xapp.log.1', 'APP.LOG.1', 'app.1.log', 'app.log', 'app.log.gz', '1', '']
    const names = [...[...endings, ...dates, ...indexes].map(ofLog), ...others]

    assert.deepEqual(
      [numbered, daily, hourly].map((naming) => namesOf(ownBackups(naming, names))),
      [[], [], ['app.log.2017-10-15_10']],
    )
  })

  it('knows the names of a namer, and only those', () => {
    const namer = (path: string): string => path.replace(/app\.log\.(.*)$/, 'old-$1.log.gz')
    const names = ['old-2017-10-15.log.gz', 'old-2017-10-16.1.log.gz', 'old-2017-10-17.log', 'app.log.2017-10-18']

    assert.deepEqual(namesOf(ownBackups({ ...daily, namer }, names)), names.slice(0, 2))
    assert.deepEqual(namesOf(ownBackups({ ...numbered, namer }, ['old-3.log.gz', 'app.log.2', 'old-x.log.gz'])), [
      'old-3.log.gz',
    ])
  })

  it('is not misled by a log file that is named as a backup is', () => {
    const filename = '/log/app.2017-10-15.log.1'
    const names = ['app.2017-10-15.log.1', '.2', '.2017-10-16', '.2017-10-16.3.gz'].map((end, index) =>
      index === 0 ? end : `app.2017-10-15.log.1${end}`,
    )

    assert.deepEqual(namesOf(ownBackups({ filename }, names)), ['app.2017-10-15.log.1.2'])
    assert.deepEqual(namesOf(ownBackups({ ...daily, filename }, names)), [
      'app.2017-10-15.log.1.2017-10-16',
      'app.2017-10-15.log.1.2017-10-16.3',
    ])
  })
})

describe('freePath', () => {
  it('gives the plain name, or the next index after those that are taken, compressed or not', () => {
    const taken = [[], [''], ['.gz'], ['', '.1', '.2.zst'], ['.4.gz'], ['.bak']]

    const paths = taken.map((ends) =>
      freePath(
        daily,
        '2017-10-15',
        ends.map((end) => ofLog(`2017-10-15${end}`)),
      ),
    )

    assert.deepEqual(
      paths.map((path) => path.replace('/log/app.log.2017-10-15', '')),
      ['', '.1', '.1', '.3', '.5', ''],
    )
  })

  it('passes over what a namer has called another backup', () => {
    const namer = (path: string): string => path.replace(/20\d\d-/, '')

    assert.equal(freePath({ ...daily, namer }, '2017-10-15', ['app.log.10-15.gz']), '/log/app.log.10-15.1')
  })

  it('fails when a namer has one name for all', () => {
    const namer = (): string => '/log/old.log'

    assert.equal(freePath({ ...daily, namer }, '2017-10-15', []), '/log/old.log')
    assert.throws(() => freePath({ ...daily, namer }, '2017-10-15', ['old.log']), {
      message: "namer returns '/log/old.log' for two files, the backups 0 and 1 of 2017-10-15",
    })
  })
})

describe('inAgeOrder', () => {
  it('tells the rounds of a repeated hour apart by the last record', () => {
    const schedule = parseWhen('M', 30)
    const written = { '02-00': '00:29', '02-00.1': '01:29', '02-30': '00:59', '02-30.1': '01:59', '03-00': '02:29' }
    const names = Object.keys(written).map((end) => ofLog(`2021-10-31_${end}`))
    const times = Object.values(written).map((time) => Date.parse(`2021-10-31T${time}:59Z`) / 1000)
    const backups = ownBackups({ ...daily, schedule }, names).map((own, index) => ({ ...own, time: times[index] ?? 0 }))

    const ordered = inAgeOrder(backups, schedule, namedZone('Europe/Berlin') ?? assert.fail())

    assert.deepEqual(
      namesOf(ordered),
      ['02-00', '02-30', '02-00.1', '02-30.1', '03-00'].map((end) => ofLog(`2021-10-31_${end}`)),
    )
  })
})

describe('expired', () => {
  it('keeps the newest periods, whatever they were left in', () => {
    const backups = stored(['2017-10-13', '2017-10-14', '2017-10-14.1', '2017-10-15', '2017-10-15.1', '2017-10-15.2'])

    assert.deepEqual(namesOf(expired(backups, { backupCount: 2 }, 0)), ['app.log.2017-10-13'])
  })

  it('keeps the newest files, whatever their periods', () => {
    const backups = stored(['2017-10-14', '2017-10-15', '2017-10-15.1', '2017-10-15.2'])

    assert.deepEqual(namesOf(expired(backups, { maxFiles: 2 }, 0)), ['app.log.2017-10-14', 'app.log.2017-10-15'])
  })

  it('keeps what is young enough', () => {
    const backups = stored(['2017-10-13', '2017-10-14', '2017-10-15'])

    assert.deepEqual(namesOf(expired(backups, { maxAge: 100 }, 201)), ['app.log.2017-10-13', 'app.log.2017-10-14'])
  })

  it('keeps as many of the newest as have room', () => {
    const backups = stored(['2017-10-13', '2017-10-14', '2017-10-15'])

    assert.deepEqual(
      [30, 29, 9, 0].map((maxTotalBytes) => expired(backups, { maxTotalBytes }, 0).length),
      [0, 1, 3, 3],
    )
  })

  it('keeps all without a limit, and with a backupCount of 0', () => {
    const backups = stored(['2017-10-13', '2017-10-14'])

    assert.deepEqual([expired(backups, {}, 1e9), expired(backups, { backupCount: 0 }, 1e9)], [[], []])
  })

  it('deletes the oldest, and no more than one limit asks for', () => {
    const limit = fc.option(fc.nat(40), { nil: undefined })
    const sizes = fc.array(fc.nat(20), { maxLength: 12 })
    fc.assert(
      fc.property(sizes, limit, limit, limit, (sizes, backupCount, maxFiles, maxTotalBytes) => {
        const backups = sizes.map((size, time) => ({ ...backup(String(time)), size, time }))
        const limits = [{ backupCount }, { maxFiles }, { maxTotalBytes }]

        const gone = expired(backups, { backupCount, maxFiles, maxTotalBytes }, 0)

        assert.deepEqual(gone, backups.slice(0, gone.length))
        assert.equal(gone.length, Math.max(...limits.map((limit) => expired(backups, limit, 0).length)))
        const bytes = backups.slice(gone.length).reduce((sum, { size }) => sum + size, 0)
        assert.ok(bytes <= (maxTotalBytes ?? Number.POSITIVE_INFINITY))
      }),
    )
  })
})

describe('filesToDelete', () => {
  it('is Python’s rule to the letter: what has the digits of a date is ours, what is compressed is not', () => {
    const names = ['9999-99-99', '2017-10-14', '2017-10-15', '2017-10-13.gz', '2017-10-12.1', '2017-10-11_10'].map(
      ofLog,
    )

    assert.deepEqual(filesToDelete(daily, names, 1), ['app.log.2017-10-14', 'app.log.2017-10-15'])
  })
})

// One after the other, ten bytes and a hundred seconds each.
function stored(ends: readonly string[]): StoredBackup[] {
  return ownBackups(daily, ends.map(ofLog)).map((backup, index) => ({ ...backup, size: 10, time: index * 100 }))
}

function backup(label: string): Backup {
  return { name: `app.log.${label}`, files: [`app.log.${label}`], label, index: 0 }
}

function ofLog(end: string): string {
  return `app.log.${end}`
}

function namesOf(backups: readonly Backup[]): string[] {
  return backups.map(({ name }) => name)
}
