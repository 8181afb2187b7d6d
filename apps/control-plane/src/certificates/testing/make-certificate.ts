/** Certificates for specs, made here so that none in the repository ever runs out. */
import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export interface MadeCertificate {
  /** PEM. */
  readonly certificate: string;
  /** PKCS #8 in PEM. */
  readonly privateKey: string;
  readonly name: string;
  readonly key: KeyObject;
}

export interface Wanted {
  readonly name: string;
  readonly hostNames?: readonly string[];
  readonly isCa?: boolean;
  readonly from?: Date;
  readonly to?: Date;
  readonly key?: KeyObject;
}

const DAY_MS = 86_400_000;

/** Issued by `issuer`, or by itself. */
export function makeCertificate(wanted: Wanted, issuer?: MadeCertificate): MadeCertificate {
  const { name, hostNames = [], isCa = false, from = new Date(Date.now() - DAY_MS), to = new Date(Date.now() + DAY_MS) } = wanted;
  const key = wanted.key ?? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const signer = issuer?.key ?? key;
  const pem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  const extensions = [extension('2.5.29.19', der(0x30, ...(isCa ? [der(0x01, Buffer.from([0xff]))] : [])))];
  if (hostNames.length > 0)
    extensions.push(extension('2.5.29.17', der(0x30, ...hostNames.map((each) => der(0x82, Buffer.from(each))))));
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithmOf(signer),
    distinguished(issuer?.name ?? name),
    der(0x30, time(from), time(to)),
    distinguished(name),
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, ...extensions)),
  );
  const signature = sign(signer.asymmetricKeyType === 'ed25519' ? null : 'sha256', body, signer);
  const whole = der(0x30, body, algorithmOf(signer), der(0x03, Buffer.from([0]), signature));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  const certificate = `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
  return { certificate, privateKey: pem, name, key };
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length < 0x80 ? [content.length] : [0x82, content.length >> 8, content.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = rest.flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return der(0x06, Buffer.from([first * 40 + second, ...bytes]));
}

function algorithmOf({ asymmetricKeyType }: KeyObject): Buffer {
  if (asymmetricKeyType === 'rsa') return der(0x30, oid('1.2.840.113549.1.1.11'), der(0x05));
  return der(0x30, oid(asymmetricKeyType === 'ec' ? '1.2.840.10045.4.3.2' : '1.3.101.112'));
}

function distinguished(name: string): Buffer {
  return der(0x30, der(0x31, der(0x30, oid('2.5.4.3'), der(0x0c, Buffer.from(name)))));
}

function time(at: Date): Buffer {
  return der(0x18, Buffer.from(`${at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`));
}

function extension(id: string, value: Buffer): Buffer {
  return der(0x30, oid(id), der(0x04, value));
}
