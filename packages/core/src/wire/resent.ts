// The mark on a record that is sent once more: the receiver may have it already.

import { isObject } from '../is-object.js'
import { PickleWriter } from './pickle.js'

/** `line` with `"resent":true` as its last field; as it is when it is no JSON object or has the mark. */
export function markLine(line: string): string {
  const fields = fieldsOf(line)
  if (!fields || fields.resent === true) return line
  const end = line.lastIndexOf('}')
  const comma = Object.keys(fields).length === 0 ? '' : ','
  return `${line.slice(0, end)}${comma}"resent":true${line.slice(end)}`
}

/** A pickled dictionary with one more key, `resent`: True; as it is when it has the mark. */
export function markPickle(pickle: Buffer): Buffer {
  const body = pickle.subarray(0, -DICT_END.length)
  if (body.subarray(-PICKLED_MARK.length).equals(PICKLED_MARK)) return pickle
  return Buffer.concat([body, PICKLED_MARK, DICT_END])
}

const [PICKLED_MARK, DICT_END] = pickledMark()

function pickledMark(): [mark: Buffer, dictEnd: Buffer] {
  const writer = new PickleWriter()
  writer.text('resent')
  writer.value(true)
  const mark = writer.take()
  writer.closeDict()
  writer.stop()
  return [mark, writer.take()]
}

// Undefined for what is no object.
function fieldsOf(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
