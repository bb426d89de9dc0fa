import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { strftime, unknownDirective } from '@pino-handlers/core/python'

describe('strftime', () => {
  const zone = process.env.TZ ?? ''
  beforeEach(() => {
    process.env.TZ = 'Europe/Rome'
  })
  afterEach(() => {
    process.env.TZ = zone
  })

  it('knows the directives of C and POSIX, in the C locale', () => {
    const text = strftime('%a %A %b %B %d %e %H %I %j %m %M %p %S %u %w %y %Y %C %%|%c|%D|%F|%T|%R|%r', 1483228799)

    assert.equal(
      text,
      'Sun Sunday Jan January 01  1 00 12 001 01 59 AM 59 7 0 17 2017 20 %|Sun Jan  1 00:59:59 2017|01/01/17|2017-01-01|00:59:59|00:59|12:59:59 AM',
    )
  })

  it('counts weeks from Sunday, from Monday and as ISO 8601 does', () => {
    assert.equal(strftime('%U %W %V %G %g', 1483228800), '01 00 52 2016 16')
  })

  it('shows the offset and the name of the zone in force', () => {
    assert.deepEqual([0, 1500000000].map((seconds) => strftime('%z %Z', seconds)).concat(strftime('%z %Z', 0, true)), [
      '+0100 CET',
      '+0200 CEST',
      '+0000 GMT',
    ])
  })

  it('has the offset for a name where a zone has no letters', () => {
    process.env.TZ = 'America/Sao_Paulo'

    assert.equal(strftime('%Z', 1508025600), '-03')
  })

  it('takes the flags, widths and modifiers of glibc', () => {
    assert.equal(strftime('%-d|%_d|%03d|%^a|%#p|%5Y|%8a|%Ey|%Od', 0), '1| 1|001|THU|am|01970|     Thu|70|01')
  })

  it('leaves what it does not know as it is', () => {
    assert.equal(strftime('%f %N %Ed %', 0), '%f %N %Ed %')
  })
})

describe('unknownDirective', () => {
  it('names the first directive that strftime does not know', () => {
    const formats = ['%Y-%m-%dT%H:%M:%S.%f', '%N', 'x%Q', '100%', '%Y%%f', '%-d %EY', 'text']

    assert.deepEqual(formats.map(unknownDirective), ['%f', '%N', '%Q', '%', undefined, undefined, undefined])
  })
})
