/** Turns secrets into keys, at configuration time. */
import { createHash } from 'node:crypto';
import { SigningKey } from './signing-key.js';

/** Keys that somebody still holds, by the hash of their secret. */
const prepared = new Map<string, WeakRef<SigningKey>>();
const forgotten = new FinalizationRegistry<string>((hash) => {
  if (prepared.get(hash)?.deref() === undefined) prepared.delete(hash);
});

/**
 * The key is the UTF-8 bytes of the text (wire contract 2.1). Equal secrets give the same object, so that whether two keys are
 * equal is seen at a glance (`hmacBase64`).
 */
export function prepareSecret(secret: string): SigningKey {
  const hash = createHash('sha256').update(secret, 'utf8').digest('base64');
  const known = prepared.get(hash)?.deref();
  if (known !== undefined) return known;
  const key = new SigningKey(Buffer.from(secret, 'utf8'));
  prepared.set(hash, new WeakRef(key));
  forgotten.register(key, hash);
  return key;
}
