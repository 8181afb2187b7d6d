/** What the access log may show of an API's requests: what the group asks for, and no credential whatever it asks for. */
import type { GroupChunk } from '@causeway/contract';
import type { RecordMask, Steps } from '@causeway/plugins';
import { describe, expect, it } from '@jest/globals';
import { NOTHING_SHOWN, recordRule } from './record-rule.js';
import { stageId } from './stage-id.js';
import { apisChunk, GROUP, groupChunk, makeProgram, pluginChunk } from './testing/make-program.js';

const ALL = {
  requestBody: true,
  responseBody: true,
  queryString: ['*'],
  requestHeaders: ['*'],
  responseHeaders: ['*'],
  jwtClaims: ['*'],
};
const NOTHING = {
  requestBody: false,
  responseBody: false,
  queryString: [],
  requestHeaders: [],
  responseHeaders: [],
  jwtClaims: [],
};

type Group = Partial<Pick<GroupChunk, 'userLog' | 'customTrace' | 'appCode'>>;

function rule(group: Group, ...plugins: Steps[]) {
  return recordRule({ appCode: { in: null, name: null, keepForBackend: false }, ...group }, plugins)!;
}

const starred = new Map(['x-a', 'a', 'x-ca-nonce', 'x-trace'].map((name) => [name, (text: string) => '*'.repeat(text.length)]));
const mask: RecordMask = {
  requestHeaders: starred,
  responseHeaders: starred,
  query: starred,
  claims: starred,
  requestBody: (text) => text.toUpperCase(),
  responseBody: () => {
    throw new Error('cannot mask');
  },
};

describe('what a log shows of an API', () => {
  it('is nothing where neither the group nor a plugin says something', () => {
    expect(rule({})).toBeNull();
    const { nonce, ...rest } = rule({ userLog: NOTHING });
    expect(nonce('n')).toBe('n');
    expect(Object.values(rest)).toEqual([null, null, null, null, null, null, null]);
  });

  it('is what is named: headers in any letter case, others as they are written', () => {
    const { query, requestHeaders, responseHeaders, claims } = rule({
      userLog: { ...NOTHING, queryString: ['a'], requestHeaders: ['X-A'], responseHeaders: ['x-b'], jwtClaims: ['sub'] },
    });
    expect([query!('a', '1'), query!('A', '1'), query!('b', '1')]).toEqual(['1', null, null]);
    expect([requestHeaders!('x-a', '1'), requestHeaders!('x-b', '1')]).toEqual(['1', null]);
    expect([responseHeaders!('x-a', '1'), responseHeaders!('x-b', '1')]).toEqual([null, '1']);
    expect([claims!('sub', '1'), claims!('Sub', '1')]).toEqual(['1', null]);
  });

  it.each([
    'authorization',
    'proxy-authorization',
    'cookie',
    'set-cookie',
    'x-ca-signature',
    'x-ca-proxy-signature',
    'x-ca-appcode',
    'x-code',
  ])('is never the value of %s', (name) => {
    const appCode = { in: 'header' as const, name: 'X-Code', keepForBackend: true };
    for (const userLog of [ALL, { ...ALL, requestHeaders: [name], responseHeaders: [name] }]) {
      const { requestHeaders, responseHeaders } = rule({ userLog, appCode });
      const shown = [requestHeaders!(name, 'secret'), responseHeaders!(name, 'secret')];
      expect(shown.filter((each) => each !== '******' && each !== null)).toEqual([]);
    }
  });

  it('is never an AppCode in the query, in any letter case, nor what a plugin takes for proof', () => {
    const appCode = { in: 'query' as const, name: 'Code', keepForBackend: false };
    const credentials = [{ in: 'query', name: 'token' } as const, { in: 'header', name: 'X-Token' } as const];
    const { query, requestHeaders } = rule({ userLog: ALL, appCode }, { credentials }, {});
    expect(['AppCode', 'APPCODE', 'code', 'Token', 'other'].map((name) => query!(name, 'v'))).toEqual([
      ...Array(4).fill('******'),
      'v',
    ]);
    expect([requestHeaders!('x-token', 'v'), requestHeaders!('token', 'v')]).toEqual(['******', 'v']);
  });

  it.each(['connection', 'transfer-encoding', 'host', 'content-length', 'x-ca-hop'])(
    'has no %s, which is of the connection or elsewhere in the line',
    (name) => {
      const { requestHeaders, responseHeaders, query } = rule({ userLog: { ...ALL, requestHeaders: [name] } });
      expect([requestHeaders!(name, 'v'), responseHeaders!(name, 'v'), query!(name, 'v')]).toEqual([null, null, 'v']);
    },
  );

  it('is masked as a plugin says; what a mask fails at is left out', () => {
    const made = rule({ userLog: ALL, customTrace: { in: 'header', name: 'X-Trace' } }, { mask });
    const { requestHeaders, responseHeaders, query, claims, requestBody, responseBody, nonce, trace } = made;
    expect([requestHeaders!('x-a', 'abc'), responseHeaders!('x-a', 'ab'), query!('a', 'a'), claims!('a', '')]).toEqual([
      '***',
      '**',
      '*',
      '',
    ]);
    expect([requestHeaders!('a-x', 'abc'), nonce('abc'), trace!.show('ab')]).toEqual(['abc', '***', '**']);
    expect([requestBody!('abc', false), responseBody!('abc', false)]).toEqual(['ABC', null]);
  });

  it('is masked where every line has it, though the group asks for nothing', () => {
    expect(rule({}, { mask }).nonce('abc')).toBe('***');
  });

  it.each([
    [{ in: 'header', name: 'Authorization' }],
    [{ in: 'header', name: 'cookie' }],
    [{ in: 'header', name: 'X-Ca-Hop' }],
    [{ in: 'query', name: 'appCode' }],
  ] as const)('is no trace from where a credential stands: %j', (customTrace) => {
    expect(rule({ customTrace }).trace).toBeNull();
  });

  it('is a trace from where the group says', () => {
    expect(rule({ customTrace: { in: 'header', name: 'X-Trace' } }).trace).toMatchObject({ in: 'header', name: 'x-trace' });
    expect(rule({ customTrace: { in: 'query', name: 'Trace' } }).trace).toMatchObject({ in: 'query', name: 'Trace' });
  });
});

