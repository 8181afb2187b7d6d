/** Whose token passes, and what is read from it (plugins, section 5.4). */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { base64url, CompactSign, exportJWK, generateKeyPair, type JWTHeaderParameters } from 'jose';
import { checkPlugin } from './check.js';
import { jwtAuth } from './jwt-auth.js';
import type { Answer } from './kit/answer.js';
import type { Dataset } from './kit/dataset.js';
import { Outgoing } from './kit/outgoing.js';
import type { CompileContext } from './kit/plugin.js';
import { type Fetched, FetchFailure, NO_SERVICES, type SeenOutcome } from './kit/services.js';
import { compileContext, makeExchange, NOW_MS } from './testing/make-exchange.js';

const NOW = NOW_MS / 1000;
const DATASET = 'd'.repeat(32);

const pairOf = async (alg: string) => {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { jwk: await exportJWK(publicKey), privateKey };
};
const rsa = await pairOf('RS256');
const pss = await pairOf('PS256');
const ec = await pairOf('ES256');
const otherEc = await pairOf('ES256');
const secret = new Uint8Array(32).fill(7);
const oct = { kty: 'oct', k: base64url.encode(secret) };
type Signer = Parameters<CompactSign['sign']>[0];

const sign = (claims: unknown, key: Signer, header: JWTHeaderParameters): Promise<string> =>
  new CompactSign(new TextEncoder().encode(typeof claims === 'string' ? claims : JSON.stringify(claims)))
    .setProtectedHeader(header)
    .sign(key);
/** Of the key `ec`, without `kid`. */
const signed = (claims: unknown, header: Partial<JWTHeaderParameters> = {}) =>
  sign(claims, ec.privateKey, { alg: 'ES256', ...header });
const raw = (header: unknown, claims: unknown, signature = 'AAAA') =>
  `${base64url.encode(JSON.stringify(header))}.${base64url.encode(JSON.stringify(claims))}.${signature}`;

const ofOne = await signed({}, { kid: 'one' });
const ofTwo = await sign({}, otherEc.privateKey, { alg: 'ES256', kid: 'two' });

interface Given {
  readonly dataset?: Dataset;
  readonly seen?: SeenOutcome[];
  readonly fetch?: () => Fetched | Error;
  readonly context?: Partial<CompileContext>;
}

function start(config: object, { dataset, seen = [], fetch, context }: Given = {}) {
  const own = 'jwks' in config || 'jwksUri' in config ? {} : { jwk: ec.jwk };
  const checked = checkPlugin('jwtAuth', { parameter: 'Authorization', parameterLocation: 'header', ...own, ...config });
  if (checked.config === null) throw new Error(JSON.stringify(checked.problems));
  const kept = new Map<string, unknown>();
  const noted: unknown[][] = [];
  const fetches: unknown[] = [];
  const services = {
    ...NO_SERVICES,
    seen: {
      first: (...id: unknown[]) => {
        noted.push(id);
        return seen.shift() ?? 'fresh';
      },
    },
    tokens: { get: (key: string) => kept.get(key), put: (key: string, read: object) => void kept.set(key, read) },
    fetcher: {
      fetch(request: unknown) {
        fetches.push(request);
        const made = fetch?.() ?? new FetchFailure('nobody');
        return made instanceof Error ? Promise.reject(made) : Promise.resolve(made);
      },
    },
  };
  const compile = () =>
    jwtAuth.compile(checked.config as never, compileContext({ dataset: () => dataset ?? null, services, ...context }));
  const steps = compile();
  const show = async (...args: Parameters<typeof makeExchange>) => {
    const x = makeExchange(...args);
    const answer = (await steps.caller!(x)) as Answer | undefined;
    return { x, answer };
  };
  const ask = async (token: string, nowMs = NOW_MS) => {
    const x = makeExchange('/', { headers: ['Authorization', token] });
    Object.assign(x, { arrivedAtMs: nowMs });
    return ((await steps.caller!(x)) as Answer | undefined)?.errorCode ?? 'passes';
  };
  return { steps, compile, show, ask, kept, noted, fetches };
}

