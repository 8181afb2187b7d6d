/** Keys that tokens are verified with, and which of them a token may be verified with (plugins, section 5.4; RFC 7517, RFC 7518). */
// hot
import { createPublicKey, hash, type JsonWebKey } from 'node:crypto';
import type { JWK } from 'jose';
import { z } from 'zod';
import { text } from './kit/fields.js';

const RSA = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const;
const HMAC = ['HS256', 'HS384', 'HS512'] as const;
const CURVES: Readonly<Record<string, { readonly kty: string; readonly alg: string }>> = {
  'P-256': { kty: 'EC', alg: 'ES256' },
  'P-384': { kty: 'EC', alg: 'ES384' },
  'P-521': { kty: 'EC', alg: 'ES512' },
  Ed25519: { kty: 'OKP', alg: 'EdDSA' },
};
/** Never `none`, and nothing that is not in the list. */
const ALGORITHMS = [...RSA, ...HMAC, 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;
const KNOWN: ReadonlySet<string> = new Set(ALGORITHMS);

/** Of a modulus: what jose asks for at least, and what a verification is to cost at most. */
const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 8192;
/** Members that only the holder of a private key has. */
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth'] as const;
/** Keys without `kid` that one token is tried with. */
export const MAX_NAMELESS = 8;
export const MAX_KEYS = 64;

const encoded = (max: number) =>
  z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/, 'must be base64url')
    .max(max)
    .optional();

/** Members that are of no use here, such as `x5c`, may stand there (RFC 7517 section 4). */
export const Jwk = z.looseObject({
  kty: z.enum(['RSA', 'EC', 'OKP', 'oct']),
  kid: text(256).optional(),
  alg: z.enum(ALGORITHMS).optional(),
  use: z.literal('sig', { error: 'must be sig: the key is for signatures' }).optional(),
  key_ops: z.array(z.string().max(64)).max(8).optional(),
  n: encoded(1400),
  e: encoded(12),
  crv: z.string().max(16).optional(),
  x: encoded(100),
  y: encoded(100),
  k: encoded(1400),
});

export type Jwk = z.infer<typeof Jwk>;

export interface Key {
  readonly jwk: JWK;
  readonly kid: string | null;
  readonly algorithms: ReadonlySet<string>;
}

export function isKnownAlgorithm(alg: string): boolean {
  return KNOWN.has(alg);
}

/** A key ready for use; a text says why it is none. */
export function readKey(jwk: Jwk): Key | string {
  if (PRIVATE.some((member) => jwk[member] !== undefined)) return 'holds a private key: give its public part';
  if (jwk.key_ops !== undefined && !jwk.key_ops.includes('verify')) return 'is not for verifying (key_ops)';
  const fitting = algorithmsOf(jwk);
  if (typeof fitting === 'string') return fitting;
  const algorithms = jwk.alg === undefined ? fitting : fitting.filter((alg) => alg === jwk.alg);
  if (algorithms.length === 0) return `is none for the algorithm ${jwk.alg}`;
  const { kty, alg, n, e, crv, x, y, k } = jwk;
  const members = Object.entries({ kty, alg, n, e, crv, x, y, k }).filter(([, value]) => value !== undefined);
  return { jwk: Object.freeze(Object.fromEntries(members)) as JWK, kid: jwk.kid ?? null, algorithms: new Set(algorithms) };
}

/** By type, curve and length; never by what a token says (RFC 8725 section 3.1). */
function algorithmsOf(jwk: Jwk): readonly string[] | string {
  if (jwk.kty === 'oct') {
    if (jwk.k === undefined) return 'needs k';
    // RFC 7518 section 3.2: at least as long as the hash.
    const bits = Buffer.from(jwk.k, 'base64url').length * 8;
    const long = HMAC.filter((alg) => Number(alg.slice(2)) <= bits);
    return long.length === 0 ? 'is shorter than 256 bits' : long;
  }
  try {
    const { asymmetricKeyDetails } = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
    if (jwk.kty === 'RSA') {
      const bits = asymmetricKeyDetails?.modulusLength ?? 0;
      return bits < MIN_RSA_BITS || bits > MAX_RSA_BITS ? `has ${bits} bits, not ${MIN_RSA_BITS} to ${MAX_RSA_BITS}` : RSA;
    }
  } catch {
    return 'is no usable key';
  }
  const curve = CURVES[jwk.crv ?? ''];
  return curve?.kty === jwk.kty ? [curve.alg] : 'is of a curve that is not used for signatures';
}

/** Immutable. */
export class KeySet {
  /** Equal for equal keys only: what was verified with one set says nothing of another. */
  readonly version: string;
  private readonly byKid = new Map<string, Key[]>();
  private readonly nameless: readonly Key[];

  constructor(keys: readonly Key[]) {
    this.version = hash('sha256', JSON.stringify(keys.map(({ jwk, kid }) => [kid, jwk])), 'base64');
    for (const key of keys) {
      if (key.kid === null) continue;
      const same = this.byKid.get(key.kid);
      if (same === undefined) this.byKid.set(key.kid, [key]);
      else same.push(key);
    }
    const nameless = keys.filter(({ kid }) => kid === null).slice(0, MAX_NAMELESS);
    this.nameless = nameless.length === 0 && keys.length === 1 ? keys : nameless;
  }

  /** Those that a token may be verified with; one without `kid` by keys without, or by the only key. */
  of(kid: string | null): readonly Key[] {
    return kid === null ? this.nameless : (this.byKid.get(kid) ?? NO_KEYS);
  }
}

const NO_KEYS: readonly Key[] = [];
