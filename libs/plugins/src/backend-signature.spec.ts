/** Both signatures to the byte: against the published vectors, and on requests as the gateway sends them. */

import { readFileSync } from 'node:fs';
import { backendStringToSign, contentMd5, hmacBase64, prepareSecret } from '@causeway/signature';
import { describe, expect, it } from '@jest/globals';
import { backendSignature } from './backend-signature.js';
import { checkPlugin } from './check.js';
import { Outgoing } from './kit/outgoing.js';
import { compileContext, makeExchange, NOW_MS } from './testing/make-exchange.js';

interface Vector {
  readonly id: string;
  readonly kind: 'frontend' | 'backend';
  readonly title: string;
  readonly method: string;
  readonly path: string;
  readonly rawQuery?: string;
  readonly query?: [string, string][];
  readonly form?: [string, string][] | null;
  readonly formBody?: string | null;
  readonly body: string | null;
  readonly headers: Record<string, string>;
  readonly secret: string;
  readonly algorithm: 'HmacSHA256' | 'HmacSHA1';
  readonly expected: { readonly stringToSign: string; readonly signature: string };
}

const vectors: { frontend: Vector[]; backend: Vector[] } = JSON.parse(
  readFileSync(new URL('../../signature/test-data/signature-vectors.json', import.meta.url), 'utf8'),
);

const ADDED = /^x-ca-/i;

/** Signs a request and gives what it looks like afterwards. */
function sign(config: object, out: Outgoing, x = makeExchange('/')) {
  const checked = checkPlugin('backendSignature', config);
  if (checked.config === null) throw new Error(JSON.stringify(checked.problems));
  const steps = backendSignature.compile(checked.config as never, compileContext());
  steps.sign?.(x, out);
  return { steps, header: (name: string) => out.get(name.toLowerCase()), names: out.headers.filter((_, n) => n % 2 === 0) };
}

/** The request of a vector as it is before anybody signs it. */
function unsigned(vector: Vector): Outgoing {
  const pairs = (list: [string, string][]) => list.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&');
  const out = new Outgoing(vector.method, vector.path, vector.rawQuery ?? pairs(vector.query ?? []), 'h');
  for (const [name, value] of Object.entries(vector.headers))
    if (!ADDED.test(name) && name !== 'Content-MD5') out.set(name, value);
  out.form = vector.formBody ?? (vector.form ? pairs(vector.form) : null);
  out.body = out.form !== null ? 'rebuilt' : vector.body !== null ? 'as-received' : 'none';
  return out;
}

const frontend = { type: 'APIGW_FRONTEND', key: 'TESTKEY', secret: 'TESTSECRET' };
const backend = { type: 'APIGW_BACKEND', key: 'DemoKey1', secret: 'DemoSecret1' };

describe('APIGW_FRONTEND', () => {
  const sentByGateway = vectors.frontend.filter(({ title }) => title.startsWith('APIGW_FRONTEND'));

  it.each(sentByGateway)('signs vector $id: $title', (vector) => {
    const { header } = sign({ ...frontend, signatureMethod: vector.algorithm }, unsigned(vector));
    const nonce = header('X-Ca-Nonce') as string;
    const text = vector.expected.stringToSign.replace(vector.headers['X-Ca-Nonce'] as string, nonce);
    expect(header('X-Ca-Signature')).toBe(hmacBase64(vector.algorithm, prepareSecret(vector.secret), text));
    for (const name of ['X-Ca-Key', 'X-Ca-Timestamp', 'X-Ca-Signature-Method', 'X-Ca-Signature-Headers'])
      expect(header(name)).toBe(vector.headers[name]);
  });

  it('adds six headers with a fresh nonce, and nothing else', () => {
    const made = [1, 2].map(() => sign(frontend, new Outgoing('GET', '/a', '', 'h')));
    const names = [
      'X-Ca-Key',
      'X-Ca-Timestamp',
      'X-Ca-Nonce',
      'X-Ca-Signature-Method',
      'X-Ca-Signature-Headers',
      'X-Ca-Signature',
    ];
    for (const { names: added, header } of made) {
      expect(added).toEqual(names);
      expect(header('X-Ca-Timestamp')).toBe(String(NOW_MS));
      expect(header('X-Ca-Nonce')).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    }
    expect(made[0]?.header('X-Ca-Nonce')).not.toBe(made[1]?.header('X-Ca-Nonce'));
    expect(made[0]?.steps).toMatchObject({ trustsErrors: true });
  });

  it('signs header values as the text that their bytes spell', () => {
    const out = new Outgoing('GET', '/a', 'q=1', 'h');
    for (const name of ['Accept', 'Content-Type', 'Date', 'Content-MD5']) out.set(name, '\u00c3\u00a9');
    const { header } = sign(frontend, out);
    const block = `x-ca-key:TESTKEY\nx-ca-nonce:${header('x-ca-nonce')}\nx-ca-signature-method:HmacSHA256\nx-ca-timestamp:${NOW_MS}\n`;
    const text = `GET\né\né\né\né\n${block}/a?q=1`;
    expect(header('X-Ca-Signature')).toBe(hmacBase64('HmacSHA256', prepareSecret('TESTSECRET'), text));
  });

  it('adds no Content-MD5', () => {
    const out = new Outgoing('POST', '/a', '', 'h');
    out.body = 'as-received';
    expect(sign(frontend, out, makeExchange('/', { method: 'POST', body: 'x' })).header('Content-MD5')).toBeNull();
  });
});

