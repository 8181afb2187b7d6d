/** What a certificate says of itself, as people read it. */
import type { KeyObject, X509Certificate } from 'node:crypto';

export interface LeafFacts {
  readonly subject: string;
  readonly issuer: string;
  /** Hexadecimal. */
  readonly serialNumber: string;
  /** DNS names of the subject alternative names, in lower case; clients look at no other (RFC 9525). */
  readonly hostNames: readonly string[];
  readonly validFrom: string;
  readonly validTo: string;
  /** SHA-256, in the form `AB:CD:...`. */
  readonly fingerprint: string;
  /** Such as `RSA 2048`, `EC prime256v1`, `Ed25519`. */
  readonly keyAlgorithm: string;
}

/** One entry of the alternative names; a value with characters that could be taken for a border stands in quotes. */
const NAME = /([^:,]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/y;
const HOST_NAME = /^(?:\*\.)?[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/;

/** Null when its times cannot be read. */
export function leafFacts(leaf: X509Certificate): LeafFacts | null {
  const [validFrom, validTo] = [new Date(leaf.validFrom), new Date(leaf.validTo)];
  if (Number.isNaN(validFrom.getTime()) || Number.isNaN(validTo.getTime())) return null;
  return {
    subject: oneLine(leaf.subject),
    issuer: oneLine(leaf.issuer),
    serialNumber: leaf.serialNumber,
    hostNames: hostNames(leaf.subjectAltName ?? ''),
    validFrom: validFrom.toISOString(),
    validTo: validTo.toISOString(),
    fingerprint: leaf.fingerprint256,
    keyAlgorithm: keyAlgorithm(leaf.publicKey),
  };
}

function keyAlgorithm({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): string {
  if (type === 'rsa') return `RSA ${details?.modulusLength}`;
  if (type === 'ec') return `EC ${details?.namedCurve}`;
  return type === 'ed25519' ? 'Ed25519' : String(type);
}

/** Whether clients that call `domain` take a certificate for these names: a star stands for one label, and first (RFC 9525 6.3). */
export function covers(names: readonly string[], domain: string): boolean {
  const parent = domain.slice(domain.indexOf('.'));
  return names.some((name) => name === domain || (name.startsWith('*.') && !domain.startsWith('*.') && name.slice(1) === parent));
}

function hostNames(text: string): string[] {
  const names = new Set<string>();
  for (const [, kind, value = ''] of text.matchAll(new RegExp(NAME, 'gy'))) {
    const name = value.toLowerCase();
    if (kind === 'DNS' && HOST_NAME.test(name)) names.add(name);
  }
  return [...names];
}

/** A part of a name stands on each line; the subject may be empty. */
function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ');
}
