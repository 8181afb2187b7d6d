/** Whether a certificate, its chain and its key go together, and what of them is stored. */
import type { KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { type FieldError, refused } from '../http/problem.js';
import { type LeafFacts, leafFacts } from './leaf-facts.js';
import { brokenChain, readCertificates, toPem } from './read-chain.js';
import { readPrivateKey } from './read-key.js';

const CHAIN_AT_MOST = 10;
const CAS_AT_MOST = 50;

export interface CheckedCertificate {
  readonly certificate: string;
  /** PKCS #8 in PEM. */
  readonly privateKey: string;
  readonly caCertificate: string | null;
  readonly leaf: LeafFacts;
}

/** 422 with every complaint; none of them repeats what was sent. */
export function checkCertificate(given: {
  readonly certificate: string;
  readonly privateKey: string;
  readonly caCertificate: string | null;
}): CheckedCertificate {
  const errors: FieldError[] = [];
  const take = <T>(path: string, read: T | string): T | null => {
    if (typeof read !== 'string') return read;
    errors.push({ path, message: read });
    return null;
  };
  const chain = take('certificate', readChain(given.certificate));
  const key = take('privateKey', readPrivateKey(given.privateKey));
  const cas = given.caCertificate === null ? [] : take('caCertificate', readCas(given.caCertificate));
  if (chain !== null && key !== null && !chain.leaf.checkPrivateKey(key))
    errors.push({ path: 'privateKey', message: 'does not belong to the certificate' });
  if (chain === null || key === null || cas === null || errors.length > 0) throw invalid(errors);
  const certificate = toPem(chain.certificates);
  const privateKey = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  refuseUnserved(certificate, privateKey);
  return { certificate, privateKey, caCertificate: cas.length === 0 ? null : toPem(cas), leaf: chain.facts };
}

function readChain(pem: string) {
  const certificates = readCertificates(pem, CHAIN_AT_MOST);
  if (typeof certificates === 'string') return certificates;
  const [leaf] = certificates as [X509Certificate];
  const key = publicKey(leaf);
  const facts = key === null ? null : leafFacts(leaf);
  if (facts === null) return 'holds a key or times that cannot be read';
  return brokenChain(certificates) ?? { certificates, leaf, facts };
}

function readCas(pem: string): readonly X509Certificate[] | string {
  const certificates = readCertificates(pem, CAS_AT_MOST);
  if (typeof certificates === 'string') return certificates;
  const wrong = certificates.findIndex(({ ca }) => !ca);
  return wrong < 0 ? certificates : `must hold certificates of CAs: number ${wrong + 1} is none`;
}

/** Of a kind that nobody knows, it throws. */
function publicKey(leaf: X509Certificate): KeyObject | null {
  try {
    return leaf.publicKey;
  } catch {
    return null;
  }
}

/** What a TLS listener itself says, such as of a signature that is too weak. */
function refuseUnserved(cert: string, key: string): void {
  try {
    // Without `ca` all roots of this machine would be loaded for it.
    createSecureContext({ cert, key, ca: [] });
  } catch (error) {
    const { reason = 'it cannot be loaded' } = error as { reason?: string };
    throw invalid([{ path: 'certificate', message: `is taken by no TLS listener: ${reason}` }]);
  }
}

function invalid(errors: readonly FieldError[]) {
  return refused(errors, 'InvalidCertificate', 'The certificate cannot be used.');
}