describe('APIGW_BACKEND', () => {
  const sentByGateway = vectors.backend.filter(({ headers }) => headers['X-Ca-Proxy-Signature'] !== undefined);

  it.each(sentByGateway)('signs vector $id: $title', (vector) => {
    const x = makeExchange('/', { method: vector.method, ...(vector.body !== null && { body: vector.body }) });
    const out = unsigned(vector);
    const { header, steps } = sign(backend, out, x);
    for (const name of Object.keys(vector.headers)) expect([name, header(name)]).toEqual([name, vector.headers[name]]);
    expect(header('X-Ca-Proxy-Signature')).toBe(vector.expected.signature);
    expect(header('Content-MD5')).toBe(vector.headers['Content-MD5'] ?? null);
    expect(steps).toMatchObject({ needsBodyMd5: true });
  });

  it('exists as a vector', () => {
    expect(sentByGateway.length).toBeGreaterThanOrEqual(4);
  });

  it('covers the headers that carry parameters, once each and as text', () => {
    const out = new Outgoing('GET', '/a', '', 'h');
    out.set('X-Q', '\u00c3\u00a9');
    out.set('A-First', '');
    for (const name of ['x-q', 'a-first', 'x-q']) out.coverBySignature(name);
    const { header } = sign(backend, out);
    expect(header('X-Ca-Proxy-Signature-Headers')).toBe('a-first,x-ca-proxy-signature-secret-key,x-q');
    const text = 'GET\n\na-first:\nx-ca-proxy-signature-secret-key:DemoKey1\nx-q:é\n/a';
    expect(header('X-Ca-Proxy-Signature')).toBe(hmacBase64('HmacSHA256', prepareSecret('DemoSecret1'), text));
  });

  it.each([
    ['POST', 'x', true],
    ['PUT', 'x', true],
    ['PUT', '', false],
    ['DELETE', 'x', false],
    ['PATCH', 'x', false],
  ])('adds the digest to a %s with the body "%s": %s', (method, body, adds) => {
    const out = new Outgoing(method, '/a', '', 'h');
    out.body = 'as-received';
    const digest = adds ? contentMd5(Buffer.from(body)) : null;
    expect(sign(backend, out, makeExchange('/', { method, body })).header('Content-MD5')).toBe(digest);
  });

  it("keeps a client's digest, and adds none to a form", () => {
    const out = new Outgoing('POST', '/a', '', 'h');
    out.body = 'as-received';
    out.set('Content-MD5', 'theirs');
    const { header, names } = sign(backend, out, makeExchange('/', { method: 'POST', body: 'x' }));
    expect([header('Content-MD5'), names.filter((name) => name === 'Content-MD5')]).toEqual(['theirs', ['Content-MD5']]);
    const form = new Outgoing('POST', '/a', '', 'h');
    Object.assign(form, { body: 'as-received', form: 'a=1' });
    expect(sign(backend, form, makeExchange('/', { method: 'POST', form: 'a=1' })).header('Content-MD5')).toBeNull();
  });

  it('signs a second attempt like the first, with its digest', () => {
    const x = makeExchange('/', { method: 'PUT', body: 'x' });
    const out = new Outgoing('PUT', '/a', '', 'h');
    out.body = 'as-received';
    out.unsigned = out.headers.length;
    sign(backend, out, x);
    const first = [...out.headers];
    out.headers.length = out.unsigned;
    sign(backend, out, x);
    expect(out.headers).toEqual(first);
    const headers = [['x-ca-proxy-signature-secret-key', 'DemoKey1']] as const;
    const request = { method: 'PUT', contentMd5: contentMd5(Buffer.from('x')), headers, path: '/a', query: '', form: null };
    expect(out.get('x-ca-proxy-signature')).toBe(
      hmacBase64('HmacSHA256', prepareSecret('DemoSecret1'), backendStringToSign(request)),
    );
  });
});

