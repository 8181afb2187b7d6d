/** Chunks become a program: what is used again, what is set aside, whose plugins act. */

import { type AppsChunk, type Chunk, generatedDomain, sealedPaths } from '@causeway/contract';
import { describe, expect, it } from '@jest/globals';
import { authenticate, grantKey } from './authenticate.js';
import { compileProgram } from './compile-program.js';
import { locate } from './locate.js';
import type { Program } from './program.js';
import { makeExchange } from './testing/make-exchange.js';
import {
  apiId,
  apisChunk,
  chunkMap,
  deps,
  GROUP,
  groupChunk,
  HOP_IDS,
  instanceChunk,
  type MadeApi,
  makeProgram,
  PUBLIC_HOST,
  pluginChunk,
} from './testing/make-program.js';

const PLUGIN = ['1', '2', '3'].map((digit) => digit.repeat(32)) as [string, string, string];
const to = (address: string) => ({ routes: [{ name: 'r', condition: '1 = 1', backend: { type: 'HTTP', address } }] });

function appsChunk(changed: Partial<AppsChunk['apps'][number]> = {}): Chunk {
  const app = {
    id: '7',
    name: 'app',
    accountId: 'acc',
    disabled: false,
    extend: '',
    keys: [{ key: 'K', secret: 'v1.S', previous: null }],
    appCodes: [],
    grants: [],
  };
  return { kind: 'apps', bucket: 7, apps: [{ ...app, ...changed }] };
}

/** Where a request goes: the host of its backend, or the refusal. */
function ask(program: Program, target: string, stage = 'RELEASE') {
  const x = makeExchange(target, { host: PUBLIC_HOST, headers: ['X-Ca-Stage', stage] });
  const early = locate(x, program, 5);
  if (early !== undefined) return { code: early.errorCode, message: early.errorMessage };
  for (const step of x.route?.steps ?? []) step(x);
  const backend = x.backend ?? x.route?.backend;
  return backend?.kind === 'http' ? backend.address.host : backend?.kind;
}

describe('a program', () => {
  it('cannot be without its instance, nor without its key for hops', async () => {
    await expect(compileProgram({ epoch: 1, revision: 1 }, chunkMap([groupChunk()]), deps, null)).rejects.toThrow(
      'instance chunk',
    );
    await expect(makeProgram([instanceChunk({ hopKey: 'v1.closed' })])).rejects.toThrow('cannot be opened');
  });

  it('knows where names lead', async () => {
    const program = await makeProgram([
      instanceChunk({
        privateDns: [
          {
            host: 'DB.example.com',
            records: [
              { address: '10.0.0.1', weight: 1 },
              { address: '10.0.0.2', port: 81, weight: 3 },
            ],
          },
        ],
      }),
      {
        kind: 'network',
        region: 'local',
        instances: [
          { id: 'i1', internalEndpoint: '10.0.0.9:8081', groups: [GROUP] },
          { id: 'i2', internalEndpoint: null, groups: ['e'.repeat(32)] },
        ],
      },
    ]);
    expect(program.privateDns.get('db.example.com')).toEqual([
      { address: '10.0.0.1', port: null, weight: 1 },
      { address: '10.0.0.2', port: 81, weight: 3 },
    ]);
    expect([...program.internalDomains]).toEqual([
      [GROUP, { instanceId: 'i1', endpoint: '10.0.0.9:8081' }],
      ['e'.repeat(32), { instanceId: 'i2', endpoint: null }],
    ]);
    expect(program.instance).toMatchObject({ id: 'i1', region: 'local', hopIds: HOP_IDS, callsFromGateway: true });
  });

  it('lets traffic in during a long compile', async () => {
    let pauses = 0;
    const apis = Array.from({ length: 64 }, (_, n) => ({ path: `/${n}` }));
    const many = { ...deps, pause: async () => void pauses++ };
    await compileProgram({ epoch: 1, revision: 1 }, chunkMap([instanceChunk(), groupChunk(), apisChunk(apis)]), many, null);
    expect(pauses).toBeGreaterThan(1);
  });
});

