// A mail server and what is in the mails that it has got, by the folder of a test.

import type { TestContext } from 'node:test'
import { simpleParser } from 'mailparser'
import { MailServer } from './mail-server.js'
import { until } from './until.js'

const servers = new Map<string, MailServer>()

/** Starts a mail server for the folder of a test, until that ends, and returns its address and port. */
export async function startMailbox(t: TestContext, dir: string): Promise<readonly [string, number]> {
  const server = await MailServer.start(t)
  servers.set(dir, server)
  t.after(() => servers.delete(dir))
  return server.mailhost
}

/** The texts of the mails that the server of a folder has got, each a line, once there are `count` of them. */
export async function textsMailed(dir: string, count: number): Promise<readonly string[]> {
  const mailsOf = (): MailServer['mails'] => servers.get(dir)?.mails ?? []
  await until(() => mailsOf().length >= count, 60_000)
  const parsed = await Promise.all(mailsOf().map(({ message }) => simpleParser(message)))
  return parsed.map(({ text = '' }) => `${text.trimEnd()}\n`)
}