describe('a token', () => {
  it.each([
    ['a header', '/', ['Authorization', 'TOKEN'], {}],
    ['a header, behind Bearer in any letter case', '/', ['AUTHORIZATION', 'bEARER  TOKEN'], {}],
    ['another header, where Bearer is nothing special', '/', ['X-Token', 'TOKEN'], { parameter: 'x-token' }],
    ['the query', '/?a=1&t=TOKEN', [], { parameter: 't', parameterLocation: 'QUERY' }],
    ['a cookie', '/', ['Cookie', 'a=1; t="TOKEN"; tt=x'], { parameter: 't', parameterLocation: 'cookie' }],
  ])('is found in %s', async (_, target, headers, config) => {
    const token = await signed({ sub: 'alice' });
    const { show } = start(config);
    const { answer, x } = await show(target.replace('TOKEN', token), {
      headers: headers.map((each) => each.replace('TOKEN', token)),
    });
    expect(answer).toBeUndefined();
    expect(x.claims?.get('sub')).toBe('alice');
  });

  it('is looked for where the API has the parameter, and a plugin that cannot know where is none', async () => {
    const token = await signed({});
    const places = (place: string | null) => ({ context: { parameterPlace: () => place } });
    const { show } = start({ parameter: 't', parameterLocation: undefined }, places('query'));
    expect((await show(`/?t=${token}`)).answer).toBeUndefined();
    for (const place of [null, 'form', 'path'])
      expect(() => start({ parameter: 't', parameterLocation: undefined }, places(place))).toThrow('parameterLocation');
  });

  it.each([
    ['no header', []],
    ['an empty one', ['Authorization', '']],
    ['a scheme without a token', ['Authorization', 'Bearer']],
  ])('that is missing is refused, unless it may be: %s', async (_, headers) => {
    expect((await start({}).show('/', { headers })).answer?.errorCode).toBe('I400JR');
    const { answer, x } = await start({ bypassEmptyToken: true }).show('/', { headers });
    expect([answer, x.claims]).toEqual([undefined, null]);
  });

  it('that is there twice is refused: the backend might read the other', async () => {
    const token = await signed({});
    const twice = ['Authorization', token, 'authorization', token];
    expect((await start({}).show('/', { headers: twice })).answer?.errorCode).toBe('I400JD');
    const query = { parameter: 't', parameterLocation: 'query' };
    expect((await start(query).show(`/?t=${token}&%74=${token}`)).answer?.errorCode).toBe('I400JD');
    const cookie = { parameter: 't', parameterLocation: 'cookie' };
    const lines = ['Cookie', `t=${token}`, 'Cookie', `t=${token}`];
    expect((await start(cookie).show('/', { headers: lines })).answer?.errorCode).toBe('I400JD');
  });

  const payload = base64url.encode('{}');
  it.each([
    ['other text', 'Basic abc'],
    ['two parts', 'a.b'],
    ['five parts, as encrypted ones have', 'a.b.c.d.e'],
    ['characters of another alphabet', `${base64url.encode('{"alg":"ES256"}')}.${payload}.a+/=`],
    ['a header that is no JSON', `${base64url.encode('x')}.${payload}.AAAA`],
    ['a header that is a list', `${base64url.encode('[]')}.${payload}.AAAA`],
    ['claims that are no object', `${base64url.encode('{"alg":"ES256"}')}.${base64url.encode('"x"')}.AAAA`],
    ['claims that are no UTF-8', `${base64url.encode('{"alg":"ES256"}')}.${base64url.encode(new Uint8Array([0x22, 0xff]))}.AAAA`],
    ['a kid that is no text', raw({ alg: 'ES256', kid: 5 }, {})],
    ['more than 16 KiB', raw({ alg: 'ES256' }, { x: 'x'.repeat(16_384) })],
    ['a signature that no bytes encode to', raw({ alg: 'ES256' }, {}, 'A')],
  ])('is not decoded: %s', async (_, token) => {
    expect(await start({}).ask(token)).toBe('I400JD');
  });

  it('of random text never passes, and nothing is thrown', async () => {
    const { ask } = start({});
    const part = fc.oneof(
      fc.base64String(),
      fc.json().map((each) => base64url.encode(each)),
      fc.constant(''),
    );
    const tokens = fc.oneof(
      fc.string(),
      fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('.')),
    );
    await fc.assert(fc.asyncProperty(tokens, async (token) => expect(await ask(`Bearer ${token}`)).toMatch(/^[IAX]\d{3}J/)));
  });
});

