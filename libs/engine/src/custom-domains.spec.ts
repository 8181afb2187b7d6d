/** Custom domains: which group, base path and stage a host leads to, and what it never leads to (wire contract 1.1 to 1.3). */
import { type Chunk, type GroupChunk, generatedDomain } from '@causeway/contract';
import { describe, expect, it, jest } from '@jest/globals';
import { locate } from './locate.js';
import { type Made, makeExchange } from './testing/make-exchange.js';
import { apisChunk, GROUP, groupChunk, INTERNAL_HOST, instanceChunk, makeProgram, PUBLIC_HOST } from './testing/make-program.js';

type Domain = GroupChunk['domains'][number];

const OTHER = 'e'.repeat(32);
const SUFFIX = 'apigw.localhost';

function domain(name: string, changed: Partial<Domain> = {}): Domain {
  return { domain: name, type: 'internet', stage: null, patterns: [], ...changed };
}

/** A group whose one API, `/a` in RELEASE and TEST, says by its name which group it is. */
function group(id: string, domains: readonly Domain[], changed: Partial<GroupChunk> = {}): Chunk[] {
  const named = { path: '/a', definition: { name: `of_${id[0]}` } };
  return [
    groupChunk({ id, domains: [...domains], ...changed }),
    apisChunk([named, { ...named, stage: 'TEST', definition: { name: `of_${id[0]}_in_test` } }], id),
  ];
}

async function ask(chunks: readonly Chunk[], target: string, host: string, made: Made = {}) {
  const program = await makeProgram([instanceChunk(), ...chunks]);
  const x = makeExchange(target, { host, ...made });
  const answer = locate(x, program, 5);
  return answer === undefined ? { api: x.route?.apiName, values: x.hostValues } : answer.errorCode;
}

describe('a custom domain', () => {
  it('leads to its group, beside the generated domain', async () => {
    const chunks = group(GROUP, [domain('shop.example.com')]);
    expect(await ask(chunks, '/a', 'shop.example.com')).toMatchObject({ api: 'of_a' });
    expect(await ask(chunks, '/a', PUBLIC_HOST)).toMatchObject({ api: 'of_a' });
    expect(await ask(chunks, '/a', 'www.shop.example.com')).toBe('I404DO');
    expect(await ask(chunks, '/a', 'example.com')).toBe('I404DO');
  });

  it('stays when only the generated public domain is switched off', async () => {
    const chunks = group(GROUP, [domain('shop.example.com')], { publicDomain: false });
    expect(await ask(chunks, '/a', 'shop.example.com')).toMatchObject({ api: 'of_a' });
    expect(await ask(chunks, '/a', PUBLIC_HOST)).toBe('I404DO');
  });

  it('serves several groups by base path: the longest that ends on a border wins', async () => {
    const chunks = [
      ...group(GROUP, [domain('shop.example.com')]),
      ...group(OTHER, [domain('shop.example.com')], { basePath: '/v1' }),
      ...group('f'.repeat(32), [domain('shop.example.com')], { basePath: '/v1/deep' }),
    ];
    for (const order of [chunks, chunks.toReversed()]) {
      expect(await ask(order, '/a', 'shop.example.com')).toMatchObject({ api: 'of_a' });
      expect(await ask(order, '/v1/a', 'shop.example.com')).toMatchObject({ api: 'of_e' });
      expect(await ask(order, '/%761/a', 'shop.example.com')).toMatchObject({ api: 'of_e' });
      expect(await ask(order, '/v1/deep/a', 'shop.example.com')).toMatchObject({ api: 'of_f' });
      expect(await ask(order, '/v1/deeper/a', 'shop.example.com')).toBe('I404NF');
      expect(await ask(order, '/v10/a', 'shop.example.com')).toBe('I404NF');
    }
    expect(await ask(chunks.slice(2), '/a', 'shop.example.com')).toBe('I404NF');
  });

  it('of the VPC listener is on no other', async () => {
    const chunks = group(GROUP, [
      domain('shop.example.com', { type: 'intranet' }),
      domain('*.example.org', { type: 'intranet' }),
    ]);
    for (const host of ['shop.example.com', 'a.example.org'])
      for (const listener of ['public', 'internal'] as const) expect(await ask(chunks, '/a', host, { listener })).toBe('I404DO');
  });

  it('is not on the internal listener', async () => {
    const chunks = group(GROUP, [domain('shop.example.com'), domain('*.example.com')]);
    expect(await ask(chunks, '/a', 'shop.example.com', { listener: 'internal' })).toBe('I404DO');
    expect(await ask(chunks, '/a', 'x.example.com', { listener: 'internal' })).toBe('I404DO');
  });
});

