/** A certificate is taken with its chain and its key when a TLS listener could serve them, and refused by name otherwise. */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Problem } from '../http/problem.js';
import { checkCertificate } from './check-certificate.js';
import { covers } from './leaf-facts.js';
import { type MadeCertificate, makeCertificate } from './testing/make-certificate.js';

const root = makeCertificate({ name: 'root', isCa: true });
const middle = makeCertificate({ name: 'middle', isCa: true }, root);
const leaf = makeCertificate({ name: 'leaf', hostNames: ['Shop.Test', '*.shop.test'] }, middle);
const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength }).privateKey;

function check(of: Pick<MadeCertificate, 'certificate' | 'privateKey'>, caCertificate: string | null = null) {
  return checkCertificate({ certificate: of.certificate, privateKey: of.privateKey, caCertificate });
}

function complaints(work: () => unknown): Record<string, string> {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem && error.code === 'InvalidCertificate')
      return Object.fromEntries(error.errors?.map(({ path, message }) => [path, message]) ?? []);
    throw error;
  }
  return {};
}

describe('a certificate', () => {
  it('comes with its chain, and says what it is for', () => {
    const chain = [leaf, middle, root].map(({ certificate }) => certificate).join('');
    const checked = check({ certificate: chain, privateKey: leaf.privateKey });
    expect(checked).toMatchObject({ certificate: chain, privateKey: leaf.privateKey, caCertificate: null });
    expect(checked.leaf).toEqual({
      subject: 'CN=leaf',
      issuer: 'CN=middle',
      serialNumber: expect.stringMatching(/^[0-9A-F]{18}$/),
      hostNames: ['shop.test', '*.shop.test'],
      validFrom: expect.stringMatching(/Z$/),
      validTo: expect.stringMatching(/Z$/),
      fingerprint: expect.stringMatching(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/),
      keyAlgorithm: 'EC prime256v1',
    });
  });

  it.each([
    ['RSA 2048', rsa(2048)],
    ['EC secp384r1', generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey],
    ['Ed25519', generateKeyPairSync('ed25519').privateKey],
  ])('may have a key of %s', (algorithm, key) => {
    expect(check(makeCertificate({ name: 'x', key })).leaf.keyAlgorithm).toBe(algorithm);
  });

  it('may be one that has ended: that is for a warning', () => {
    check(makeCertificate({ name: 'old', from: new Date(0), to: new Date(1000) }));
  });

  it('is stored without what stood between', () => {
    const { certificate } = check({
      ...leaf,
      certificate: `Bag Attributes: x\r\n${leaf.certificate.replaceAll('\n', '\r\n')}# end`,
    });
    expect(certificate).toBe(leaf.certificate);
  });

  it('may have a key in the older forms of PEM, which is stored in one form', () => {
    for (const [key, type] of [
      [rsa(2048), 'pkcs1'],
      [leaf.key, 'sec1'],
    ] as const) {
      const made = key === leaf.key ? leaf : makeCertificate({ name: 'x', key });
      const { privateKey } = check({ ...made, privateKey: key.export({ type, format: 'pem' }).toString() });
      expect(privateKey).toBe(made.privateKey);
    }
  });

  it('is refused with every complaint, none of which tells of the key', () => {
    const encrypted = leaf.key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' }).toString();
    const weak = makeCertificate({ name: 'weak', key: rsa(1024) });
    const odd = makeCertificate({ name: 'odd', key: generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey });
    const cut = leaf.certificate.replace(/\n.{20}/, '\n');
    const cases: [Partial<MadeCertificate>, Record<string, RegExp>][] = [
      [
        { certificate: 'x', privateKey: 'y' },
        { certificate: /in PEM/, privateKey: /in PEM/ },
      ],
      [{ certificate: cut }, { certificate: /number 1/ }],
      [{ certificate: leaf.certificate + leaf.privateKey }, { certificate: /no key/ }],
      [{ certificate: `${leaf.certificate}-----BEGIN CERTIFICATE-----` }, { certificate: /in PEM/ }],
      [{ certificate: leaf.certificate + root.certificate }, { certificate: /number 2 has not issued number 1/ }],
      [
        { certificate: middle.certificate + leaf.certificate, privateKey: middle.privateKey },
        { certificate: /number 2 is no CA/ },
      ],
      [{ certificate: leaf.certificate + middle.certificate.repeat(10) }, { certificate: /10 certificates/ }],
      [{ privateKey: root.privateKey }, { privateKey: /does not belong/ }],
      [{ privateKey: leaf.privateKey + root.privateKey }, { privateKey: /one private key/ }],
      [{ privateKey: encrypted }, { privateKey: /passphrase/ }],
      [{ privateKey: leaf.certificate }, { privateKey: /in PEM/ }],
      [weak, { privateKey: /2048 to 4096/ }],
      [odd, { privateKey: /P-256/ }],
    ];
    for (const [given, expected] of cases) {
      const found = complaints(() => check({ ...leaf, ...given }));
      expect(found).toEqual(
        Object.fromEntries(Object.entries(expected).map(([path, text]) => [path, expect.stringMatching(text)])),
      );
      expect(JSON.stringify(found)).not.toContain((given.privateKey ?? leaf.privateKey).split('\n')[1] ?? 'PRIVATE');
    }
  });

  it('with a chain of somebody of the same name is refused: signatures count', () => {
    const twin = makeCertificate({ name: 'middle', isCa: true }, root);
    expect(complaints(() => check({ ...leaf, certificate: leaf.certificate + twin.certificate }))).toEqual({
      certificate: expect.stringContaining('has not issued'),
    });
  });

  it('names CAs of clients, which must be some', () => {
    expect(check(leaf, root.certificate + middle.certificate).caCertificate).toBe(root.certificate + middle.certificate);
    expect(complaints(() => check(leaf, root.certificate + leaf.certificate))).toEqual({
      caCertificate: expect.stringContaining('number 2'),
    });
    expect(complaints(() => check(leaf, root.privateKey))).toEqual({ caCertificate: expect.stringContaining('no key') });
  });

  it('lists no name that hides in another', () => {
    const { leaf: facts } = check(
      makeCertificate({ name: 'sly', hostNames: ['a.test, DNS:bank.test', 'b.test', 'c"d.test', '*'] }),
    );
    expect(facts.hostNames).toEqual(['b.test']);
  });

  it('that was checked can be opened', () => {
    expect(createPrivateKey(check(leaf).privateKey).asymmetricKeyType).toBe('ec');
  });
});

it('a name covers itself, a star one label and no more', () => {
  const names = ['a.test', '*.b.test'];
  for (const domain of ['a.test', 'x.b.test', '*.b.test']) expect([domain, covers(names, domain)]).toEqual([domain, true]);
  for (const domain of ['x.a.test', 'b.test', 'y.x.b.test', '*.a.test', '*.x.b.test'])
    expect([domain, covers(names, domain)]).toEqual([domain, false]);
});