describe('a signature', () => {
  it.each([
    ['RS256', rsa.jwk, rsa.privateKey],
    ['PS256', pss.jwk, pss.privateKey],
    ['ES256', ec.jwk, ec.privateKey],
    ['HS256', oct, secret],
  ] as [string, object, Signer][])('of %s is right with its key, and with no other bytes', async (alg, jwk, key) => {
    const { ask } = start({ jwk });
    const token = await sign({ sub: 'a' }, key, { alg });
    expect(await ask(token)).toBe('passes');
    const [header, , signature] = token.split('.');
    expect(await ask(`${header}.${base64url.encode('{"sub":"b"}')}.${signature}`)).toBe('A403JT');
    expect(await ask(`${header}.${token.split('.')[1]}.`)).toBe('A403JT');
    expect(await ask(token)).toBe('passes');
  });

  it.each(['RS384', 'RS512', 'PS384', 'PS512', 'ES384', 'ES512', 'EdDSA', 'HS384', 'HS512'])('of %s is right', async (alg) => {
    const long = new Uint8Array(64).fill(1);
    const pair = alg.startsWith('HS') ? { jwk: { kty: 'oct', k: base64url.encode(long) }, privateKey: long } : await pairOf(alg);
    expect(await start({ jwk: { ...pair.jwk, alg } }).ask(await sign({}, pair.privateKey, { alg }))).toBe('passes');
  });

  it('of the example of RFC 7515, appendix A.3, is right, and expired since 2011', async () => {
    const token =
      'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.' +
      'DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q';
    const jwk = {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    };
    expect(await start({ jwk }).ask(token)).toBe('A403JE');
    expect(await start({ jwk, ignoreExpirationCheck: true }).ask(token)).toBe('passes');
  });

  it.each([
    ['none', raw({ alg: 'none' }, {}, '')],
    ['None', raw({ alg: 'None' }, {}, '')],
    ['an algorithm that nobody knows', raw({ alg: 'XS256' }, {})],
    ['no algorithm', raw({}, {})],
    ['an algorithm that is no text', raw({ alg: ['ES256'] }, {})],
    ['a name of every object', raw({ alg: 'constructor' }, {})],
  ])('of %s is none', async (_, token) => {
    expect(await start({}).ask(token)).toBe('A403JT');
  });

  it('is never judged by the algorithm that the token would like: a public key is no secret', async () => {
    const text = new TextEncoder().encode(JSON.stringify(rsa.jwk));
    for (const guess of [text, base64url.decode(rsa.jwk.n!)])
      expect(await start({ jwk: rsa.jwk }).ask(await sign({}, guess, { alg: 'HS256' }))).toBe('A403JT');
    const pinned = { ...rsa.jwk, alg: 'RS512' };
    expect(await start({ jwk: pinned }).ask(await sign({}, rsa.privateKey, { alg: 'RS256' }))).toBe('A403JT');
  });

  it('with headers that must be understood is refused, whatever they say', async () => {
    const { ask } = start({});
    expect(await ask(raw({ alg: 'ES256', crit: ['exp'], exp: 1 }, {}))).toBe('A403JT');
    expect(await ask(raw({ alg: 'ES256', crit: ['b64'], b64: false }, {}))).toBe('A403JT');
    expect(await ask(await signed({}, { b64: true, crit: ['b64'] } as never))).toBe('A403JT');
    expect(await ask(raw({ alg: 'ES256', b64: false }, {}))).toBe('A403JT');
  });
});

