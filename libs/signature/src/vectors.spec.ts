/** Every published and decided signature vector, from test-data/signature-vectors.json. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  BACKEND_KEY_HEADER,
  backendStringToSign,
  contentMd5,
  FRONTEND_SIGNED_HEADERS,
  frontendStringToSign,
  headersBlock,
  hmacBase64,
  prepareSecret,
  renderStringToSign,
  type SignatureMethod,
  type SignedFields,
  signBackend,
  signFrontend,
  verifySignature,
} from './index.js';

interface Vector {
  id: string;
  title: string;
  method: string;
  path: string;
  rawQuery: string;
  formBody: string | null;
  body: string | null;
  params: [string, string | string[]][];
  query?: [string, string][];
  form?: [string, string][] | null;
  headers: Record<string, string>;
  key: string;
  secret: string;
  algorithm: SignatureMethod;
  expected: { contentMd5: string | null; stringToSign: string; signature: string };
  alternates: { signer: string; headers: Record<string, string>; stringToSign: string; signature: string }[];
  mismatchMessage?: string;
}

const vectors: { frontend: Vector[]; backend: Vector[] } = JSON.parse(
  readFileSync(new URL('../test-data/signature-vectors.json', import.meta.url), 'utf8'),
);

function lookupIn(headers: Record<string, string>): (name: string) => string | null {
  const byName = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return (name) => byName.get(name) ?? null;
}

function fieldsOf(vector: Vector, lookup: (name: string) => string | null): SignedFields {
  return {
    method: vector.method,
    accept: lookup('accept') ?? '',
    contentMd5: lookup('content-md5') ?? '',
    contentType: lookup('content-type') ?? '',
    date: lookup('date') ?? '',
    path: vector.path,
    query: vector.rawQuery,
    form: vector.formBody,
  };
}

describe('a front-end vector', () => {
  it.each(vectors.frontend)('$id is signed and verified: $title', (vector) => {
    const own = { signer: 'own', headers: vector.headers, ...vector.expected };
    for (const { headers, stringToSign, signature } of [own, ...vector.alternates]) {
      const lookup = lookupIn(headers);
      const block = headersBlock(lookup('x-ca-signature-headers'), lookup);
      const text = frontendStringToSign(fieldsOf(vector, lookup), block);
      expect(text).toBe(stringToSign);
      const method = (lookup('x-ca-signature-method') ?? 'HmacSHA256') as SignatureMethod;
      const secret = prepareSecret(vector.secret);
      expect(hmacBase64(method, secret, text)).toBe(signature);
      expect(verifySignature(method, secret, text, signature)).toBe(true);
      expect(lookup('x-ca-signature')).toBe(signature);
    }
    if (vector.expected.contentMd5 !== null) {
      expect(contentMd5(Buffer.from(vector.body ?? '', 'utf8'))).toBe(vector.expected.contentMd5);
    }
  });

  it.each(vectors.frontend.filter((vector) => vector.mismatchMessage !== undefined))('$id is shown on mismatch', (vector) => {
    const shown = renderStringToSign(vector.expected.stringToSign);
    expect(`Invalid Signature, Server StringToSign:\`${shown}\``).toBe(vector.mismatchMessage);
  });

  const sentByGateway = vectors.frontend.filter((vector) => vector.title.startsWith('APIGW_FRONTEND'));
  it.each(sentByGateway)('$id is what the gateway sends: $title', (vector) => {
    const lookup = lookupIn(vector.headers);
    const signature = signFrontend({
      method: vector.algorithm,
      key: lookup('x-ca-key') ?? '',
      secret: prepareSecret(vector.secret),
      fields: fieldsOf(vector, lookup),
      nonce: lookup('x-ca-nonce') ?? '',
      timestampMs: Number(lookup('x-ca-timestamp')),
    });
    expect(signature).toBe(vector.expected.signature);
    expect(lookup('x-ca-signature-headers')).toBe(FRONTEND_SIGNED_HEADERS);
  });

  it('exists for the gateway as a client', () => {
    expect(sentByGateway.length).toBeGreaterThanOrEqual(3);
  });
});

describe('a back-end vector', () => {
  it.each(vectors.backend)('$id is rebuilt: $title', (vector) => {
    const lookup = lookupIn(vector.headers);
    const listed = (lookup('x-ca-proxy-signature-headers') ?? '').split(',').map((name) => name.toLowerCase());
    const headers = listed.map((name) => [name, lookup(name) ?? ''] as const);
    const request = { method: vector.method, contentMd5: vector.expected.contentMd5 ?? '', path: vector.path, headers };
    const text = backendStringToSign({ ...request, ...parametersOf(vector) });
    // A parameter with an empty list of values, which the vendor's verifier writes as a bare key, has no form on the wire.
    const bareKeys = vector.params.filter(([, value]) => Array.isArray(value) && value.length === 0);
    expect(text + bareKeys.map(([key]) => `&${key}`).join('')).toBe(vector.expected.stringToSign);

    const secret = prepareSecret(vector.secret);
    expect(hmacBase64(vector.algorithm, secret, vector.expected.stringToSign)).toBe(vector.expected.signature);
    if (vector.method === 'POST' && vector.body !== null) {
      expect(contentMd5(Buffer.from(vector.body, 'utf8'))).toBe(vector.expected.contentMd5);
    }
    if (!listed.includes(BACKEND_KEY_HEADER) || bareKeys.length > 0) return;
    const others = headers.filter(([name]) => name !== BACKEND_KEY_HEADER);
    const signed = signBackend({ ...request, headers: others, ...parametersOf(vector) }, vector.key, secret);
    expect(signed).toEqual({ signature: vector.expected.signature, signedHeaders: listed.join(',') });
  });

  it('sorts the headers whatever their order, and lists them', () => {
    const headers = [
      ['x-z', '2'],
      ['x-a', ''],
    ] as const;
    const request = { method: 'GET', contentMd5: '', path: '/p', query: '', form: null, headers };
    expect(backendStringToSign(request)).toBe('GET\n\nx-a:\nx-z:2\n/p');
    const signed = signBackend(request, 'K', prepareSecret('S'));
    expect(signed.signedHeaders).toBe('x-a,x-ca-proxy-signature-secret-key,x-z');
    expect(signed.signature).toBe(
      hmacBase64('HmacSHA256', prepareSecret('S'), 'GET\n\nx-a:\nx-ca-proxy-signature-secret-key:K\nx-z:2\n/p'),
    );
  });
});

function parametersOf(vector: Vector): { query: string; form: string | null } {
  const pair = (key: string, value: string) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`;
  const encode = (pairs: [string, string | string[]][]) =>
    pairs.flatMap(([key, value]) => [value].flat().map((one) => pair(key, one))).join('&');
  return { query: encode(vector.query ?? vector.params), form: vector.form ? encode(vector.form) : null };
}
