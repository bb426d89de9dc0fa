// Records as Python's HTTPHandler sends them: one urlencoded request for each, with the headers of http.client.

import { type LogRecord, type Parcel, parcelOf } from '@pino-handlers/core'
import { recordDict } from '@pino-handlers/core/wire'
import { mappedFields } from './mapped-fields.js'
import { type Header, type HttpRequest, type RequestForm, withHeaders } from './message.js'
import { urlencode } from './urlencode.js'

/** What stands in a request beside the record. */
export interface PythonFormSettings {
  readonly method: 'GET' | 'POST'
  /** Path, and query if there is one. */
  readonly url: string
  /** The value of `Host`. */
  readonly host: string
  /** Name and password for basic authentication. */
  readonly credentials?: readonly [user: string, password: string] | undefined
  /** Headers beyond Python's, sent after those. */
  readonly headers?: readonly Header[] | undefined
}

/** What becomes of a record: the fields that are sent. */
export type MapLogRecord = (record: LogRecord) => Readonly<Record<string, unknown>>

/** The request with a form in it: in the url with GET, in the body with POST. Python: `HTTPHandler.emit`. */
export function pythonRequest(settings: PythonFormSettings, data: string): HttpRequest {
  const { method, url, host, credentials, headers = [] } = settings
  const always: readonly Header[] = [
    ['Host', host],
    ['Accept-Encoding', 'identity'],
  ]
  const authorization: readonly Header[] = credentials ? [['Authorization', basicAuthorization(credentials)]] : []
  if (method === 'GET') {
    const path = `${url}${url.includes('?') ? '&' : '?'}${data}`
    return { method, path, headers: withHeaders([...always, ...authorization], headers), body: undefined }
  }
  const form: readonly Header[] = [
    ['Content-type', 'application/x-www-form-urlencoded'],
    ['Content-length', String(Buffer.byteLength(data))],
  ]
  // As in http.client, which sends "/" for no path at all.
  return { method, path: url || '/', headers: withHeaders([...always, ...form, ...authorization], headers), body: data }
}

/** The value of `Authorization` for basic authentication, in UTF-8. */
export function basicAuthorization([user, password]: readonly [string, string]): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

/** One request for each record. `mapLogRecord` defaults to the attributes of Python's LogRecord. Python: `HTTPHandler.mapLogRecord`. */
export function pythonForm(settings: PythonFormSettings, mapLogRecord: MapLogRecord = recordDict): RequestForm {
  return {
    parcel({ records }, onInvalid) {
      const entries: string[] = []
      for (const record of records) {
        try {
          entries.push(urlencode(mappedFields(mapLogRecord, record)))
        } catch (error) {
          onInvalid(error)
        }
      }
      return parcelOf(entries)
    },
    request: (parcel: Parcel) => pythonRequest(settings, parcel.text),
  }
}
