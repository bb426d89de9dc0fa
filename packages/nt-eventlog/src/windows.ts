// advapi32.dll and kernel32.dll through koffi, which has both compiled already. Nothing is loaded on other systems.

import { requireOptional, toError } from '@pino-handlers/core'
import { type EventLogCalls, type RegistryCalls, Win32Error } from './wire/index.js'

/** What the handler needs of Windows. */
export interface Windows {
  readonly events: EventLogCalls
  readonly registry: RegistryCalls
}

let bound: Windows | undefined

/** The calls, looked up once in each thread. Throws in words when this is not Windows, or koffi is not there. */
export function loadWindows(): Windows {
  if (process.platform !== 'win32') throw new Error(`the Windows event log is not on ${process.platform}`)
  bound ??= bind(loadKoffi())
  return bound
}

function bind(koffi: Koffi): Windows {
  const kernel = koffi.load('kernel32.dll')
  const getLastError = kernel.func('uint32 __stdcall GetLastError()')
  const formatMessage = kernel.func(
    'uint32 __stdcall FormatMessageW(uint32, void *, uint32, uint32, void *, uint32, void *)',
  )

  function failure(call: string, winerror: number): Win32Error {
    const words = Buffer.alloc(1024)
    const length = Number(formatMessage(SYSTEM_WORDS_ON_ONE_LINE, null, winerror, 0, words, words.length / 2, null))
    return new Win32Error(call, winerror, words.toString('utf16le', 0, length * 2).trim() || 'no words for it')
  }

  const advapi = koffi.load('advapi32.dll')
  return {
    events: bindEvents(advapi, (call) => failure(call, Number(getLastError()))),
    registry: bindRegistry(advapi, failure),
  }
}

// FORMAT_MESSAGE_FROM_SYSTEM, _IGNORE_INSERTS and _MAX_WIDTH_MASK.
const SYSTEM_WORDS_ON_ONE_LINE = 0x1000 | 0x200 | 0xff

function bindEvents(advapi: Library, lastFailure: (call: string) => Win32Error): EventLogCalls {
  const register = advapi.func('uintptr_t __stdcall RegisterEventSourceW(str16, str16)')
  const report = advapi.func(
    'int __stdcall ReportEventW(uintptr_t, uint16, uint16, uint32, void *, uint16, uint32, const char16_t **, const void *)',
  )
  const deregister = advapi.func('int __stdcall DeregisterEventSource(uintptr_t)')
  return {
    registerEventSource(source) {
      const handle = register(null, source)
      if (!handle) throw lastFailure('RegisterEventSourceW')
      return handle
    },
    reportEvent(handle, { type, category, id, strings, data = null }) {
      // What is no string would end the process in here.
      const texts = strings.length === 0 ? null : strings.map(String)
      const size = data?.length ?? 0
      if (!report(handle, type, category, id, null, strings.length, size, texts, data))
        throw lastFailure('ReportEventW')
    },
    deregisterEventSource(handle) {
      if (!deregister(handle)) throw lastFailure('DeregisterEventSource')
    },
  }
}

const HKEY_LOCAL_MACHINE = 0x80000002 | 0
const KEY_QUERY_VALUE = 1
const KEY_SET_VALUE = 2
const REG_EXPAND_SZ = 2
const REG_DWORD = 4
const ERROR_FILE_NOT_FOUND = 2
const MAX_PATH_BYTES = 65_536

function bindRegistry(advapi: Library, failure: (call: string, winerror: number) => Win32Error): RegistryCalls {
  const open = advapi.func('int __stdcall RegOpenKeyExW(intptr_t, str16, uint32, uint32, void *)')
  const create = advapi.func(
    'int __stdcall RegCreateKeyExW(intptr_t, str16, uint32, void *, uint32, uint32, void *, void *, void *)',
  )
  const query = advapi.func('int __stdcall RegQueryValueExW(intptr_t, str16, void *, void *, void *, void *)')
  const set = advapi.func('int __stdcall RegSetValueExW(intptr_t, str16, uint32, uint32, const void *, uint32)')
  const close = advapi.func('int __stdcall RegCloseKey(intptr_t)')
  const remove = advapi.func('int __stdcall RegDeleteKeyW(intptr_t, str16)')

  function check(call: string, result: number | bigint): void {
    if (result) throw failure(call, Number(result))
  }

  return {
    messageFile(path) {
      const key = Buffer.alloc(8)
      if (open(HKEY_LOCAL_MACHINE, path, 0, KEY_QUERY_VALUE, key)) return undefined
      const text = Buffer.alloc(MAX_PATH_BYTES)
      const size = Buffer.alloc(4)
      size.writeUInt32LE(text.length)
      const found = query(key.readBigInt64LE(), 'EventMessageFile', null, null, text, size) === 0
      close(key.readBigInt64LE())
      return found ? text.toString('utf16le', 0, size.readUInt32LE()).replace(/\0+$/, '') : undefined
    },
    setSource(path, { EventMessageFile, TypesSupported }) {
      const out = Buffer.alloc(8)
      check('RegCreateKeyExW', create(HKEY_LOCAL_MACHINE, path, 0, null, 0, KEY_SET_VALUE, null, out, null))
      const key = out.readBigInt64LE()
      const file = Buffer.from(`${EventMessageFile}\0`, 'utf16le')
      const types = Buffer.alloc(4)
      types.writeUInt32LE(TypesSupported)
      try {
        check('RegSetValueExW', set(key, 'EventMessageFile', 0, REG_EXPAND_SZ, file, file.length))
        check('RegSetValueExW', set(key, 'TypesSupported', 0, REG_DWORD, types, types.length))
      } finally {
        close(key)
      }
    },
    removeSource(path) {
      const result = remove(HKEY_LOCAL_MACHINE, path)
      if (result !== ERROR_FILE_NOT_FOUND) check('RegDeleteKeyW', result)
    },
  }
}

type Argument = number | bigint | string | Uint8Array | readonly string[] | null

interface Library {
  func(definition: string): (...args: readonly Argument[]) => number | bigint
}

/** What is used of koffi 3. */
interface Koffi {
  load(path: string): Library
}

function loadKoffi(): Koffi {
  try {
    return parseKoffi(requireOptional('koffi', import.meta.url))
  } catch (thrown) {
    const words = 'the Windows event log needs the package "koffi", which is not there: npm install koffi'
    throw new Error(`${words} (${toError(thrown).message.split('\n', 1)[0]})`, { cause: thrown })
  }
}

function parseKoffi(module: unknown): Koffi {
  const isKoffi = typeof module === 'object' && module !== null && 'load' in module
  if (!isKoffi) throw new Error('this is not koffi')
  return module as Koffi
}
