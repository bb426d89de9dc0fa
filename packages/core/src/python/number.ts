// The digits of numbers as C's printf has them: correctly rounded (half to even) at any precision.

/** Which shape a float takes. Python: the presentation types `e`, `f` and `g`. */
export type FloatShape = 'e' | 'f' | 'g'

/** Python's `PyOS_double_to_string`: `alternate` is `#`, `dotZero` keeps a digit after the point as `str(float)` does. */
export function formatFloat(
  value: number,
  shape: FloatShape,
  precision: number,
  alternate = false,
  dotZero = false,
): string {
  if (Number.isNaN(value)) return 'nan'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const size = Math.abs(value)
  if (size === Number.POSITIVE_INFINITY) return `${sign}inf`
  if (shape === 'f') return sign + fixed(size, precision, alternate)
  if (shape === 'e') {
    const { digits, exponent } = significant(size, precision)
    return sign + scientific(digits, exponent, alternate)
  }
  return sign + general(size, precision || 1, alternate, dotZero)
}

function fixed(size: number, precision: number, alternate: boolean): string {
  const point = alternate && precision === 0 ? '.' : ''
  // toFixed rounds exact halves up, where C rounds them to even: those take the slow way, as do its limits.
  if (precision <= 100 && size < 1e21 && !Number.isInteger(size * 2 ** (precision + 1)))
    return size.toFixed(precision) + point
  if (Number.isInteger(size) && size < 1e21) return BigInt(size) + (precision > 0 ? `.${'0'.repeat(precision)}` : point)
  const places = Math.min(precision, maxPlaces)
  const digits = scaled(size, places)
    .toString()
    .padStart(places + 1, '0')
  const whole = digits.slice(0, digits.length - places)
  return precision === 0 ? whole + point : `${whole}.${digits.slice(whole.length).padEnd(precision, '0')}`
}

function scientific(digits: string, exponent: number, alternate: boolean): string {
  const point = digits.length > 1 || alternate ? '.' : ''
  const power = String(Math.abs(exponent)).padStart(2, '0')
  return `${digits[0]}${point}${digits.slice(1)}e${exponent < 0 ? '-' : '+'}${power}`
}

function general(size: number, precision: number, alternate: boolean, dotZero: boolean): string {
  const { digits: all, exponent } = significant(size, precision - 1)
  const digits = alternate ? all : all.replace(/(?!^)0+$/, '')
  if (exponent < -4 || exponent >= precision - (dotZero ? 1 : 0)) return scientific(digits, exponent, alternate)
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  const rest = digits.slice(exponent + 1)
  return rest || alternate ? `${whole}.${rest}` : dotZero ? `${whole}.0` : whole
}

// No double has more significant decimal places than this; everything behind is zeros.
const maxPlaces = 1100

function significant(size: number, places: number): { digits: string; exponent: number } {
  const kept = Math.min(places, maxPlaces)
  let exponent = Number(size.toExponential().split('e')[1])
  let digits = scaled(size, kept - exponent).toString()
  // The shortest digits, which gave the exponent, may have been rounded up to a power of ten; so may ours.
  if (size !== 0 && digits.length <= kept) digits = scaled(size, kept - --exponent).toString()
  if (digits.length > kept + 1) digits = scaled(size, kept - ++exponent).toString()
  return { digits: digits.padEnd(places + 1, '0'), exponent }
}

// size * 10**places, exactly, rounded half to even.
function scaled(size: number, places: number): bigint {
  const bits = new DataView(new ArrayBuffer(8))
  bits.setFloat64(0, size)
  const biased = bits.getUint32(0) >>> 20
  const fraction = bits.getBigUint64(0) & 0xf_ffff_ffff_ffffn
  const power = BigInt((biased || 1) - 1075)
  let over = biased ? fraction | 0x10_0000_0000_0000n : fraction
  let under = 1n
  if (power > 0n) over <<= power
  else under <<= -power
  if (places >= 0) over *= 10n ** BigInt(places)
  else under *= 10n ** BigInt(-places)
  const quotient = over / under
  const twice = (over % under) * 2n
  return twice > under || (twice === under && quotient % 2n === 1n) ? quotient + 1n : quotient
}

/** Python's `abs(int)`, exact for what a double no longer prints digit by digit. */
export function magnitude(int: number | bigint): number | bigint {
  if (Number.isSafeInteger(int)) return Math.abs(Number(int))
  return int < 0 ? -BigInt(int) : BigInt(int)
}

/** Python's thousands separators: every `size` digits from the right, with zeros in front up to `minWidth` characters. */
export function group(digits: string, separator: string, size: number, minWidth: number): string {
  let count = digits.length
  while (count + Math.floor((count - 1) / size) < minWidth) count++
  const padded = digits.padStart(count, '0')
  const first = count % size || Math.min(size, count)
  const groups = [padded.slice(0, first)]
  for (let i = first; i < count; i += size) groups.push(padded.slice(i, i + size))
  return groups.join(separator)
}