describe('the key', () => {
  const jwks = [
    { ...ec.jwk, kid: 'one' },
    { ...otherEc.jwk, kid: 'two' },
  ];
  const withKid = (kid: string | undefined, key = ec.privateKey) =>
    sign({}, key, { alg: 'ES256', ...(kid !== undefined && { kid }) });

  it.each([
    ['a list', jwks],
    ['an object with a list', { keys: jwks, other: 1 }],
  ])('is the one that kid names, in %s', async (_, given) => {
    const { ask } = start({ jwks: given });
    expect(await ask(await withKid('one'))).toBe('passes');
    expect(await ask(await withKid('two'))).toBe('A403JT');
    expect(await ask(await withKid('two', otherEc.privateKey))).toBe('passes');
    expect(await ask(await withKid('three'))).toBe('A403JK');
    expect(await ask(await withKid('__proto__'))).toBe('A403JK');
  });

  it('of a token without kid is one without kid, or the only one', async () => {
    expect(await start({ jwks }).ask(await withKid(undefined))).toBe('A403JK');
    expect(await start({ jwks: [jwks[0]] }).ask(await withKid(undefined))).toBe('passes');
    const nameless = start({ jwks: [jwks[1], rsa.jwk, otherEc.jwk, ec.jwk] });
    expect(await nameless.ask(await withKid(undefined))).toBe('passes');
    expect(await nameless.ask(await withKid('one'))).toBe('A403JK');
  });

  it('is told by a message that no line breaks', async () => {
    const { show } = start({ jwks });
    const kid = `a\r\nX-Evil: 1${'x'.repeat(1000)}`;
    const { answer } = await show('/', { headers: ['Authorization', await withKid(kid)] });
    expect(answer?.errorMessage).toMatch(/^No matching JWK, `a\?\?X-Evil: 1x{100,130}\.\.\.` not found$/);
  });
});

describe('times', () => {
  it.each<[string, object, string]>([
    ['exp to come', { exp: NOW + 1 }, 'passes'],
    ['exp now', { exp: NOW }, 'A403JE'],
    ['exp passed', { exp: NOW - 1 }, 'A403JE'],
    ['an exp that no calendar has', { exp: -1e300 }, 'A403JE'],
    ['an exp that is no number', { exp: String(NOW + 9) }, 'A403JT'],
    ['exp null', { exp: null }, 'A403JT'],
    ['nbf within a minute', { nbf: NOW + 60 }, 'passes'],
    ['nbf beyond', { nbf: NOW + 61 }, 'A403JT'],
    ['nbf that is no number', { nbf: 'now' }, 'A403JT'],
    ['neither', {}, 'passes'],
  ])('%s', async (_, claims, expected) => {
    expect(await start({}).ask(await signed(claims))).toBe(expected);
  });

  it('are asked about each time, also of a token that is known', async () => {
    const { ask, kept } = start({});
    const token = await signed({ exp: NOW + 10 });
    expect([await ask(token), await ask(token, NOW_MS + 9999), await ask(token, NOW_MS + 10_000)]).toEqual([
      'passes',
      'passes',
      'A403JE',
    ]);
    expect(kept.size).toBe(1);
    expect([...kept.keys()].join()).not.toContain(token.slice(0, 20));
  });

  it('do not count where exp is ignored, but nbf does', async () => {
    const { ask } = start({ ignoreExpirationCheck: true });
    expect([await ask(await signed({ exp: 1 })), await ask(await signed({ nbf: NOW + 100 }))]).toEqual(['passes', 'A403JT']);
  });
});

