// Signed pickles, as the documentation of Python's pickle module suggests for what comes over a network.

import { createHmac, createSecretKey } from 'node:crypto'
import { toError } from '../errors.js'

/** How pickles are signed. */
export interface HmacOptions {
  /** What the receiver knows too; a string is taken in UTF-8. */
  readonly key: string | Uint8Array
  /** The digest, by its name in OpenSSL and in Python's hashlib. Default: 'sha256'. */
  readonly algorithm?: string | undefined
}

/** Signs with one key. */
export interface Signer {
  /** Bytes of a signature. */
  readonly size: number
  sign(data: Uint8Array): Buffer
}

/**
 * The signer for a key.
 * @throws for an empty key and an unknown algorithm, with a text that continues `option "hmac" ...`. Python: `hmac.new`.
 */
export function signer({ key, algorithm = 'sha256' }: HmacOptions): Signer {
  if (key.length === 0) throw new Error('must have a key that is not empty')
  const secret = createSecretKey(Buffer.from(key))
  const sign = (data: Uint8Array): Buffer => createHmac(algorithm, secret).update(data).digest()
  try {
    return { size: sign(Buffer.alloc(0)).length, sign }
  } catch (error) {
    throw new Error(`names the algorithm '${algorithm}', which cannot be used: ${toError(error).message}`, {
      cause: error,
    })
  }
}
