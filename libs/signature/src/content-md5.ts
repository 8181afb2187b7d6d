/** The Content-MD5 of a whole body. */
// hot
import { createHash } from 'node:crypto';

/** Base64(MD5(raw body)), as in the Content-MD5 header (wire contract 2.4, 7 rule 7). An integrity check, no protection. */
export function contentMd5(body: Uint8Array): string {
  return createHash('md5').update(body).digest('base64');
}
