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
      backend: { allowLoopback: false, deniedBlocks: [], tlsVerify: true },
      trustedProxies: [],
      attachmentHeader: false,
      proxyName: 'AliCloudApiGateway',
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

  it('insist on Redis for more than one worker', () => {
    expect(good().workers).toBe(1);
    expect(good({ CAUSEWAY_WORKERS: '64', REDIS_URL: 'redis://redis' }).workers).toBe(64);
    expect(problems({ ...GOOD, CAUSEWAY_WORKERS: '65', REDIS_URL: 'redis://redis' })).toHaveLength(1);
    expect(problems({ ...GOOD, CAUSEWAY_WORKERS: '2' })).toEqual([expect.stringMatching(/^REDIS_URL: .*CAUSEWAY_WORKERS/)]);
  });

  it('take a secret from the file that its twin names, without the line end; the setting itself wins', () => {
    const folder = mkdtempSync(join(tmpdir(), 'config-'));
    const file = join(folder, 'token');
    writeFileSync(file, `${'f'.repeat(24)}\n`);
    expect(good({ CAUSEWAY_NODE_TOKEN: '', CAUSEWAY_NODE_TOKEN_FILE: file }).nodeToken).toBe('f'.repeat(24));
    expect(good({ CAUSEWAY_NODE_TOKEN_FILE: file }).nodeToken).toBe('t'.repeat(24));
    rmSync(folder, { recursive: true });
  });

  it('take lists of addresses and blocks of both families', () => {
    const config = good({
      CAUSEWAY_CLIENT_TRUSTED_PROXIES: ' 10.0.0.0/8, 2001:db8::1 ,',
      CAUSEWAY_BACKEND_DENIED_BLOCKS: '192.0.2.0/24',
    });
    expect([config.trustedProxies, config.backend.deniedBlocks]).toEqual([['10.0.0.0/8', '2001:db8::1'], ['192.0.2.0/24']]);
  });

  it('name every item of a list that is no address or block', () => {
    expect(problems({ ...GOOD, CAUSEWAY_CLIENT_TRUSTED_PROXIES: '10.0.0.0/33,::1,proxy.example' })).toEqual([
      'CAUSEWAY_CLIENT_TRUSTED_PROXIES: 10.0.0.0/33 is no address or block such as 10.0.0.0/8',
      'CAUSEWAY_CLIENT_TRUSTED_PROXIES: proxy.example is no address or block such as 10.0.0.0/8',
    ]);
  });

  it.each([
    ['CAUSEWAY_SYSTEM_PROXY_NAME', 'a\r\nX: 1'],
    ['CAUSEWAY_SYSTEM_PROXY_NAME', ' '],
    ['CAUSEWAY_SYSTEM_PROXY_NAME', 'caf\u00e9'],
    ['CAUSEWAY_SYSTEM_PROXY_NAME', 'x'.repeat(129)],
    ['CAUSEWAY_PUBLIC_DOMAIN_ATTACHMENT_HEADER', 'yes'],
    ['CAUSEWAY_LIMITS_URL', '1023'],
    ['CAUSEWAY_LIMITS_URL', '131073'],
    ['CAUSEWAY_LIMITS_HEADER', '8191'],
    ['CAUSEWAY_LIMITS_HEADER', '262145'],
    ['CAUSEWAY_LIMITS_BODY', '-1'],
    ['CAUSEWAY_LIMITS_BODY', '1073741825'],
    ['CAUSEWAY_LIMITS_BUFFERED_BODY', '67108865'],
    ['CAUSEWAY_LIMITS_BUFFERED_TOTAL', '1.5'],
    ['CAUSEWAY_LIMITS_CONNECTIONS', '0'],
    ['CAUSEWAY_LIMITS_NESTED_CALLS', '0'],
    ['CAUSEWAY_LIMITS_NONCES', '999'],
    ['CAUSEWAY_WORKERS', '0'],
    ['CAUSEWAY_WORKERS', 'auto'],
    ['CAUSEWAY_LOOP_MAX_DEPTH', '0'],
    ['CAUSEWAY_LOOP_MAX_CALLS', '1001'],
  ])('refuse %s=%j', (name, value) => {
    expect(problems({ ...GOOD, [name]: value }).map((each) => each.split(':')[0])).toEqual([name]);
  });
});
