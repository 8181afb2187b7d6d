/** The golden snapshot joins both planes: what the control plane writes for the original document's scenario runs here. */

import { readFileSync } from 'node:fs';
import { Chunk } from '@causeway/contract';
import { Answer, Exchange, Head, NO_SERVICES, type Outgoing } from '@causeway/plugins';
import { encodeChunk, InstanceKeys, parseKeyring } from '@causeway/snapshot';
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { authenticate } from './authenticate.js';
import { compileProgram } from './compile-program.js';
import type { CompileDeps } from './deps.js';
import { addGatewayHeaders, addRouteHeaders } from './gateway-headers.js';
import type { HashedChunk } from './hashed-chunk.js';
import { locate } from './locate.js';
import type { Program } from './program.js';
import type { RouteExchange } from './route.js';
import { makeExchange, pairs } from './testing/make-exchange.js';

interface Golden {
  readonly instanceKey: string;
  readonly chunks: Readonly<Record<string, unknown>>;
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('../../contract/test-data/scenario-snapshot.json', import.meta.url), 'utf8'),
);
const GROUP_1 = '17ff4c9189004a1d87b557606b767334';
const PUBLIC_HOST = `${GROUP_1}-cn-huhehaote.alicloudapi.com`;
const NOW_MS = 1_700_000_000_000;

const keys = new InstanceKeys(parseKeyring(golden.instanceKey));
const deps: CompileDeps = {
  open: (path, sealed) => keys.open(path, sealed),
  now: () => NOW_MS,
  random: () => 0.5,
  pause: async () => {},
  services: NO_SERVICES,
};

let program: Program;

beforeAll(async () => {
  const chunks = Object.entries(golden.chunks).map(([key, value]): [string, HashedChunk] => {
    const chunk = Chunk.parse(value);
    return [key, { hash: encodeChunk(chunk).hash, chunk }];
  });
  program = await compileProgram({ epoch: 1, revision: 7 }, new Map(chunks), deps, null);
});

/** One hop up to the request that leaves it. */
async function pass(x: RouteExchange): Promise<Outgoing | Answer> {
  const refused = locate(x, program, 5) ?? (await admit(x));
  if (refused) return refused;
  const backend = x.backend ?? x.route?.backend ?? null;
  if (backend === null || !('path' in backend)) throw new Error('no backend to call');
  const out = x.route?.map(x, backend);
  if (out === undefined || out instanceof Answer) throw new Error('not mapped');
  addRouteHeaders(x, out);
  addGatewayHeaders(x, out, program.instance.hopIds[x.listener]);
  x.route?.sign?.(x, out);
  return out;
}

async function admit(x: RouteExchange): Promise<Answer | undefined> {
  const { auth, steps } = x.route ?? { auth: null, steps: [] };
  const judged = auth === null ? undefined : await authenticate(x, auth, program, { use: () => 'fresh' });
  if (judged) return judged;
  for (const step of steps) {
    const early = await step(x);
    if (early) return early;
  }
  return undefined;
}

/** What `curl` sends to the distribution API, through both hops. */
async function call(target: string, extra: readonly string[] = []) {
  const accept = extra.includes('Accept') ? [] : ['Accept', '*/*'];
  const headers = ['Host', PUBLIC_HOST, 'User-Agent', 'curl/7.64.1', ...accept, ...extra];
  const first = makeExchange(target, { host: PUBLIC_HOST, peer: '192.0.2.7', headers });
  const between = await pass(first);
  if (between instanceof Answer) return { first, between, second: null, last: between };
  const second: RouteExchange = new Exchange(
    'internal',
    between.method,
    between.target,
    new Head(between.headers),
    between.host,
    '127.0.0.1',
    'http',
    null,
    NOW_MS,
    0,
    first,
  );
  second.trusted = true;
  second.initialRequestId = first.initialRequestId;
  return { first, between, second, last: await pass(second) };
}

const lines = (out: Outgoing | Answer) => pairs(out.headers).map(([name, value]) => `${name}: ${value}`);

