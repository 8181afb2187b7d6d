/** Reads certificates in PEM, and what is wrong with them. */
import { X509Certificate } from 'node:crypto';

const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,40})-----[^-]*-----END \1-----/g;
const MARK = /-----(?:BEGIN|END)/g;

/**
 * All certificates of the text, in its order, or what is wrong. Nothing else may stand in a block of its own: a private key that was pasted
 * along would be shown with every look at the certificate.
 */
export function readCertificates(pem: string, atMost: number): readonly X509Certificate[] | string {
  const blocks = [...pem.matchAll(BLOCK)];
  if (blocks.length === 0 || blocks.length * 2 !== pem.match(MARK)?.length) return 'must be certificates in PEM';
  if (blocks.some(([, type]) => type !== 'CERTIFICATE')) return 'must hold certificates only, and no key';
  if (blocks.length > atMost) return `must hold ${atMost} certificates at most`;
  const read: X509Certificate[] = [];
  for (const [text] of blocks) {
    try {
      read.push(new X509Certificate(text));
    } catch {
      return `holds a certificate that cannot be read: number ${read.length + 1}`;
    }
  }
  return read;
}

/** What breaks the chain: each must be issued and signed by the one behind it. Null when it is whole. */
export function brokenChain(chain: readonly X509Certificate[]): string | null {
  for (let at = 1; at < chain.length; at++) {
    const [issued, issuer] = [chain[at - 1], chain[at]] as [X509Certificate, X509Certificate];
    if (!issuer.ca) return `must be a chain, the server's certificate first: number ${at + 1} is no CA`;
    if (!issued.checkIssued(issuer) || !isSigned(issued, issuer))
      return `must be a chain, the server's certificate first: number ${at + 1} has not issued number ${at}`;
  }
  return null;
}

/** The certificates and nothing that stood between them. */
export function toPem(certificates: readonly X509Certificate[]): string {
  return certificates.map(String).join('');
}

function isSigned(issued: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return issued.verify(issuer.publicKey);
  } catch {
    return false;
  }
}
