/** Verifies a token with the key that it names (plugins, section 5.4; RFC 7515, RFC 8725). */
// hot
import type { ConditionValue } from '@causeway/condition';
import { compactVerify, errors, importJWK } from 'jose';
import { claimValues } from './jwt-claims.js';
import type { Key, KeySet } from './jwt-keys.js';
import type { Keys } from './jwt-remote-keys.js';
import { type Decoded, shown, undecodable } from './jwt-token.js';
import { type Answer, refuse } from './kit/answer.js';

/** A token whose signature is right: that stays so. Whether it may pass now is judged each time. */
export interface Verified {
  readonly claims: Readonly<Record<string, unknown>>;
  readonly values: ReadonlyMap<string, ConditionValue>;
}

export async function verify(
  token: string,
  { alg, kid, claims }: Decoded,
  known: KeySet | null,
  keys: Keys,
  nowMs: number,
): Promise<Answer | { readonly set: KeySet; readonly verified: Verified }> {
  let set: KeySet | null = known;
  if (set === null || set.of(kid).length === 0) {
    const found = await keys.again(nowMs);
    if (found === 'unreachable') return refuse('X503BZ');
    if (found === 'unusable') return refuse('I400JP', { Reason: 'there is no usable key at jwksUri' });
    set = found ?? set;
  }
  const named = set?.of(kid) ?? [];
  if (set === null || named.length === 0) return refuse('A403JK', { kid: shown(kid ?? '') });
  const fitting = named.filter(({ algorithms }) => algorithms.has(alg));
  if (fitting.length === 0) return refuse('A403JT', { Reason: `the algorithm ${alg} is not that of the key` });
  const refused = await verifyWith(token, alg, fitting);
  if (refused !== null) return refused;
  try {
    return { set, verified: { claims, values: claimValues(claims) } };
  } catch {
    return undecodable('the claims are nested too deeply');
  }
}

type Imported = Awaited<ReturnType<typeof importJWK>>;

/** By algorithm: jose takes a key that it need not look up again in 4 µs less. */
const imported = new WeakMap<Key, Map<string, Imported>>();

async function importOnce(key: Key, alg: string): Promise<Imported> {
  const made = await importJWK(key.jwk, alg);
  const known = imported.get(key);
  if (known === undefined) imported.set(key, new Map([[alg, made]]));
  else known.set(alg, made);
  return made;
}

/** All rules of signatures are jose's. */
async function verifyWith(token: string, alg: string, keys: readonly Key[]): Promise<Answer | null> {
  let unusable = false;
  for (const key of keys) {
    try {
      await compactVerify(token, imported.get(key)?.get(alg) ?? (await importOnce(key, alg)), { algorithms: [alg] });
      return null;
    } catch (error) {
      if (error instanceof errors.JWSInvalid) return undecodable('not a compact JWS');
      unusable ||= !(error instanceof errors.JWSSignatureVerificationFailed);
    }
  }
  return unusable ? refuse('I400JP', { Reason: 'a key cannot be used' }) : refuse('A403JT', { Reason: 'the signature is wrong' });
}
