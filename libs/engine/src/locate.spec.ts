/** The way from a host, a path and a method to an API, or to a refusal (wire contract 1). */

import { describe, expect, it } from '@jest/globals';
import { locate } from './locate.js';
import { type Made, makeExchange } from './testing/make-exchange.js';
import {
  apiId,
  apisChunk,
  GROUP,
  groupChunk,
  HOP_IDS,
  INTERNAL_HOST,
  instanceChunk,
  type MadeApi,
  makeProgram,
  PUBLIC_HOST,
} from './testing/make-program.js';

type Changes = { instance?: object; group?: object };

async function find(apis: readonly MadeApi[], target: string, made: Made = {}, { instance, group }: Changes = {}) {
  const program = await makeProgram([instanceChunk(instance), groupChunk(group), apisChunk(apis)]);
  const x = makeExchange(target, { host: PUBLIC_HOST, ...made });
  const answer = locate(x, program, 5);
  return { code: answer?.errorCode ?? null, message: answer?.errorMessage ?? null, api: x.route?.apiId ?? null, x };
}

const one: readonly MadeApi[] = [{ path: '/a' }];

describe('a host', () => {
  it('is served on the listener of its form alone', async () => {
    expect(await find(one, '/a')).toMatchObject({ code: null, api: apiId(1) });
    expect(await find(one, '/a', { listener: 'internal', host: INTERNAL_HOST })).toMatchObject({ code: null, api: apiId(1) });
    expect((await find(one, '/a', { host: INTERNAL_HOST })).code).toBe('I404DO');
    expect((await find(one, '/a', { listener: 'internal' })).code).toBe('I404DO');
  });

  it('that is an internal domain is refused with one and the same answer, whatever the reason', async () => {
    const inside: Made = { listener: 'internal', host: INTERNAL_HOST };
    const answers = await Promise.all([
      find(one, '/a', inside, { instance: { callsFromGateway: false } }),
      find(one, '/a', inside, { group: { internalDomain: false } }),
      find(one, '/a', inside, { group: { id: 'e'.repeat(32) } }),
      find(one, '/a', { host: INTERNAL_HOST }),
      find(one, '/a', inside, { instance: { region: 'other' } }),
      find(one, '/a', inside, { instance: { movedGroups: [GROUP] }, group: { id: 'e'.repeat(32) } }),
    ]);
    for (const { code, message } of answers) expect([code, message]).toEqual(['I404DO', `Invalid Domain \`${INTERNAL_HOST}\``]);
  });

  it('that was switched off is not served', async () => {
    expect((await find(one, '/a', {}, { group: { publicDomain: false } })).code).toBe('I404DO');
    expect((await find(one, '/a', { host: 'elsewhere.example.com' })).code).toBe('I404DO');
  });

  it('of a group that moved away says so, outside', async () => {
    const moved = { instance: { movedGroups: [GROUP] }, group: { id: 'e'.repeat(32) } };
    expect((await find(one, '/a', {}, moved)).code).toBe('I410GG');
    expect((await find(one, '/a', { listener: 'internal' }, moved)).code).toBe('I404DO');
  });
});

describe('a base path', () => {
  const under = { group: { basePath: '/base/v1' } };

  it.each(['/base/v1/a', '/%62ase/v1/a', '/base/%761/a', '/base/v1/%61'])('is taken off %s', async (target) => {
    expect(await find(one, target, {}, under)).toMatchObject({ code: null, api: apiId(1) });
  });

  it.each(['/a', '/base/a', '/base/v10/a', '/base%2Fv1/a', '/Base/v1/a', '/base/v1x', '/%62ase/v'])(
    'does not stand before %s',
    async (target) => {
      expect(await find([{ path: '/' }, { path: '/*' }, { path: '/a' }], target, {}, under)).toMatchObject({
        code: 'I404NF',
        api: null,
      });
    },
  );

  it('alone is the path / of its group', async () => {
    expect((await find([{ path: '/' }], '/base/v1', {}, under)).code).toBeNull();
    expect((await find([{ path: '/' }], '/base/v1/', {}, under)).code).toBeNull();
  });

  it('leaves the rest as it is on the wire', async () => {
    const { x } = await find([{ path: '/[id]/*' }], '/%62ase/v1/a%20b/c%2Fd/?q', {}, under);
    expect([x.pathValues, x.pathRest]).toEqual([['a%20b'], 'c%2Fd/']);
  });
});

