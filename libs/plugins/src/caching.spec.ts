/** Which answers are kept, for whom, and for how long (plugins, section 5.10). */
import { describe, expect, it } from '@jest/globals';
import { caching } from './caching.js';
import { lifetimeMs, mayBeKept } from './caching-rules.js';
import { checkPlugin } from './check.js';
import { Answer } from './kit/answer.js';
import { type Flight, NO_SERVICES, type StoredAnswer } from './kit/services.js';
import { compileContext, makeExchange } from './testing/make-exchange.js';

function said(status: number, headers: readonly string[] = [], body: string | null = 'body'): Answer {
  const answer = new Answer(status, [...headers], body === null ? null : Buffer.from(body));
  answer.fromBackend = true;
  return answer;
}

type Request = Parameters<typeof makeExchange>[1] & { appId?: string; host?: string; routeName?: string; pathValues?: string[] };

function start(config: object, context: Parameters<typeof compileContext>[0] = {}) {
  const checked = checkPlugin('caching', config);
  if (checked.config === null) throw new Error(JSON.stringify(checked.problems));
  const kept = new Map<string, StoredAnswer>();
  const answers = {
    get: (key: string) => kept.get(key) ?? null,
    put: (key: string, stored: StoredAnswer) => void kept.set(key, stored),
    join: (): Flight => ({ leader: true, land: () => {} }),
  };
  const steps = caching.compile(checked.config as never, compileContext({ services: { ...NO_SERVICES, answers }, ...context }));
  /** What the client gets when the backend would say `answer`. */
  const ask = (target: string, answer: Answer, { appId, host, routeName, pathValues, ...made }: Request = {}) => {
    const x = makeExchange(target, made);
    if (appId !== undefined) x.caller = { appId, appName: '', accountId: 'acc', key: null, extend: '' };
    if (host !== undefined) Object.assign(x, { host });
    x.routeName = routeName ?? null;
    x.pathValues = pathValues ?? [];
    const early = steps.ready!(x) as Answer | undefined;
    const got = early ?? (steps.response!(x, answer) as Answer);
    return `${early === undefined ? 'asked' : 'kept'} ${String(got.body)}`;
  };
  return { ask, kept, steps };
}

