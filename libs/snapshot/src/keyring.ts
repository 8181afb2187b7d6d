/** Secret keys with names: the first one seals and signs, all of them open and verify. */

/** One 256-bit key and the id under which sealed values and manifests name it. */
export interface NamedKey {
  readonly id: string;
  readonly key: Buffer;
}

/** At least one key; the first is the one in use, the others are on their way in or out. */
export type Keyring = readonly [NamedKey, ...NamedKey[]];

const KEY_ID = /^[A-Za-z0-9_-]{1,64}$/;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;
const KEY_BYTES = 32;

/** Reads `id:base64[,id:base64]`, each key of 32 bytes. Throws an Error that never repeats key material. */
export function parseKeyring(text: string): Keyring {
  const keys = text.split(',').map((part, index) => parseNamedKey(part.trim(), index + 1));
  if (new Set(keys.map(({ id }) => id)).size < keys.length) throw new Error('Two keys have the same id');
  return keys as unknown as Keyring;
}

/** The text that `parseKeyring` reads. */
export function formatKeyring(keyring: Keyring): string {
  return keyring.map(({ id, key }) => `${id}:${key.toString('base64')}`).join(',');
}

function parseNamedKey(part: string, position: number): NamedKey {
  const colon = part.indexOf(':');
  const id = part.slice(0, Math.max(colon, 0));
  const base64 = part.slice(colon + 1);
  if (!KEY_ID.test(id)) throw new Error(`Key ${position} must look like id:base64, its id of 1 to 64 letters, digits, _ and -`);
  const key = BASE64.test(base64) ? Buffer.from(base64, 'base64') : Buffer.alloc(0);
  if (key.length !== KEY_BYTES) throw new Error(`Key ${position} must be ${KEY_BYTES} bytes in base64`);
  return { id, key };
}