describe('a configuration', () => {
  const problems = (config: unknown) => checkPlugin('backendSignature', config).problems.map(({ path }) => path);

  it.each([
    [{ ...frontend, signatureMethod: 'HmacSHA1' }, []],
    [{ ...backend, secret: 12345 }, []],
    [{ ...backend, signatureMethod: 'HmacSHA1' }, ['signatureMethod']],
    [{ ...frontend, signatureMethod: 'MD5' }, ['signatureMethod']],
    [{ ...frontend, type: 'apigw_frontend' }, ['type']],
    [{ ...frontend, key: 'a b' }, ['key']],
    [{ ...frontend, key: 'a\r\nb' }, ['key']],
    [{ ...frontend, key: 'k'.repeat(129) }, ['key']],
    [{ ...frontend, secret: '' }, ['secret']],
    [{ ...frontend, secret: 's'.repeat(257) }, ['secret']],
    [{ type: 'APIGW_BACKEND' }, ['key', 'secret']],
    [{ ...frontend, other: 1 }, ['other']],
    [{ type: 'APIGW_FRONTEND', app: 'test_app' }, []],
    [{ type: 'APIGW_FRONTEND', app: '110000001', signatureMethod: 'HmacSHA1' }, []],
    [{ type: 'APIGW_BACKEND', app: 110000001 }, []],
    [{ type: 'APIGW_BACKEND', app: '账单应用' }, []],
    [{ ...frontend, app: 'test_app' }, ['key', 'secret']],
    [{ type: 'APIGW_FRONTEND', app: 'test_app', secret: 'S' }, ['secret']],
    [{ type: 'APIGW_FRONTEND', key: 'K' }, ['secret']],
    [{ type: 'x', secret: 'S' }, ['type', 'key']],
    [{ type: 'APIGW_FRONTEND', app: '' }, ['app']],
    [{ type: 'APIGW_FRONTEND', app: 'a b' }, ['app']],
    [{ type: 'APIGW_FRONTEND', app: '0' }, ['app']],
    [{ type: 'APIGW_FRONTEND', app: 'x'.repeat(27) }, ['app']],
    ['key', ['']],
    [null, ['']],
  ])('%j has problems in %j', (config, paths) => {
    expect(problems(config)).toEqual(paths);
  });

  it('says which of the two forms it lacks, or that it has both', () => {
    const messages = (config: object) =>
      checkPlugin('backendSignature', config).problems.map(({ path, message }) => `${path} ${message}`);
    expect(messages({ type: 'APIGW_FRONTEND' })).toEqual([
      'key is required, or app in place of key and secret',
      'secret is required, or app in place of key and secret',
    ]);
    expect(messages({ ...frontend, app: 'test_app' })).toEqual([
      'key must be left out beside app',
      'secret must be left out beside app',
    ]);
  });

  it('says which app it names, and signs nothing until the key pair of that app is in its place', () => {
    const { config } = checkPlugin('backendSignature', { type: 'APIGW_FRONTEND', app: 110000001 });
    expect(backendSignature.appOf?.(config as never)).toBe('110000001');
    expect(backendSignature.appOf?.(checkPlugin('backendSignature', frontend).config as never)).toBeNull();
    expect(() => backendSignature.compile(config as never, compileContext())).toThrow('names an app');
  });

  it('never shows its secret in a complaint', () => {
    const config = { ...frontend, secret: 's3cr3t'.repeat(100), key: 5, signatureMethod: 's3cr3t' };
    expect(JSON.stringify(checkPlugin('backendSignature', config))).not.toContain('s3cr3ts3cr3t');
  });
});