describe('a compiled API', () => {
  const PLUGIN = 'e'.repeat(32);
  const routes = async (...chunks: Parameters<typeof makeProgram>[0]) => {
    const program = await makeProgram(chunks);
    return [...program.compiled.groups.values()].flatMap((group) => [...group.routes.values()].flatMap((each) => each.routes));
  };

  it('has what its group asks for', async () => {
    const apis = apisChunk([{ path: '/a' }]);
    const [plain] = await routes(groupChunk(), apis);
    const [asking] = await routes(groupChunk({ userLog: ALL }), apis);
    expect([plain!.record, asking!.record?.query?.('a', 'b')]).toEqual([null, 'b']);
  });

  it.each([
    ['whose masks cannot be compiled', { path: '/a', plugins: [PLUGIN] }],
    ['that is broken', { path: '/a', definition: { backend: { type: 'HTTP', address: '#Unknown#' } } }],
  ])('%s shows nothing of its requests', async (_, api) => {
    const chunks = [groupChunk({ userLog: ALL }), apisChunk([api]), pluginChunk(PLUGIN, 'logMask', { rules: 'none' })];
    const [route] = await routes(...chunks);
    expect(route!.broken).not.toBeNull();
    expect(route!.record).toBe(NOTHING_SHOWN);
    expect(route!.record!.nonce('n')).toBeNull();
  });
});

it('the id of a stage is of a group and a name, and looks like any id', () => {
  const ids = [stageId(GROUP, 'RELEASE'), stageId(GROUP, 'PRE'), stageId('b'.repeat(32), 'RELEASE')];
  expect(new Set(ids).size).toBe(3);
  expect(stageId(GROUP, 'RELEASE')).toBe(ids[0]);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
});
