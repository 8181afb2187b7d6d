/** Reads a private key in PEM; no refusal ever repeats a part of it. */
import { createPrivateKey, type KeyObject } from 'node:crypto';

const CURVES = new Set(['prime256v1', 'secp384r1', 'secp521r1']);
const RSA_BITS = { least: 2048, most: 4096 };

/** The key, of a kind that TLS clients take, or what is wrong with it. */
export function readPrivateKey(pem: string): KeyObject | string {
  if (/ENCRYPTED/.test(pem)) return 'is encrypted: bring it without a passphrase, it is sealed here';
  if (pem.match(/-----BEGIN/g)?.length !== 1 && !/-----BEGIN EC PARAMETERS-----/.test(pem)) return UNREADABLE;
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    return UNREADABLE;
  }
  return wrongKind(key) ?? key;
}

const UNREADABLE = 'must be one private key in PEM';

function wrongKind({ asymmetricKeyType: type, asymmetricKeyDetails: { modulusLength = 0, namedCurve = '' } = {} }: KeyObject) {
  if (type === 'ed25519' || (type === 'ec' && CURVES.has(namedCurve))) return null;
  if (type !== 'rsa') return 'must be RSA, EC with P-256, P-384 or P-521, or Ed25519';
  if (modulusLength >= RSA_BITS.least && modulusLength <= RSA_BITS.most) return null;
  return `must have ${RSA_BITS.least} to ${RSA_BITS.most} bits; this one has ${modulusLength}`;
}
