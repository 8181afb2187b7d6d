import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareSecret, verifySignature } from '@causeway/signature';
import { describe, expect, it } from '@jest/globals';
import { CONTENDERS } from './contenders.js';
import { SECRET, signedHeaders, writeSignedRequests } from './signing.js';

const contender = CONTENDERS.find(({ name }) => name === 'causeway-signed') as (typeof CONTENDERS)[0];
const NOW_MS = 1_800_000_000_000;

describe('the signed load', () => {
  it('signs what the wire contract says', () => {
    const { 'x-ca-signature': signature, ...headers } = signedHeaders('/signed', 'n', NOW_MS);
    const text = `GET\n\n\n\n\nx-ca-key:BENCHKEY\nx-ca-nonce:n\nx-ca-signature-method:HmacSHA256\nx-ca-timestamp:${NOW_MS}\n/signed`;
    expect(headers['x-ca-signature-headers']).toBe('x-ca-key,x-ca-nonce,x-ca-signature-method,x-ca-timestamp');
    expect(verifySignature('HmacSHA256', prepareSecret(SECRET), text, signature ?? '')).toBe(true);
  });

  it('is a file of requests of one length, each with a nonce of its own', () => {
    const folder = mkdtempSync(join(tmpdir(), 'signed-'));
    const file = join(folder, 'requests');
    const length = writeSignedRequests(file, contender, 3, NOW_MS);
    const text = readFileSync(file, 'latin1');
    rmSync(folder, { recursive: true });
    expect(text).toHaveLength(3 * length);
    const requests = [0, 1, 2].map((i) => text.slice(i * length, (i + 1) * length));
    for (const request of requests) expect(request).toMatch(/^GET \/signed HTTP\/1\.1\r\nHost: [\s\S]*\r\n\r\n$/);
    expect(new Set(requests.map((request) => /x-ca-nonce: (\S+)/.exec(request)?.[1])).size).toBe(3);
  });
});