describe('a wildcard', () => {
  it('gives way to an exact name and to a longer wildcard, whatever the base paths', async () => {
    const chunks = [
      ...group(GROUP, [domain('*.example.com')]),
      ...group(OTHER, [domain('*.shop.example.com')], { basePath: '/v1' }),
      ...group('f'.repeat(32), [domain('one.shop.example.com')], { basePath: '/v2' }),
    ];
    expect(await ask(chunks, '/a', 'x.example.com')).toMatchObject({ api: 'of_a' });
    expect(await ask(chunks, '/a', 'shop.example.com')).toMatchObject({ api: 'of_a' });
    expect(await ask(chunks, '/v1/a', 'x.shop.example.com')).toMatchObject({ api: 'of_e' });
    expect(await ask(chunks, '/v1/a', 'y.x.shop.example.com')).toMatchObject({ api: 'of_e' });
    expect(await ask(chunks, '/a', 'x.shop.example.com')).toBe('I404NF');
    expect(await ask(chunks, '/v2/a', 'one.shop.example.com')).toMatchObject({ api: 'of_f' });
    expect(await ask(chunks, '/v1/a', 'one.shop.example.com')).toBe('I404NF');
  });

  it.each(['example.com', '.example.com', 'xexample.com', 'x.example.com.evil.org', `${'a.'.repeat(130)}example.com`])(
    'does not stand for %s',
    async (host) => expect(await ask(group(GROUP, [domain('*.example.com')]), '/a', host)).toBe('I404DO'),
  );

  it('captures what its patterns name, the first that fits', async () => {
    const patterns = ['{svc}.example.com', '{svc}.{zone}-eu.example.com'];
    const chunks = group(GROUP, [domain('*.example.com', { patterns })]);
    expect(await ask(chunks, '/a', 'one.example.com')).toMatchObject({ values: { svc: 'one' } });
    expect(await ask(chunks, '/a', 'one.two-eu.example.com')).toMatchObject({ values: { svc: 'one', zone: 'two' } });
    expect(await ask(chunks, '/a', 'one.two.example.com')).toMatchObject({ api: 'of_a', values: null });
    expect(await ask(chunks, '/a', PUBLIC_HOST)).toMatchObject({ api: 'of_a', values: null });
  });

  it('with a pattern that cannot be read serves on, and the program tells', async () => {
    const chunks = group(GROUP, [domain('*.example.com', { patterns: ['{a.example.com'] })]);
    expect(await ask(chunks, '/a', 'one.example.com')).toMatchObject({ api: 'of_a', values: null });
    expect((await makeProgram(chunks)).quarantine).toMatchObject([{ resource: `group:${GROUP}` }]);
  });
});

describe('the stage of a domain', () => {
  const chunks = group(GROUP, [domain('test.example.com', { stage: 'TEST' }), domain('mine.example.com', { stage: 'MINE' })], {
    stages: [{ name: 'EMPTY', variables: {} }],
  });

  it.each(['RELEASE', 'TEST', 'NOWHERE', ''])('wins over X-Ca-Stage: %s', async (stage) => {
    const headers = ['X-Ca-Stage', stage];
    expect(await ask(chunks, '/a', 'test.example.com', { headers })).toMatchObject({ api: 'of_a_in_test' });
  });

  it('is that of X-Ca-Stage where the domain names none', async () => {
    const asking = (stage: string) => ask(chunks, '/a', PUBLIC_HOST, { headers: ['X-Ca-Stage', stage] });
    expect(await ask(chunks, '/a', PUBLIC_HOST)).toMatchObject({ api: 'of_a' });
    expect(await asking('test')).toMatchObject({ api: 'of_a_in_test' });
    expect(await asking('Empty')).toBe('I404NF');
    expect(await asking('MINE')).toBe('I400SG');
  });

  it('without anything live has no API, and is not the client’s mistake', async () => {
    expect(await ask(chunks, '/a', 'mine.example.com')).toBe('I404NF');
  });

  it('of one group is unknown to another', async () => {
    const both = [...chunks, ...group(OTHER, [])];
    const headers = ['X-Ca-Stage', 'EMPTY'];
    expect(await ask(both, '/a', generatedDomain('public', OTHER, 'local', SUFFIX), { headers })).toBe('I400SG');
  });
});

