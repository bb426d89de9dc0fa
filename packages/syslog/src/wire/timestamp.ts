// The time of a record in a header. What a second looks like is made once for all its records.

/** Makes the function from milliseconds since the epoch to RFC 5424's TIMESTAMP in UTC, with microseconds if the time has them; `-` beyond the years that it can say. */
export function rfc5424Time(): (time: number) => string {
  const second = onceEach((at) => {
    const text = new Date(at * 1000).toISOString()
    return text.length === 24 ? text.slice(0, 20) : '-'
  })
  return onceEach((time) => {
    const at = Math.floor(time / 1000)
    const text = second(at)
    return text === '-' ? text : `${text}${fraction(time - at * 1000)}Z`
  })
}

/** Makes the function from milliseconds since the epoch to RFC 3164's TIMESTAMP, `Oct  5 02:00:00`, in local time. */
export function rfc3164Time(): (time: number) => string {
  const second = onceEach((at) => {
    const date = new Date(at * 1000)
    const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => padded(part, 2)).join(':')
    return `${MONTHS[date.getMonth()]} ${String(date.getDate()).padStart(2)} ${clock}`
  })
  return (time) => second(Math.floor(time / 1000))
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

// Records that follow each other are mostly of the same time.
function onceEach(make: (time: number) => string): (time: number) => string {
  let last: number | undefined
  let text = ''
  return (time) => {
    if (time !== last) {
      text = make(time)
      last = time
    }
    return text
  }
}

// Three digits, or six for a part of a millisecond.
function fraction(milliseconds: number): string {
  if (Number.isInteger(milliseconds)) return padded(milliseconds, 3)
  return padded(Math.min(Math.round(milliseconds * 1000), 999_999), 6)
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, '0')
}
