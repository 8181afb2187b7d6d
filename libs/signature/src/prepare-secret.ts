/** Turns secrets into keys, at configuration time. */
import { createHash, createSecretKey, type KeyObject } from 'node:crypto';

/** Keys that somebody still holds, by the hash of their secret. */
const prepared = new Map<string, WeakRef<KeyObject>>();
const forgotten = new FinalizationRegistry<string>((hash) => {
  if (prepared.get(hash)?.deref() === undefined) prepared.delete(hash);
});

/**
 * The key is the UTF-8 bytes of the text (wire contract 2.1), and unlike the text it does not show itself when logged. Equal
 * secrets give the same object, so that whether two keys are equal is seen at a glance (`hmacBase64`).
 */
export function prepareSecret(secret: string): KeyObject {
  const hash = createHash('sha256').update(secret, 'utf8').digest('base64');
  const known = prepared.get(hash)?.deref();
  if (known !== undefined) return known;
  const key = createSecretKey(secret, 'utf8');
  prepared.set(hash, new WeakRef(key));
  forgotten.register(key, hash);
  return key;
}
