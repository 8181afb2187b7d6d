/** What the golden snapshot of each format meant when it was written it means today: the same answers, and nothing quarantined. */
import { readdirSync, readFileSync } from 'node:fs';
import { type Chunk, type PluginType, SNAPSHOT_FORMATS } from '@causeway/contract';
import { Answer, NO_SERVICES } from '@causeway/plugins';
import { decodeChunk, decodeManifest, InstanceKeys, parseKeyring } from '@causeway/snapshot';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { authenticate } from './authenticate.js';
import { compileProgram } from './compile-program.js';
import type { HashedChunk } from './hashed-chunk.js';
import { locate } from './locate.js';
import type { Program } from './program.js';
import { type Made, makeExchange } from './testing/make-exchange.js';

const NOW_MS = 1_800_000_000_000;
const HOST = 'api.golden.example';
const PLAIN = `${'952374bb55bd61691cbddf17d4e798c0'}-cn-hangzhou.alicloudapi.com`;
const appCode = ['X-Ca-AppCode', 'goldencode'];
const basic = (text: string) => ['Authorization', `Basic ${Buffer.from(text).toString('base64')}`];

const { oldestRead, newestRead } = SNAPSHOT_FORMATS;
const formats = Array.from({ length: newestRead - oldestRead + 1 }, (_, n) => oldestRead + n);

