// What the application may ask of a handler while it runs.

import type { CommandMessage } from './pino-thread.js'

/** A handler in this process, or the stream that `pino.transport()` returned. */
export type CommandTarget =
  | { command(name: string): void }
  | { emit(event: 'message', message: CommandMessage): unknown }

/** Asks a handler to do something by name; with a transport's stream, all handlers in its worker. */
export function sendCommand(target: CommandTarget, command: string): void {
  if ('command' in target) target.command(command)
  else target.emit('message', { code: 'PINO_HANDLERS', command })
}
