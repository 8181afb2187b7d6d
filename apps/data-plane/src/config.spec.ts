/** Settings: defaults, secrets in files, and every problem at once. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.js';

const GOOD = { CAUSEWAY_NODE_TOKEN: 't'.repeat(24), CAUSEWAY_INSTANCE_KEY: 'id:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' };

function good(environment: Record<string, string> = {}) {
  const config = readConfig({ ...GOOD, ...environment });
  if ('problems' in config) throw new Error(config.problems.join('\n'));
  return config;
}

function problems(environment: Record<string, string>): readonly string[] {
  const config = readConfig(environment);
  return 'problems' in config ? config.problems : [];
}

describe('the settings', () => {
  it('have the defaults of the documentation, and take an empty text for unset', () => {
    const config = good({ CAUSEWAY_PUBLIC_PORT: '', REDIS_URL: '' });
    expect(config).toMatchObject({
      redisUrl: null,
      instance: 'default',
      public: { host: '0.0.0.0', port: 8080 },
      internal: { host: '127.0.0.1', port: 8081 },
      admin: { host: '127.0.0.1', port: 9090 },
      internalCalls: 'inprocess',
      backend: { allowLoopback: false, tlsVerify: true },
      limits: {
        urlBytes: 8192,
        headerBytes: 32_768,
        bodyBytes: 33_554_432,
        bufferedBodyBytes: 1_048_576,
        loopDepth: 5,
        loopCalls: 16,
      },
    });
  });

  it('tell every problem at once, with names and without secrets', () => {
    const found = problems({
      CAUSEWAY_NODE_TOKEN: 'short-secret',
      CAUSEWAY_PUBLIC_PORT: '70000',
      CAUSEWAY_LIMITS_URL: 'many',
      CAUSEWAY_INTERNAL_CALLS: 'maybe',
      REDIS_URL: 'http://user:secret@redis',
      CAUSEWAY_MASTER_KEY_FILE: '/no/such/file',
    });
    expect(found.map((each) => each.split(':')[0]).sort()).toEqual([
      'CAUSEWAY_INSTANCE_KEY',
      'CAUSEWAY_INTERNAL_CALLS',
      'CAUSEWAY_LIMITS_URL',
      'CAUSEWAY_MASTER_KEY_FILE',
      'CAUSEWAY_NODE_TOKEN',
      'CAUSEWAY_PUBLIC_PORT',
      'REDIS_URL',
    ]);
    expect(found.join('\n')).not.toContain('secret');
  });

  it('need a node token and a key', () => {
    expect(problems({}).map((each) => each.split(':')[0])).toEqual(['CAUSEWAY_NODE_TOKEN', 'CAUSEWAY_INSTANCE_KEY']);
  });

  it('take a secret from the file that its twin names, without the line end; the setting itself wins', () => {
    const folder = mkdtempSync(join(tmpdir(), 'config-'));
    const file = join(folder, 'token');
    writeFileSync(file, `${'f'.repeat(24)}\n`);
    expect(good({ CAUSEWAY_NODE_TOKEN: '', CAUSEWAY_NODE_TOKEN_FILE: file }).nodeToken).toBe('f'.repeat(24));
    expect(good({ CAUSEWAY_NODE_TOKEN_FILE: file }).nodeToken).toBe('t'.repeat(24));
    rmSync(folder, { recursive: true });
  });
});
