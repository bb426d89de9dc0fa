// `require` as seen from a place that is known only when the program runs.

import nodeModule from 'node:module'

/** `require` for the file at `place`, a path or a file: URL, which need not exist. */
export function requireFrom(place: string): NodeJS.Require {
  // By another name than the usual one: webpack looks through that, and warns of what it cannot resolve when it builds.
  return nodeModule.createRequire(place)
}