describe.each(formats)('the golden snapshot of format %d', (format) => {
  const folder = new URL(`../../snapshot/testing/golden/format-${format}/`, import.meta.url);
  const keys = new InstanceKeys(parseKeyring(readFileSync(new URL('instance-key', folder), 'utf8').trim()));
  const read = (name: string) => readFileSync(new URL(`snapshot/${name}`, folder));
  const [newest = ''] = readdirSync(new URL('snapshot/', folder)).filter((name) => name.startsWith('manifest-'));
  const manifest = decodeManifest(() => keys, 'golden', read(newest));
  const chunks = new Map(
    Object.entries(manifest.chunks).map(([key, hash]): [string, HashedChunk] => [
      key,
      { hash, chunk: decodeChunk(hash, read(hash)) },
    ]),
  );

  const compile = (given: ReadonlyMap<string, HashedChunk>, before: Program | null = null) =>
    compileProgram(
      manifest,
      given,
      {
        open: (path, sealed) => keys.open(path, sealed),
        now: () => NOW_MS,
        random: () => 0.5,
        pause: async () => {},
        services: NO_SERVICES,
      },
      before,
    );

  let program: Program;
  beforeAll(async () => {
    program = await compile(chunks);
  });

  /** The code of a refusal, or where the request would go. */
  async function ask(target: string, made: Made = {}, by = program): Promise<string> {
    const x = makeExchange(target, { host: HOST, nowMs: NOW_MS, ...made });
    const refused = locate(x, by, 5);
    if (refused) return refused.errorCode ?? String(refused.status);
    const route = x.route!;
    if (route.broken !== null) return route.broken.code;
    const early = route.first?.(x) ?? (route.auth && (await authenticate(x, route.auth, by, { use: () => 'fresh' })));
    if (early) return early.errorCode ?? String(early.status);
    for (const step of route.steps) {
      const answer = await step(x);
      if (answer) return answer.errorCode ?? String(answer.status);
    }
    const backend = x.backend ?? route.backend;
    if (backend === null) return 'nowhere';
    if (!('path' in backend)) return 'mock';
    const out = route.map(x, backend);
    if (out instanceof Answer) return out.errorCode ?? String(out.status);
    route.mapped?.(x, out);
    return `${out.method} ${out.host}${out.target}`;
  }

  it('compiles whole', () => {
    expect(program.quarantine).toEqual([]);
    expect(program.instance).toMatchObject({ id: 'golden', region: 'cn-hangzhou', callsFromGateway: true, trafficLimit: 50_000 });
    expect(program.instance.mayCome?.('203.0.113.9')).toBe(false);
    expect(program.instance.mayCome?.('192.0.2.1')).toBe(true);
    expect(program.privateDns.get('orders.internal')).toEqual([
      { address: '10.2.0.1', port: 8080, weight: 3 },
      { address: '10.2.0.2', port: null, weight: 1 },
    ]);
    expect([program.movedHosts.size, program.internalDomains.size]).toEqual([1, 2]);
    expect(program.credentials.get('OTHERKEY')).toMatchObject({ appId: '219810', disabled: true });
  });

  it.each<[string, Made, string]>([
    ['/v1/nothing', {}, 'I404NF'],
    ['/v1/files/a/b?c=1', { method: 'PUT' }, 'PUT orders.example.com/files?c=1'],
    ['/v1/orders?page=3', {}, 'A400MA'],
    [
      '/v1/orders?page=3&tags=1&tags=2',
      { headers: appCode },
      'GET orders.internal/api/orders?page=3&tags=1&tags=2&fixed=a%20b&app=1001',
    ],
    [
      '/v1/orders?page=3',
      { headers: appCode, host: 'eu.golden.example' },
      'GET orders.internal-test/api-test/orders?page=3&fixed=a%20b&app=1001',
    ],
    ['/v1/orders?page=0', { headers: appCode }, 'I400IP'],
    ['/v1/orders/7?code=goldencode', {}, 'GET orders.internal:8080/o/7'],
    ['/v1/orders/7?code=othercode', {}, 'A400AC'],
    ['/v1/orders/seven', { headers: appCode }, 'I400IP'],
    ['/v1/orders', { method: 'POST', headers: appCode, form: 'amount=1.5' }, 'A403EP'],
    ['/health', { host: PLAIN }, 'mock'],
    ['/v1/with/ipControl', { peer: '10.1.2.3' }, 'GET plugins.example.com/'],
    ['/v1/with/ipControl', { peer: '192.0.2.1' }, 'A403IP'],
    ['/v1/with/ipControlDataset', { peer: '198.51.100.7' }, 'GET plugins.example.com/'],
    ['/v1/with/ipControlDataset', { peer: '10.1.2.3' }, 'A403IP'],
    ['/v1/with/basicAuth', { headers: basic('alice:correct horse battery staple') }, 'GET plugins.example.com/'],
    ['/v1/with/basicAuth', { headers: basic('alice:wrong') }, 'A401BA'],
    ['/v1/with/basicAuthDataset', { headers: basic('bob:in the dataset') }, 'GET plugins.example.com/'],
    ['/v1/with/accessControlDataset?tier=gold', {}, 'GET plugins.example.com/?tier=gold'],
    ['/v1/with/accessControlDataset?tier=lead', {}, 'A403AC'],
    ['/v1/with/jwtAuth', {}, 'I400JR'],
    ['/v1/with/routing?target=resource1', {}, 'GET backend1.example.com:8080/business1?target=resource1'],
    ['/v1/with/routing?target=other', {}, 'GET plugins.example.com/?target=other'],
    ['/v1/with/transformer?debug=1', {}, 'GET plugins.example.com/?pageSize=20'],
  ])('%s %j comes to %s', async (target, made, expected) => {
    expect(await ask(target, made)).toBe(expected);
  });

  it('refuses what a plugin of a later release is bound to, and nothing else', async () => {
    const [key = '', { chunk } = {}] =
      [...chunks].find(([, each]) => (each.chunk as { name?: string }).name === 'ipControl') ?? [];
    const later = { ...chunk, type: 'ofALaterRelease' as PluginType } as Chunk;
    const after = await compile(new Map(chunks).set(key, { hash: 'later', chunk: later }), program);
    expect(after.quarantine).toMatchObject([{ message: expect.stringContaining('ofALaterRelease') }]);
    expect(await ask('/v1/with/ipControl', { peer: '10.1.2.3' }, after)).toBe('X400PM');
    expect(await ask('/v1/with/ipControlDataset', { peer: '198.51.100.7' }, after)).toBe('GET plugins.example.com/');
  });
});