describe('a plugin', () => {
  const apis: readonly MadeApi[] = [{ path: '/own', plugins: [PLUGIN[0]] }, { path: '/shared' }, { path: '/own', stage: 'TEST' }];
  const bound = groupChunk({
    bindings: [
      { pluginId: PLUGIN[1], stage: 'RELEASE' },
      { pluginId: PLUGIN[2], stage: 'RELEASE' },
    ],
  });
  const signer = pluginChunk(PLUGIN[2], 'backendSignature', { type: 'APIGW_BACKEND', key: 'K', secret: 'v1.S' });

  it('of the API beats one of its type of the group; others of the group stay, in their stage alone', async () => {
    const program = await makeProgram([
      bound,
      apisChunk(apis),
      pluginChunk(PLUGIN[0], 'routing', to('api.example.com')),
      pluginChunk(PLUGIN[1], 'routing', to('group.example.com')),
      signer,
    ]);
    expect(program.quarantine).toEqual([]);
    expect([ask(program, '/own'), ask(program, '/shared'), ask(program, '/own', 'TEST')]).toEqual([
      'api.example.com',
      'group.example.com',
      'mock',
    ]);
    const signs = (path: string, stage: string) =>
      program.publicHosts.find(PUBLIC_HOST)?.all[0]?.group.stages.get(stage)?.find('GET', path)?.found.sign !== null;
    expect([signs('/own', 'RELEASE'), signs('/shared', 'RELEASE'), signs('/own', 'TEST')]).toEqual([true, true, false]);
  });

  it.each([
    ['is not in the snapshot', [], /is bound but not in the snapshot/],
    ['does not fit its type', [pluginChunk(PLUGIN[1], 'routing', { routes: [] })], /routes /],
    [
      'has a condition that cannot be read',
      [pluginChunk(PLUGIN[1], 'routing', { routes: [{ ...to('a').routes[0], condition: '$' }] })],
      /condition/,
    ],
    [
      'has a secret that cannot be opened',
      [pluginChunk(PLUGIN[1], 'backendSignature', { type: 'APIGW_BACKEND', key: 'K', secret: 'v1.closed' })],
      /opened/,
    ],
  ])('that %s refuses every request through it, and no other', async (_, plugins, reason) => {
    const group = groupChunk({ bindings: [{ pluginId: PLUGIN[1], stage: 'RELEASE' }] });
    const program = await makeProgram([
      group,
      apisChunk([{ path: '/a' }, { path: '/a', stage: 'TEST' }]),
      ...(plugins as Chunk[]),
    ]);
    expect(ask(program, '/a')).toEqual({ code: 'X400PM', message: expect.stringMatching(reason) });
    expect(ask(program, '/a', 'TEST')).toBe('mock');
    expect(program.quarantine).toEqual([{ resource: `plugin:${PLUGIN[1]}`, message: expect.stringMatching(reason) }]);
  });

  it('has its secret opened at the path where it was sealed', async () => {
    const asked: string[] = [];
    const open = (path: string, sealed: string) => {
      asked.push(path);
      return sealed.slice(3);
    };
    const chunks = chunkMap([
      instanceChunk(),
      bound,
      apisChunk([{ path: '/a' }]),
      signer,
      pluginChunk(PLUGIN[1], 'routing', to('a')),
    ]);
    await compileProgram({ epoch: 1, revision: 1 }, chunks, { ...deps, open }, null);
    expect(asked).toEqual([sealedPaths.pluginField(PLUGIN[2], 'secret'), sealedPaths.hopKey]);
  });
});

describe('an API that cannot be compiled', () => {
  it.each([
    ['its backend lacks a value', { backend: { type: 'HTTP', address: 'a.b', path: '/[no]' } }],
    ['its backend has no such address', { backend: { type: 'HTTP', address: 'a b' } }],
    [
      'a list of a parameter does not fit its type',
      { parameters: [{ name: 'p', in: 'query', type: 'Int', enum: ['x'], backend: { name: 'p', in: 'query' } }] },
    ],
  ])('as %s answers X500AM, and no other API does', async (_, definition) => {
    const program = await makeProgram([groupChunk(), apisChunk([{ path: '/a', definition }, { path: '/b' }])]);
    expect(ask(program, '/a')).toMatchObject({ code: 'X500AM' });
    expect(ask(program, '/b')).toBe('mock');
    expect(program).toMatchObject({ size: 2, quarantine: [{ resource: `api:${apiId(1)}` }] });
  });

  it('as nobody can read its path takes no path from others', async () => {
    const program = await makeProgram([groupChunk(), apisChunk([{ path: '/' }, { path: '/b*' }])]);
    expect(ask(program, '/')).toBe('mock');
    expect(ask(program, '/b*')).toMatchObject({ code: 'I404NF' });
    expect(program).toMatchObject({
      size: 2,
      quarantine: [{ resource: `api:${apiId(2)}`, message: expect.stringContaining('path') }],
    });
  });
});