describe('an answer', () => {
  it('is given again, with its age, the headers that are kept, and no others', () => {
    const { ask, kept } = start({ duration: 60, cacheableHeaders: ['X-Kept'] });
    const headers = ['Content-Type', 'text/x', 'X-Kept', '1', 'X-Other', '2', 'Content-Encoding', 'gzip', 'ETag', '"e"'];
    expect(ask('/', said(200, headers, 'first'))).toBe('asked first');
    expect(ask('/', said(200, headers, 'second'))).toBe('kept first');
    const [stored] = kept.values();
    expect(stored!.headers).toEqual(['Content-Type', 'text/x', 'X-Kept', '1', 'Content-Encoding', 'gzip']);
  });

  it.each<[string, Answer]>([
    ['another status', said(404)],
    ['a cookie', said(200, ['Set-Cookie', 'a=b'])],
    ['no end', said(200, ['Content-Type', 'text/event-stream'])],
    ['too long a body', said(200, [], 'x'.repeat(1_048_577))],
    ['Vary by what tells no answers apart', said(200, ['Vary', 'Accept-Encoding', 'vary', 'x-language, cookie'])],
    ['Vary by everything', said(200, ['Vary', '*'])],
    ['no-store', said(200, ['Cache-Control', 'no-store, max-age=60'])],
    ['private', said(200, ['Cache-Control', 'private, max-age=60'])],
    ['no-cache', said(200, ['Cache-Control', 'No-Cache'])],
    ['no time to live', said(200, ['Cache-Control', 's-maxage=0, max-age=60'])],
    ['an age that is over', said(200, ['Cache-Control', 'max-age=60', 'Age', '60'])],
    ['the gateway’s word', new Answer(200, [], Buffer.from('x'))],
  ])('with %s is not kept', (_, answer) => {
    const { ask, kept } = start({ duration: 60, varyByHeaders: ['X-Language'] });
    ask('/', answer);
    expect(kept.size).toBe(0);
  });

  const rules = (headers: string[], duration: number, request: string[] = []) => {
    const answer = said(200, headers);
    return mayBeKept(answer, []) ? lifetimeMs(makeExchange('/', { headers: request }), answer, duration) / 1000 : null;
  };

  it.each<[string[], number, number]>([
    [[], 60, 60],
    [[], 0, 0],
    [['Cache-Control', 'max-age=5'], 60, 5],
    [['Cache-Control', 'max-age=5, s-maxage=7'], 0, 7],
    [['Cache-Control', 'max-age=100', 'Age', '40'], 0, 60],
    [['Cache-Control', 'public'], 60, 60],
    [['Cache-Control', 'max-age=99999999'], 0, 172_800],
    [['Expires', 'Tue, 01 Jan 2999 00:00:00 GMT'], 0, 0],
  ])('lives as long as the backend says, else as the configuration: %j, %d', (headers, duration, seconds) => {
    expect(Math.round(rules(headers, duration)!)).toBe(seconds);
  });

  it('to a request with Authorization is kept only if the backend says it is for all', () => {
    const request = ['Authorization', 'Basic abc'];
    expect(rules([], 60, request)).toBe(0);
    expect(rules(['Cache-Control', 'max-age=60'], 60, request)).toBe(0);
    expect(rules(['Cache-Control', 'max-age=60, must-revalidate'], 60, request)).toBe(0);
    expect(Math.round(rules(['Cache-Control', 'public'], 60, request)!)).toBe(60);
    expect(Math.round(rules(['Cache-Control', 's-maxage=9'], 60, request)!)).toBe(9);
  });
});

describe('a request', () => {
  it.each<[string, Request]>([
    ['another method', { method: 'HEAD' }],
    ['a body', { body: 'x' }],
    ['a part of the answer', { headers: ['Range', 'bytes=0-1'] }],
    ['the domain that all groups share', { host: 'group.gw.test' }],
  ])('for %s is neither answered nor kept', (_, request) => {
    const { ask, kept } = start({ duration: 60 });
    expect([ask('/', said(200), request), kept.size]).toEqual(['asked body', 0]);
    ask('/', said(200, [], 'first'));
    expect(ask('/', said(200), request)).toBe('asked body');
  });

  it('that asks for changes only may get a kept answer, and brings none', () => {
    const { ask, kept } = start({ duration: 60 });
    const conditional = { headers: ['If-None-Match', '"e"'] };
    ask('/', said(200, [], 'x'), conditional);
    expect(kept.size).toBe(0);
    ask('/', said(200, [], 'first'));
    expect(ask('/', said(304), conditional)).toBe('kept first');
  });

  it.each<[string, object, string, Request, string, Request, boolean]>([
    ['the order of its query', {}, '/?a=1&b=2', {}, '/?b=2&a=1', {}, true],
    ['its query', {}, '/?a=1', {}, '/?a=2', {}, false],
    ['its query, when none is named', { varyByParameters: [] }, '/?a=1', {}, '/?a=2', {}, true],
    ['its app', {}, '/', { appId: '1' }, '/', { appId: '2' }, true],
    ['its app, when asked for', { varyByApp: true }, '/', { appId: '1' }, '/', { appId: '2' }, false],
    ['a header', {}, '/', { headers: ['X-A', '1'] }, '/', { headers: ['X-A', '2'] }, true],
    ['a named header', { varyByHeaders: ['X-a'] }, '/', { headers: ['x-A', '1'] }, '/', { headers: ['X-A', '2'] }, false],
    ['a missing header', { varyByHeaders: ['X-a'] }, '/', {}, '/', { headers: ['X-A', ''] }, false],
    ['its domain', {}, '/', { host: 'a.test' }, '/', { host: 'b.test' }, false],
    ['its route', {}, '/', { routeName: 'a' }, '/', { routeName: 'b' }, false],
    ['its path parameters', {}, '/', { pathValues: ['a', 'b'] }, '/', { pathValues: ['a,b'] }, false],
    ['encodings that it reads', {}, '/', { headers: ['Accept-Encoding', 'gzip, br'] }, '/', {}, false],
    [
      'how it says so',
      {},
      '/',
      { headers: ['Accept-Encoding', 'GZIP;q=0.5'] },
      '/',
      { headers: ['Accept-Encoding', 'gzip, br;q=0'] },
      true,
    ],
  ])('that differs in %s', (_, config, firstTarget, first, secondTarget, second, same) => {
    const { ask } = start({ duration: 60, ...config });
    ask(firstTarget, said(200, [], 'first'), first);
    expect(ask(secondTarget, said(200, [], 'second'), second)).toBe(same ? 'kept first' : 'asked second');
  });

  it('of another version, stage, plugin or configuration meets nothing that was kept', () => {
    const context = compileContext();
    const other = [
      { version: '2' },
      { pluginId: 'x' },
      { api: { ...context.api, stage: 'TEST' } },
      { api: { ...context.api, apiId: 'x' } },
    ];
    const { ask, kept } = start({ duration: 60 });
    ask('/', said(200));
    const keys = new Set(kept.keys());
    for (const changed of other) {
      const again = start(
        { duration: 60 },
        {
          services: {
            ...NO_SERVICES,
            answers: { get: () => null, put: (key) => void keys.add(key), join: () => ({ leader: true, land: () => {} }) },
          },
          ...changed,
        },
      );
      again.ask('/', said(200));
    }
    expect(keys.size).toBe(5);
  });
});

