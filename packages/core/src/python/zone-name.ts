// Abbreviations of time zones, which JavaScript has only as words of one language or another.

// The language that has the abbreviations of a region. The others give `GMT+2` there, or names that nobody else uses.
const languages = ['en-US', 'en-CA', 'en-GB', 'en-AU', 'en-NZ', 'en-ZA', 'en-IN', 'en-IE', 'ja']

// What the tz database has too; where it knows no letters it has the offset, such as -03 or +0545.
const known =
  /^(?:UTC|GMT|[ECMP][SD]T|AK[SD]T|H[SD]T|N[SD]T|BST|[WCE]ES?T|A[EC][SD]T|AWST|NZ[SD]T|SAST|[WCE]AT|IST|JST)$/

let zone: string | undefined
let formats: Intl.DateTimeFormat[] = []

/** Python's `tm_zone` of a local time: the letters where Intl can tell them, else the offset as the tz database writes it. */
export function zoneName(date: Date, offset: number): string {
  const current = process.env.TZ ?? ''
  if (zone !== current) {
    zone = current
    formats = languages.map((language) => new Intl.DateTimeFormat(language, { timeZoneName: 'short' }))
  }
  for (const format of formats) {
    const name = format.formatToParts(date).find(({ type }) => type === 'timeZoneName')?.value ?? ''
    if (known.test(name)) return name
  }
  return offsetName(offset)
}

function offsetName(offset: number): string {
  const minutes = Math.floor(Math.abs(offset) / 60)
  const [hour, minute] = [Math.floor(minutes / 60), minutes % 60].map((n) => String(n).padStart(2, '0'))
  return `${offset < 0 ? '-' : '+'}${hour}${minute === '00' ? '' : minute}`
}
