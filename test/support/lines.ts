// Lines as pino writes them.

/** A line of pino with its usual keys; `fields` are added or replace them. */
export function line(msg: string, fields: Readonly<Record<string, unknown>> = {}): string {
  const all = { level: 30, time: 1508025600123, pid: 4242, hostname: 'host', ...fields, msg }
  return `${JSON.stringify(all)}\n`
}

/** `count` lines whose messages are their numbers. */
export function numbered(count: number, fields: Readonly<Record<string, unknown>> = {}): string[] {
  return Array.from({ length: count }, (_, index) => line(String(index), fields))
}