describe('an id', () => {
  it('passes once; is remembered until its token is over, and a while at least', async () => {
    const { ask, noted } = start({ preventJtiReplay: true }, { seen: ['fresh', 'used', 'fresh', 'fresh', 'fresh'] });
    const token = await signed({ jti: 'j', exp: NOW + 5000 });
    expect([await ask(token), await ask(token)]).toEqual(['passes', 'S403JU']);
    for (const exp of [undefined, NOW + 1, 1e300]) await ask(await signed({ jti: 'j', exp }));
    const space = `jti:${'c'.repeat(32)}`;
    expect(noted).toEqual([
      [space, 'j', NOW_MS + 5_000_000],
      [space, 'j', NOW_MS + 5_000_000],
      [space, 'j', NOW_MS + 900_000],
      [space, 'j', NOW_MS + 900_000],
      [space, 'j', NOW_MS + 315_360_000_000],
    ]);
  });

  it('that is missing, empty or no text is refused, and one that nobody can tell of too', async () => {
    const { ask } = start({ preventJtiReplay: true }, { seen: ['unavailable'] });
    for (const claims of [{}, { jti: '' }, { jti: 5 }, { jti: null }]) expect(await ask(await signed(claims))).toBe('S403JI');
    expect(await ask(await signed({ jti: 'j' }))).toBe('X503BZ');
  });

  it('is recorded after all else: what is refused uses up none', async () => {
    const { ask, noted } = start({ preventJtiReplay: true });
    await ask(await signed({ jti: 'j', exp: 1 }));
    await ask(await sign({ jti: 'j' }, otherEc.privateKey, { alg: 'ES256' }));
    expect(noted).toEqual([]);
  });
});

describe('a blocked claim', () => {
  const item = (value: string, expiresAtMs: number | null) => [value, { value, expiresAtMs }] as const;
  const dataset: Dataset = {
    id: DATASET,
    type: 'JWT_BLOCKING',
    items: new Map([item('mallory', null), item('5', null), item('over', NOW_MS), item('{"a":1}', null)]),
  };
  const config = { blockClaimParameterName: 'sub', blockByDataSet: DATASET };

  it.each<[unknown, string]>([
    ['mallory', 'A403JB'],
    [5, 'A403JB'],
    [['x', 'mallory'], 'A403JB'],
    [{ a: 1 }, 'A403JB'],
    ['over', 'passes'],
    ['alice', 'passes'],
    [null, 'passes'],
    [undefined, 'passes'],
  ])('is found: %j', async (sub, expected) => {
    expect(await start(config, { dataset }).ask(await signed({ sub }))).toBe(expected);
  });

  it('is looked for each time, in the dataset as it is when the plugin is compiled; without one there is no plugin', async () => {
    const { ask } = start(config, { dataset });
    const token = await signed({ sub: 'mallory' });
    expect([await ask(token), await ask(token)]).toEqual(['A403JB', 'A403JB']);
    expect(() => start(config)).toThrow('is not there');
  });
});