describe('an app', () => {
  const key = grantKey(apiId(1), 'RELEASE');
  const grant = (expiresAt: string | null) => ({ apiId: apiId(1), stage: 'RELEASE', expiresAt });
  const judge = (program: Program) => {
    const x = makeExchange('/a', { headers: ['X-Ca-Key', 'K'] });
    const answer = authenticate(x, { methods: ['HmacSHA256'], forceNonce: false, grantKey: key, appCode: null }, program, {
      use: () => 'fresh',
    });
    return answer instanceof Promise ? 'later' : answer?.errorCode;
  };

  it('keeps grants that are over: its caller is told so, and not that the key is unknown', async () => {
    const program = await makeProgram([appsChunk({ grants: [grant('2020-01-01T00:00:00.000Z')] })]);
    expect(program.credentials.get('K')?.grants.get(key)).toBe(Date.parse('2020-01-01T00:00:00Z'));
    const endless = await makeProgram([appsChunk({ grants: [grant(null)] })]);
    expect(endless.credentials.get('K')?.grants.get(key)).toBe(Number.POSITIVE_INFINITY);
    expect(judge(program)).toBe('I400MH');
  });

  it('that is disabled is as unknown as one that is not there', async () => {
    expect(judge(await makeProgram([appsChunk({ disabled: true })]))).toBe('A400IK');
    expect(judge(await makeProgram([appsChunk({ keys: [] })]))).toBe('A400IK');
  });

  it('with a secret that cannot be opened is set aside, its other keys are not', async () => {
    const both = [
      { key: 'K', secret: 'v1.closed', previous: null },
      { key: 'L', secret: 'v1.S', previous: null },
    ];
    const program = await makeProgram([appsChunk({ keys: both })]);
    expect([...program.credentials].map(([key]) => key)).toEqual(['L']);
    expect(program.quarantine).toEqual([{ resource: 'app:7', message: 'cannot be opened' }]);
  });
});

describe('the next program', () => {
  const other = groupChunk({ id: 'e'.repeat(32) });
  const chunks = [
    instanceChunk(),
    groupChunk(),
    apisChunk([{ path: '/a', plugins: [PLUGIN[0]] }]),
    pluginChunk(PLUGIN[0], 'routing', to('a.example.com')),
    other,
    apisChunk([{ path: '/b' }], other.id),
    appsChunk(),
  ];
  const groupOf = ({ instance: { region, suffix }, publicHosts }: Program, id: string) =>
    publicHosts.find(generatedDomain('public', id, region, suffix))?.all[0]?.group;

  it('takes what did not change from the one before, by identity', async () => {
    const before = await makeProgram(chunks);
    const after = await makeProgram(chunks, before);
    expect(after).not.toBe(before);
    for (const id of [GROUP, other.id]) expect(groupOf(after, id)).toBe(groupOf(before, id));
    expect(after.credentials).toBe(before.credentials);
    expect(after.publicHosts).toBe(before.publicHosts);
  });

  it.each([
    ['a plugin', 3, pluginChunk(PLUGIN[0], 'routing', to('b.example.com'))],
    ['an API', 2, apisChunk([{ path: '/b', plugins: [PLUGIN[0]] }])],
    ['the group', 1, groupChunk({ basePath: '/x' })],
  ] as const)('compiles a group anew when %s of it changes, and no other', async (_, at, chunk) => {
    const before = await makeProgram(chunks);
    const after = await makeProgram(chunks.with(at, chunk), before);
    expect(groupOf(after, GROUP)).not.toBe(groupOf(before, GROUP));
    expect(groupOf(after, other.id)).toBe(groupOf(before, other.id));
    expect(after.credentials).toBe(before.credentials);
  });

  it('compiles apps anew when they change, and nothing else', async () => {
    const before = await makeProgram(chunks);
    const after = await makeProgram(chunks.with(6, appsChunk({ disabled: true })), before);
    expect(after.credentials.get('K')?.disabled).toBe(true);
    expect(groupOf(after, GROUP)).toBe(groupOf(before, GROUP));
  });

  it('remembers what was set aside, and forgets what is no longer there', async () => {
    const bad = chunks.with(5, apisChunk([{ path: '/b*' }], other.id));
    const before = await makeProgram(bad);
    const after = await makeProgram(bad, before);
    expect(after.quarantine).toEqual(before.quarantine);
    expect(after.quarantine).toHaveLength(1);
    const smaller = await makeProgram(chunks.slice(0, 4), before);
    expect(smaller).toMatchObject({ size: 1, quarantine: [] });
    expect(groupOf(smaller, other.id)).toBeUndefined();
    expect([...smaller.compiled.groups.keys()]).toEqual([GROUP]);
    expect(smaller.credentials.size).toBe(0);
  });

  it('of another suffix compiles everything anew', async () => {
    const before = await makeProgram(chunks);
    const after = await makeProgram(chunks.with(0, instanceChunk({ suffix: 'example.com' })), before);
    expect(groupOf(after, GROUP)).not.toBe(groupOf(before, GROUP));
  });
});
