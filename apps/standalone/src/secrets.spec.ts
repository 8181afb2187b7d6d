import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ensureSecrets } from './secrets.js';

const folder = mkdtempSync(join(tmpdir(), 'causeway-secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the secrets of a stack', () => {
  const files = ensureSecrets(folder);

  it('are readable by their owner only', () => {
    expect(statSync(dirname(files.masterKey)).mode & 0o777).toBe(0o700);
    for (const file of Object.values(files)) expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('hold 256 random bits each', () => {
    expect(readFileSync(files.masterKey, 'utf8')).toMatch(/^k1:[A-Za-z0-9+/]{43}=\n$/);
    expect(readFileSync(files.adminToken, 'utf8')).toMatch(/^cwt_[\w-]{43}\n$/);
    expect(readFileSync(files.nodeToken, 'utf8')).not.toBe(readFileSync(files.adminToken, 'utf8'));
  });

  it('stay the same on a later start', () => {
    const before = readFileSync(files.masterKey, 'utf8');
    expect(readFileSync(ensureSecrets(folder).masterKey, 'utf8')).toBe(before);
  });
});