describe('claims', () => {
  it('are what conditions see: text, number, boolean, null, and JSON for the rest', async () => {
    const claims = { s: 'é', n: 1.5, b: true, z: null, l: [1], o: { a: 1 }, ['__proto__']: 'p' };
    const { show } = start({});
    const { x } = await show('/', { headers: ['Authorization', await signed(JSON.stringify({ ...claims }))] });
    expect([...x.claims!]).toEqual([
      ['s', 'é'],
      ['n', 1.5],
      ['b', true],
      ['z', null],
      ['l', '[1]'],
      ['o', '{"a":1}'],
      ['__proto__', 'p'],
    ]);
  });

  it('of a token that is refused are nobody’s', async () => {
    const { show } = start({});
    const { x } = await show('/', { headers: ['Authorization', await signed({ sub: 'a', exp: 1 })] });
    expect(x.claims).toBeNull();
  });

  const claim = (claimName: string, location: string, parameterName: string) => ({ claimName, location, parameterName });
  const parameters = [claim('sub', 'header', 'X-User'), claim('sub', 'query', 'u&r'), claim('roles', 'formdata', 'roles')];

  async function send(claims: object | null, config: object = {}) {
    const made = start({ claimParameters: parameters, bypassEmptyToken: true, ...config });
    const headers = [
      'Content-Type',
      'application/x-www-form-urlencoded',
      ...(claims === null ? [] : ['Authorization', await signed(claims)]),
    ];
    const { x, answer } = await made.show('/', { method: 'POST', headers, form: 'roles=root&b=%20' });
    const out = new Outgoing('POST', '/', 'u%26r=mine&q=1', 'h');
    out.set('Content-Type', 'application/x-www-form-urlencoded');
    out.set('x-user', 'mine');
    out.body = 'as-received';
    out.form = x.form;
    made.steps.mapped?.(x, out);
    return { answer, out };
  }

  it('become parameters in place of what the client sent, and of nothing else', async () => {
    const { out } = await send({ sub: 'a b/é', roles: ['x', 'y'] });
    expect(out.get('x-user')).toBe(Buffer.from('a b/é').toString('latin1'));
    expect(out.signedHeaders).toEqual(['x-user']);
    expect(out.query).toBe('q=1&u%26r=a%20b%2F%C3%A9');
    expect([out.body, out.form]).toEqual(['rebuilt', 'b=%20&roles=%5B%22x%22%2C%22y%22%5D']);
  });

  it.each([
    ['the token lacks them', {}],
    ['there is no token', null],
  ])('are nobody else’s to send when %s', async (_, claims) => {
    const { answer, out } = await send(claims);
    expect([answer, out.get('x-user'), out.query, out.form]).toEqual([undefined, null, 'q=1', 'b=%20']);
  });

  it('make a form where there is no body, and the method has a place for one', async () => {
    const { steps, show } = start({ claimParameters: [parameters[2]] });
    const { x } = await show('/', { method: 'POST', headers: ['Authorization', await signed({ roles: 'a b' })] });
    for (const [method, form] of [
      ['POST', 'roles=a+b'],
      ['GET', null],
    ] as const) {
      const out = new Outgoing(method, '/', '', 'h');
      steps.mapped!(x, out);
      expect(out.form).toBe(form);
    }
  });

  it('break no line of a header', async () => {
    for (const sub of ['a\r\nX-Evil: 1', 'a\u0000', '\u007f'])
      expect((await send({ sub })).answer).toMatchObject({ errorCode: 'I400IP', status: 400 });
  });

  it('are kept out of a form that cannot be read', async () => {
    const { show } = start({ claimParameters: [parameters[2]], bypassEmptyToken: true });
    const headers = ['Content-Type', 'application/x-www-form-urlencoded', 'Content-Encoding', 'gzip'];
    expect((await show('/', { method: 'POST', headers, form: 'x' })).answer?.errorCode).toBe('I400CT');
  });

  it('that are deeper than anything are refused, or read; nothing is thrown', async () => {
    const deep = `{"a":${'['.repeat(6000)}${']'.repeat(6000)}}`;
    expect(['passes', 'I400JD']).toContain(await start({}).ask(await signed(deep)));
  });
});