describe('a name under the generated suffix', () => {
  const victim = group(OTHER, [], { publicDomain: false });
  const internal = generatedDomain('internal', OTHER, 'local', SUFFIX);
  const elsewhere = generatedDomain('internal', OTHER, 'other', SUFFIX);
  const public_ = generatedDomain('public', OTHER, 'local', SUFFIX);

  it.each([internal, elsewhere, public_, `x.${SUFFIX}`, SUFFIX])('is nobody’s to bind: %s', async (name) => {
    const chunks = [...victim, ...group(GROUP, [domain(name)])];
    expect(await ask(chunks, '/a', name)).toBe('I404DO');
    expect((await makeProgram(chunks)).quarantine).toEqual([
      { resource: `group:${GROUP}`, message: `domain ${name} is under the suffix of generated domains` },
    ]);
  });

  it.each(['*.localhost', `*.${SUFFIX}`, `*.x.${SUFFIX}`])('is not caught by %s', async (name) => {
    const chunks = [...victim, ...group(GROUP, [domain(name)])];
    for (const host of [internal, INTERNAL_HOST, elsewhere, public_, SUFFIX, `a.x.${SUFFIX}`])
      expect(await ask(chunks, '/a', host)).toBe('I404DO');
    if (name === '*.localhost') expect(await ask(chunks, '/a', `x${SUFFIX}`)).toMatchObject({ api: 'of_a' });
  });

  it('of a group that moved away says so, whoever has a wildcard', async () => {
    const program = await makeProgram([instanceChunk({ movedGroups: [OTHER] }), ...group(GROUP, [domain('*.localhost')])]);
    expect(locate(makeExchange('/a', { host: public_ }), program, 5)?.errorCode).toBe('I410GG');
  });
});

describe('the look-up of a base path', () => {
  it('asks once for each segment that a base path may have, however many groups share the domain', async () => {
    const shared = [domain('shop.example.com')];
    const ids = Array.from({ length: 500 }, (_, n) => n.toString(16).padStart(32, '0'));
    const groups = ids.map((id, n) => groupChunk({ id, domains: shared, basePath: `/v${n}/x` }));
    const bindings = (await makeProgram([instanceChunk(), ...groups])).publicHosts.find('shop.example.com');
    const get = jest.spyOn(Map.prototype, 'get');
    try {
      expect(bindings?.find(`/v499/x${'/y'.repeat(100)}`)?.group.id).toBe(ids[499]);
      expect(bindings?.find('/v500/x')).toBeNull();
      expect(bindings?.find('/v49%39%2Fx')).toBeNull();
      expect(bindings?.find('/v49%39/%78')?.group.id).toBe(ids[499]);
      expect(get.mock.calls.length).toBeLessThanOrEqual(4 * 3);
    } finally {
      get.mockRestore();
    }
  });
});

describe('the look-up of a host', () => {
  it('asks at most once for each of its dots, however many domains there are', async () => {
    const many = Array.from({ length: 3000 }, (_, n) => domain(n % 2 === 0 ? `*.d${n}.example.com` : `d${n}.example.com`));
    const { publicHosts } = await makeProgram(group(GROUP, many));
    const labels = 100;
    const get = jest.spyOn(Map.prototype, 'get');
    try {
      expect(publicHosts.find(`${'a.'.repeat(labels)}example.com`)).toBeUndefined();
      expect(get.mock.calls.length).toBeLessThanOrEqual(labels + 3);
      get.mockClear();
      expect(publicHosts.find('d1.example.com')?.all).toHaveLength(1);
      expect(publicHosts.find(`${'a.'.repeat(200)}example.com`)).toBeUndefined();
      expect(get.mock.calls).toHaveLength(2);
    } finally {
      get.mockRestore();
    }
  });
});