describe('Cache-Control of a client', () => {
  const asks = (directives: string, clientCacheControl: object, appId?: string) => {
    const { ask } = start({ duration: 60, clientCacheControl });
    ask('/', said(200, [], 'first'));
    const got = ask('/', said(200, [], 'second'), {
      headers: ['Cache-Control', directives],
      ...(appId === undefined ? {} : { appId }),
    });
    return [got, ask('/', said(200, [], 'third'))];
  };

  it('is not listened to, unless the configuration says so', () => {
    expect(asks('no-cache', { mode: 'off' })).toEqual(['kept first', 'kept first']);
    expect(asks('no-cache', { mode: 'app', apps: [7] })).toEqual(['kept first', 'kept first']);
    expect(asks('no-cache', { mode: 'apps', apps: ['7'] }, '8')).toEqual(['kept first', 'kept first']);
  });

  it('asks for a new answer, which is kept', () => {
    expect(asks('No-Cache', { mode: 'all' })).toEqual(['asked second', 'kept second']);
    expect(asks('no-cache', { mode: 'apps', apps: [7] }, '7')).toEqual(['asked second', 'kept second']);
    expect(asks('max-age=60', { mode: 'all' })).toEqual(['kept first', 'kept first']);
  });

  it('asks to keep nothing', () => {
    expect(asks('no-store', { mode: 'all' })).toEqual(['asked second', 'kept first']);
  });
});

describe('a configuration', () => {
  it.each<[object, string[]]>([
    [{ duration: -1 }, ['duration']],
    [{ varyByHeaders: ['a b'], varyByParameters: [''] }, ['varyByParameters[0]', 'varyByHeaders[0]']],
    [{ clientCacheControl: { mode: 'some', apps: ['x'] } }, ['clientCacheControl.mode', 'clientCacheControl.apps[0]']],
    [{ cacheableHeaders: 'x', other: 1 }, ['cacheableHeaders', 'other']],
  ])('is refused with every complaint: %j', (config, paths) => {
    expect(checkPlugin('caching', config).problems.map(({ path }) => path)).toEqual(paths);
  });

  it('of a longer duration means the longest', () => {
    expect(checkPlugin('caching', { duration: '999999' }).config).toMatchObject({ duration: 172_800 });
  });
});