describe("the original document's scenario", () => {
  it('compiles without complaints', () => {
    expect(program).toMatchObject({ epoch: 1, revision: 7, size: 3, quarantine: [] });
    expect([program.publicHosts.size, program.internalHosts.size]).toEqual([2, 2]);
    expect(program.credentials.get('TESTKEY')).toMatchObject({ appId: '1001', disabled: false });
  });

  it.each([1, 2])('sends resource%d to its backend, exactly as the document shows', async (n) => {
    const { last } = await call(`/distributeAPI?target=resource${n}`);
    expect(last).toMatchObject({
      method: 'GET',
      target: `/business${n}`,
      host: `backend${n}.alicloudapi.com:8080`,
      body: 'none',
    });
    const [user, via, ...rest] = lines(last);
    expect([user, via]).toEqual(['User-Agent: curl/7.64.1', `Via: ${program.instance.hopIds.public}`]);
    expect(rest).toEqual([
      'Content-Type: application/x-www-form-urlencoded; charset=UTF-8',
      'X-Forwarded-Proto: http',
      'X-Forwarded-For: 192.0.2.7, 127.0.0.1',
      'X-Ca-Request-Id: REQUEST-ID',
      `Via: ${program.instance.hopIds.internal}`,
    ]);
  });

  it('names and signs the call between the two', async () => {
    const { between } = await call('/distributeAPI?target=resource1', ['X-Ca-Stage', 'RELEASE', 'X-Ca-Key', 'client']);
    expect(between).toMatchObject({
      target: '/business1?target=resource1',
      host: `${GROUP_1}-cn-huhehaote-intranet.alicloudapi.com`,
    });
    const names = pairs(between.headers).map(([name]) => name);
    expect(names.filter((name) => name.startsWith('X-Ca-'))).toEqual([
      'X-Ca-Routing-Name',
      'X-Ca-Request-Id',
      'X-Ca-Key',
      'X-Ca-Timestamp',
      'X-Ca-Nonce',
      'X-Ca-Signature-Method',
      'X-Ca-Signature-Headers',
      'X-Ca-Signature',
    ]);
    expect(pairs(between.headers)).toContainEqual(['X-Ca-Key', 'TESTKEY']);
  });

  it('has nothing to call for any other target', async () => {
    await expect(call('/distributeAPI?target=resource3')).rejects.toThrow('no backend to call');
    const x = makeExchange('/distributeAPI', { host: PUBLIC_HOST });
    expect([locate(x, program, 5), await admit(x), x.backend, x.route?.backend, x.route?.incomplete]).toEqual([
      undefined,
      undefined,
      null,
      null,
      'no backend type',
    ]);
  });

  it('refuses the business APIs to a client without a signature', async () => {
    const x = makeExchange('/business1', { host: PUBLIC_HOST });
    expect(await pass(x)).toMatchObject({ errorCode: 'A400MA' });
  });

  it('is signed so that the callee agrees, whatever the client sends', async () => {
    const piece = fc
      .stringMatching(/^[A-Za-z0-9._~!$'()*,;:@/?%5B+-]{0,12}$/)
      .filter((text) => !/%(?![0-9A-Fa-f]{2})/.test(text));
    const bytes = fc.stringMatching(/^[\x21-\x7e\xa1-\xff]{0,12}$/);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(piece, piece)), bytes, bytes, bytes, async (pieces, accept, date, type) => {
        const query = pieces.map(([name, text]) => `&${name}=${text}`).join('');
        const { last } = await call(`/distributeAPI?target=resource1${query}`, [
          'Accept',
          accept,
          'Date',
          date,
          'Content-Type',
          type,
        ]);
        expect(last).toMatchObject({ target: '/business1' });
      }),
      { numRuns: 300 },
    );
  });
});

describe('a request', () => {
  it('has every field from its constructor on, in one order, and gets no other on its way', async () => {
    const fresh = Object.keys(new Exchange('public', 'GET', '/', new Head([]), 'h', 'p', 'http', null, 0, 0, null));
    const { first, second, between } = await call('/distributeAPI?target=resource1');
    expect(Object.keys(first)).toEqual(fresh);
    expect(Object.keys(second ?? {})).toEqual(fresh);
    expect(Object.values(first).filter((value) => value === undefined)).toEqual([]);
    const other = await call('/distributeAPI?target=resource2', ['X-B', '1']);
    expect(Object.keys(between)).toEqual(Object.keys(other.between));
    expect(Object.keys(first.head)).toEqual(Object.keys(new Head([])));
  });
});
