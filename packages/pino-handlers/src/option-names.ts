// How options are called: maxBytes in code, --max-bytes as a flag, PINO_HANDLERS_OPT_MAX_BYTES in the environment.

/** What the names of options begin with in the environment. */
export const ENV_PREFIX = 'PINO_HANDLERS_OPT_'

/** `maxBytes` as `max-bytes`. */
function kebab(option: string): string {
  return option.replaceAll(/([a-z\d])([A-Z]+)/g, '$1-$2').toLowerCase()
}

/** `maxBytes` as `--max-bytes`. */
export function flagOf(option: string): string {
  return `--${kebab(option)}`
}

/** `maxBytes` as `PINO_HANDLERS_OPT_MAX_BYTES`. */
export function variableOf(option: string): string {
  return ENV_PREFIX + kebab(option).replaceAll('-', '_').toUpperCase()
}

/** The option that is meant by `max-bytes`, `maxBytes`, `max_bytes` or `MAX_BYTES`. */
export function findOption(written: string, options: readonly string[]): string | undefined {
  const wanted = plain(written)
  return options.find((option) => option === written) ?? options.find((option) => plain(option) === wanted)
}

function plain(name: string): string {
  return name.replaceAll(/[-_]/g, '').toLowerCase()
}