describe('keys at an address', () => {
  const answer = (keys: unknown, status = 200): Fetched => ({ status, headers: [], body: Buffer.from(JSON.stringify(keys)) });
  const one = { ...ec.jwk, kid: 'one' };
  const two = { ...otherEc.jwk, kid: 'two' };
  const uri = { jwksUri: 'https://issuer.test/keys?v=1' };

  it('are fetched once for all that wait, and once for all APIs', async () => {
    const { ask, fetches, compile } = start(uri, { fetch: () => answer({ keys: [one] }) });
    expect(await Promise.all([ask(ofOne), ask(ofOne), ask(ofOne)])).toEqual(['passes', 'passes', 'passes']);
    const again = makeExchange('/', { headers: ['Authorization', ofOne] });
    expect(await compile().caller!(again)).toBeUndefined();
    expect(fetches).toMatchObject([{ method: 'GET', target: '/keys?v=1', body: null, maxBodyBytes: 65_536, timeoutMs: 5000 }]);
  });

  it('are looked for again for an unknown kid, twice a minute at most', async () => {
    let keys: unknown[] = [one];
    const { ask, fetches } = start(uri, { fetch: () => answer({ keys }) });
    expect([await ask(ofOne), await ask(ofTwo), await ask(ofTwo, NOW_MS + 30_000)]).toEqual(['passes', 'A403JK', 'A403JK']);
    expect(fetches).toHaveLength(1);
    keys = [two];
    expect(await ask(ofTwo, NOW_MS + 30_001)).toBe('passes');
    expect(await ask(ofOne, NOW_MS + 30_002)).toBe('A403JK');
    expect(fetches).toHaveLength(2);
  });

  it('are looked for behind the requests while some are known, and stay while nobody answers', async () => {
    let made: Fetched | Error = answer({ keys: [one] });
    const { ask, fetches, steps } = start(uri, { fetch: () => made });
    await ask(ofOne);
    made = new FetchFailure('away');
    const x = makeExchange('/', { headers: ['Authorization', ofOne] });
    Object.assign(x, { arrivedAtMs: NOW_MS + 600_001 });
    expect(steps.caller!(x)).toBeUndefined();
    expect(fetches).toHaveLength(2);
    expect(await ask(ofOne, NOW_MS + 86_000_000)).toBe('passes');
    expect(await ask(ofOne, NOW_MS + 86_400_001)).toBe('X503BZ');
  });

  it('that were taken away let nobody pass any more, known tokens neither', async () => {
    let keys: unknown[] = [one, two];
    const { ask } = start(uri, { fetch: () => answer({ keys }) });
    expect([await ask(ofOne), await ask(ofTwo)]).toEqual(['passes', 'passes']);
    keys = [two];
    await ask(ofTwo, NOW_MS + 600_001);
    expect(await ask(ofTwo, NOW_MS + 600_002)).toBe('passes');
    expect(await ask(ofOne, NOW_MS + 600_003)).toBe('A403JK');
  });

  it('that nobody gives let nobody pass, and are asked for every two seconds at most', async () => {
    let made: Fetched | Error = new FetchFailure('away');
    const { ask, fetches } = start(uri, { fetch: () => made });
    expect([await ask(ofOne), await ask(ofOne), await ask(ofOne, NOW_MS + 2000)]).toEqual(['X503BZ', 'X503BZ', 'X503BZ']);
    expect(fetches).toHaveLength(1);
    made = answer({ keys: [one] });
    expect(await ask(ofOne, NOW_MS + 2001)).toBe('passes');
  });

  it.each<[string, Fetched, string]>([
    ['a refusal', answer({ keys: [one] }, 500), 'X503BZ'],
    ['too much', { status: 200, headers: [], body: null }, 'I400JP'],
    ['no JSON', { status: 200, headers: [], body: Buffer.from('<html>') }, 'I400JP'],
    ['null', answer(null), 'I400JP'],
    ['no list', answer({ keys: { one } }), 'I400JP'],
    ['no key', answer({ keys: [] }), 'I400JP'],
    ['keys of no use', answer({ keys: [null, 5, { kty: 'X' }, oct, { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }] }), 'I400JP'],
    ['one key beside those of no use', answer({ keys: [{ kty: 'X' }, { ...one, use: 'enc', kid: 'e' }, one] }), 'passes'],
  ])('may be anything: %s', async (_, made, expected) => {
    expect(await start(uri, { fetch: () => made }).ask(ofOne)).toBe(expected);
  });

  it('come over https only, unless from this gateway', () => {
    const http = { jwksUri: 'http://issuer.test/keys' };
    expect(() => start(http)).toThrow('https');
    const backend = () => ({ backend: { kind: 'internal' } });
    expect(() => start(http, { context: { backend } })).not.toThrow();
    expect(checkPlugin('jwtAuth', { parameter: 'a', ...http }).warnings).toMatchObject([{ code: 'plain-key-address' }]);
  });
});