describe('a stage', () => {
  const staged: readonly MadeApi[] = [{ path: '/a' }, { path: '/a', stage: 'TEST' }, { path: '/own', stage: 'MINE' }];
  const asking = (stage: string) => ({ headers: ['X-Ca-Stage', stage] });

  it('is RELEASE, or what X-Ca-Stage says in any letter case', async () => {
    expect((await find(staged, '/a')).api).toBe(apiId(1));
    expect((await find(staged, '/a', asking('release'))).api).toBe(apiId(1));
    expect((await find(staged, '/a', asking('test'))).api).toBe(apiId(2));
    expect((await find(staged, '/own', asking('Mine'))).api).toBe(apiId(3));
  });

  it('that nobody knows is refused, and a known one without this API', async () => {
    expect((await find(staged, '/a', asking('NOWHERE'))).code).toBe('I400SG');
    expect((await find(staged, '/a', asking(''))).code).toBe('I400SG');
    expect((await find(staged, '/a', asking('PRE'))).code).toBe('I404NF');
    expect((await find(staged, '/a', asking('MINE'))).code).toBe('I404NF');
  });
});

describe('an API', () => {
  it('is found by path and method, with what its placeholders cover', async () => {
    const { api, x } = await find([{ path: '/[id]/x', method: 'ANY' }, { path: '/a' }], '/7/x?y', { method: 'POST' });
    expect([api, x.pathValues]).toEqual([apiId(1), ['7']]);
  });

  it('that is not there is not found', async () => {
    expect((await find(one, '/b')).code).toBe('I404NF');
    expect((await find(one, '/a', { method: 'POST' })).code).toBe('I404NF');
  });

  it.each(['TRACE', 'CONNECT', 'PROPFIND', 'get'])('is not asked with %s', async (method) => {
    expect((await find([{ path: '/a', method: 'ANY' }], '/a', { method })).code).toBe('I405UM');
  });

  it.each(['/../a', '/a#b', '/a%zz'])('is not looked for under %s', async (target) => {
    expect((await find([{ path: '/*' }], target)).code).toMatch(/^I400(?:PA|RU)$/);
  });

  it('is called over its protocols alone, but on the internal listener over any', async () => {
    const https: readonly MadeApi[] = [
      { path: '/a', definition: { request: { method: 'GET', path: '/a', protocols: ['HTTPS'] } } },
    ];
    expect(await find(https, '/a')).toMatchObject({ code: 'I403PT', message: 'Invalid protocol HTTP unsupported' });
    expect((await find(https, '/a', { scheme: 'https' })).code).toBeNull();
    expect((await find(https, '/a', { listener: 'internal', host: INTERNAL_HOST })).code).toBeNull();
  });

  it('takes WebSocket handshakes only where it says so, inside too', async () => {
    const request = { method: 'GET', path: '/a', protocols: ['HTTP', 'WS'] };
    const handshake: Made = { headers: ['Connection', 'Upgrade', 'Upgrade', 'WebSocket'] };
    expect((await find([{ path: '/a', definition: { request } }], '/a', handshake)).code).toBeNull();
    expect((await find(one, '/a', handshake)).code).toBe('I403PT');
    expect((await find(one, '/a', { ...handshake, listener: 'internal', host: INTERNAL_HOST })).code).toBe('I403PT');
    expect((await find(one, '/a', { headers: ['Upgrade', 'h2c'] })).code).toBeNull();
  });

  it('that is closed to the Internet answers inside alone', async () => {
    const closed: readonly MadeApi[] = [{ path: '/a', definition: { disableInternet: true } }];
    expect((await find(closed, '/a')).code).toBe('A403IN');
    expect((await find(closed, '/a', { listener: 'internal', host: INTERNAL_HOST })).code).toBeNull();
  });
});

describe('a loop', () => {
  const via = (...values: string[]): Made => ({ headers: values.flatMap((value) => ['Via', value]) });
  const times = (count: number, id: string) => Array.from({ length: count }, () => id);

  it('is cut when the own id of the listener came by five times', async () => {
    expect((await find(one, '/a', via(...times(4, HOP_IDS.public)))).code).toBeNull();
    expect((await find(one, '/a', via(...times(5, HOP_IDS.public)))).code).toBe('I508LD');
  });

  it('is counted in comma lists as well, and by listener', async () => {
    const list = times(5, HOP_IDS.public).join(', ');
    expect((await find(one, '/a', via(list))).code).toBe('I508LD');
    expect((await find(one, '/a', via(...times(9, HOP_IDS.internal)))).code).toBeNull();
    const inside: Made = { listener: 'internal', host: INTERNAL_HOST, ...via(...times(5, HOP_IDS.internal)) };
    expect((await find(one, '/a', inside)).code).toBe('I508LD');
  });

  it('shows the ids that came by, or the APIs where a gateway vouches for them', async () => {
    const ids = times(5, HOP_IDS.public);
    expect((await find(one, '/a', via('1.1 proxy', ids.join(',')))).message).toBe(
      `Loop Detected: ${['1.1 proxy', ...ids].join(' > ')}`,
    );
    const program = await makeProgram([groupChunk(), apisChunk(one)]);
    const x = makeExchange('/a', { host: PUBLIC_HOST, ...via(...ids) });
    x.trusted = true;
    x.chain = ['first', 'second'];
    expect(locate(x, program, 5)?.errorMessage).toBe(`Loop Detected: first > second > ${apiId(1)}`);
  });
});
