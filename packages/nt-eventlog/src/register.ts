// For installers: sources come and go with the program, not with its runs.

import { resolveOptions } from '@pino-handlers/core'
import { loadWindows } from './windows.js'
import { addSource, type EventSource, sourceChecks, sourceDefaults, sourceKey } from './wire/index.js'

/**
 * Writes a source to the registry, over what is there; it takes an administrator. Throws a HandlerOptionError for a wrong
 * option, an Error where there is no Windows event log, a Win32Error when Windows refuses. Python:
 * `win32evtlogutil.AddSourceToRegistry`.
 */
export function registerEventSource(source: EventSource): void {
  const settings = resolveOptions('nt-eventlog', sourceChecks, sourceDefaults, source)
  addSource(loadWindows().registry, settings)
}

/**
 * Takes a source out of the registry, if it is there; what was written stays in the log. Throws as
 * {@link registerEventSource}. Python: `win32evtlogutil.RemoveSourceFromRegistry`, which the handler never calls.
 */
export function unregisterEventSource(source: Pick<EventSource, 'appname' | 'logtype'>): void {
  const settings = resolveOptions('nt-eventlog', sourceChecks, sourceDefaults, source)
  loadWindows().registry.removeSource(sourceKey(settings))
}