describe('a configuration', () => {
  const claim = { claimName: 'a', parameterName: 'b', location: 'query' };
  const point = base64url.encode(new Uint8Array(32).fill(1));
  const bits = (n: number) => ({ kty: 'RSA', n: base64url.encode(new Uint8Array(n / 8).fill(255)), e: 'AQAB' });

  it.each<[string, object, string[]]>([
    ['no parameter', { jwk: ec.jwk, parameter: undefined }, ['parameter']],
    ['a parameter that is no name', { jwk: ec.jwk, parameter: 'a b' }, ['parameter']],
    ['no key', {}, ['jwk']],
    ['two kinds of keys', { jwk: ec.jwk, jwks: [ec.jwk], jwksUri: 'https://a' }, ['jwks', 'jwksUri']],
    ['an unknown field', { jwk: ec.jwk, jwt: 1 }, ['jwt']],
    ['a private key', { jwk: { ...ec.jwk, d: 'AA' } }, ['jwk']],
    ['a point on no curve', { jwk: { kty: 'EC', crv: 'P-256', x: point, y: point } }, ['jwk']],
    ['a curve for other things', { jwk: { kty: 'OKP', crv: 'X25519', x: point } }, ['jwk']],
    ['a short RSA key', { jwk: bits(1024) }, ['jwk']],
    ['a very long one', { jwk: bits(8256) }, ['jwk']],
    ['a short secret', { jwk: { kty: 'oct', k: base64url.encode('short') } }, ['jwk']],
    ['a secret too short for its algorithm', { jwk: { ...oct, alg: 'HS512' } }, ['jwk']],
    ['no secret', { jwk: { kty: 'oct' } }, ['jwk']],
    ['an algorithm of another type', { jwk: { ...ec.jwk, alg: 'HS256' } }, ['jwk']],
    ['an algorithm that is none', { jwk: { ...ec.jwk, alg: 'none' } }, ['jwk.alg']],
    ['a key to encrypt with', { jwk: { ...ec.jwk, use: 'enc' } }, ['jwk.use']],
    ['a key that does not verify', { jwk: { ...ec.jwk, key_ops: ['sign'] } }, ['jwk']],
    [
      'a kid twice',
      {
        jwks: [
          { ...ec.jwk, kid: 'a' },
          { ...rsa.jwk, kid: 'a' },
        ],
      },
      ['jwks[1].kid'],
    ],
    ['an unusable key among others', { jwks: { keys: [ec.jwk, bits(1024)] } }, ['jwks.keys[1]']],
    ['many keys without kid', { jwks: Array(9).fill(ec.jwk) }, ['jwks']],
    ['an address of another kind', { jwksUri: 'file:///etc/passwd' }, ['jwksUri']],
    ['an address with credentials', { jwksUri: 'https://a:b@c/' }, ['jwksUri']],
    ['a block list without a claim', { jwk: ec.jwk, blockByDataSet: DATASET }, ['blockClaimParameterName']],
    ['a claim without a block list', { jwk: ec.jwk, blockClaimParameterName: 'a' }, ['blockByDataSet']],
    [
      'a header of the gateway',
      { jwk: ec.jwk, claimParameters: [{ ...claim, location: 'header', parameterName: 'x-ca-user' }] },
      ['claimParameters[0].parameterName'],
    ],
    [
      'a header of the connection',
      { jwk: ec.jwk, claimParameters: [{ ...claim, location: 'header', parameterName: 'Host' }] },
      ['claimParameters[0].parameterName'],
    ],
    [
      'a place that is none',
      { jwk: ec.jwk, claimParameters: [{ ...claim, location: 'cookie' }] },
      ['claimParameters[0].location'],
    ],
    ['two claims for one parameter', { jwk: ec.jwk, claimParameters: [claim, claim] }, ['claimParameters[1].parameterName']],
  ])('is refused: %s', (_, config, paths) => {
    const given = { parameter: 'Authorization', parameterLocation: 'header', ...config };
    expect(checkPlugin('jwtAuth', given).problems.map(({ path }) => path)).toEqual(paths);
  });
});
