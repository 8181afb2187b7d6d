/** What a service is asked about a request, and what its verdict does (plugins, section 5.6). */
import { describe, expect, it } from '@jest/globals';
import { checkPlugin } from './check.js';
import type { Answer } from './kit/answer.js';
import { type Fetched, FetchFailure, type FetchRequest, NO_SERVICES } from './kit/services.js';
import { remoteAuth } from './remote-auth.js';
import { compileContext, makeExchange } from './testing/make-exchange.js';

const least = { authUri: { address: 'auth.test' }, parameters: { status: 'StatusCode' }, successCondition: '$status = 200' };
const parameter = (source: string, target: string) => {
  const [[sourceLocation, sourceParameterName], [targetLocation, targetParameterName]] = [source.split(':'), target.split(':')];
  return { sourceLocation, sourceParameterName, targetLocation, targetParameterName };
};

function start(config: object, answer: Partial<Fetched> | Error = {}) {
  const checked = checkPlugin('remoteAuth', { ...least, ...config });
  if (checked.config === null) throw new Error(JSON.stringify(checked.problems));
  const asked: FetchRequest[] = [];
  const kept = new Map<string, unknown>();
  const steps = remoteAuth.compile(
    checked.config as never,
    compileContext({
      services: {
        ...NO_SERVICES,
        fetcher: {
          fetch(request) {
            asked.push(request);
            if (answer instanceof Error) return Promise.reject(answer);
            return Promise.resolve({ status: 200, headers: [], body: Buffer.alloc(0), ...answer });
          },
        },
        verdicts: { get: (key) => kept.get(key), put: (key, verdict) => kept.set(key, verdict) },
      },
    }),
  );
  const judge = async (...args: Parameters<typeof makeExchange>) => {
    const made = (await steps.caller!(makeExchange(...args))) as Answer | undefined;
    return made === undefined ? 'passes' : made;
  };
  return { judge, asked, kept, steps };
}

const pairsOf = ({ headers }: FetchRequest) => headers.flatMap((name, n) => (n % 2 === 0 ? [`${name}: ${headers[n + 1]}`] : []));

describe('the service', () => {
  it('gets the parameters that are named, from anywhere to anywhere, and nothing else', async () => {
    const authParameters = [
      parameter('query:q', 'header:X-Q'),
      parameter('header:x-token', 'query:t'),
      parameter('FORM:f', 'Form:g'),
      parameter('query:absent', 'query:absent'),
    ];
    const { judge, asked } = start({ authUri: { address: 'auth.test', path: '/check' }, authParameters, passThroughPath: true });
    const headers = [
      'X-Token',
      'a b',
      'Cookie',
      'secret',
      'User-Agent',
      'agent',
      'Content-Type',
      'application/x-www-form-urlencoded',
    ];
    expect(await judge('/p%2Fq?q=%C3%A9&q=2&other=1', { method: 'POST', headers, form: 'f=1%262&h=3' })).toBe('passes');
    const [request] = asked;
    expect(request).toMatchObject({ method: 'POST', target: '/check?t=a%20b', timeoutMs: 5000, maxBodyBytes: 16_384 });
    expect(request!.body!.toString()).toBe('g=1%262');
    expect(pairsOf(request!)).toEqual([
      'User-Agent: agent',
      `X-Q: ${Buffer.from('é').toString('latin1')}`,
      'X-Ca-Remote-Auth-Raw-Path: /p%2Fq',
      'Content-Type: application/x-www-form-urlencoded; charset=UTF-8',
    ]);
  });

  it('gets the body as it came where the configuration says so', async () => {
    const { judge, asked, steps } = start({ passThroughBody: true });
    expect(steps).toMatchObject({ needsBody: true, needsForm: true });
    await judge('/', { method: 'POST', headers: ['Content-Type', 'text/x'], body: 'abc' });
    expect([asked[0]!.body?.toString(), pairsOf(asked[0]!)]).toEqual(['abc', ['Content-Type: text/x']]);
  });

  it('gets no line that a value would break', async () => {
    const { judge, asked } = start({ authParameters: [parameter('query:q', 'header:X-Q')] });
    await judge('/?q=a%0d%0aX-Evil:%201%00');
    expect(pairsOf(asked[0]!)).toEqual(['X-Q: a??X-Evil: 1?']);
  });

  it.each([
    [true, 'bEaRer  abc', 'abc'],
    [true, 'Basic abc', 'abc'],
    [true, 'Token abc', 'Token abc'],
    ['token', 'TOKEN abc', 'abc'],
    [false, 'Bearer abc', 'Bearer abc'],
  ])('gets Authorization without its prefix: %s of %s', async (trimAuthorizationHeaderPrefix, sent, got) => {
    const authParameters = [parameter('header:Authorization', 'query:t'), parameter('header:X-Other', 'query:o')];
    const { judge, asked } = start({ trimAuthorizationHeaderPrefix, authParameters });
    await judge('/', { headers: ['Authorization', sent, 'X-Other', 'Bearer abc'] });
    expect(asked[0]!.target).toBe(`/?t=${encodeURIComponent(got)}&o=Bearer%20abc`);
  });
});

describe('its verdict', () => {
  it('is a condition over its answer', async () => {
    const config = {
      parameters: { ok: 'BodyJsonField:$.ok', who: 'Header:X-Who' },
      successCondition: "$ok = true and $who = 'a'",
    };
    const body = Buffer.from('{"ok":true}');
    expect(await start(config, { body, headers: ['x-who', 'a'] }).judge('/')).toBe('passes');
    expect(await start(config, { body: null, headers: ['x-who', 'a'] }).judge('/')).toMatchObject({ errorCode: 'A403RA' });
  });

  it('is told as the configuration says', async () => {
    const config = {
      parameters: { status: 'StatusCode', why: 'Header:X-Why' },
      errorStatusCode: 451,
      errorMessage: 'no: ${why} ${nothing}!',
      errorPassThroughHeaderList: 'X-Why, WWW-Authenticate',
    };
    const headers = ['X-Why', 'age', 'Set-Cookie', 'a=b', 'www-authenticate', 'Basic'];
    expect(await start(config, { status: 403, headers }).judge('/')).toMatchObject({
      status: 451,
      errorCode: 'A403RA',
      errorMessage: 'no: age !',
      headers: ['X-Why', 'age', 'www-authenticate', 'Basic'],
    });
    expect(await start({}, { status: 500 }).judge('/')).toMatchObject({
      status: 403,
      errorMessage: 'Remote authorization failed',
    });
  });

  it('that does not come is a refusal', async () => {
    expect(await start({ cachedTimeBySecond: 9 }, new FetchFailure('no answer in time')).judge('/')).toMatchObject({
      status: 503,
      errorCode: 'D503RA',
      errorMessage: 'Remote authorization service failed `no answer in time`',
    });
  });
});

describe('a verdict that is kept', () => {
  const authParameters = [parameter('query:q', 'query:q'), parameter('header:x', 'query:x')];

  it.each([200, 403])('holds for equal parameters, and for nobody else: %d', async (status) => {
    const { judge, asked } = start({ cachedTimeBySecond: 60, authParameters }, { status });
    const first = await judge('/a?q=1');
    expect(await judge('/b?q=1&other=2')).toEqual(first);
    expect(asked).toHaveLength(1);
    for (const target of ['/?q=2', '/?q=', '/', '/?x=1&q=']) await judge(target);
    expect(asked).toHaveLength(4);
    await judge('/?q=1', { headers: ['X', ''] });
    expect(asked).toHaveLength(5);
  });

  it('is one for the path or the body where they are sent on', async () => {
    const byPath = start({ cachedTimeBySecond: 60, passThroughPath: true });
    for (const target of ['/a', '/a', '/b']) await byPath.judge(target);
    const byBody = start({ cachedTimeBySecond: 60, passThroughBody: true });
    for (const body of ['a', 'a', 'b']) await byBody.judge('/', { method: 'POST', body });
    expect([byPath.asked.length, byBody.asked.length]).toEqual([2, 2]);
  });

  it('is not kept when the service failed', async () => {
    const { judge, asked, kept } = start({ cachedTimeBySecond: 60 }, new FetchFailure('x'));
    await judge('/');
    await judge('/');
    expect([asked.length, kept.size]).toEqual([2, 0]);
  });
});

describe('a configuration', () => {
  it.each<[object, string[]]>([
    [{ authUri: {} }, ['authUri.address']],
    [{ authUriType: 'http_vpc', authUri: { address: 'a' } }, ['authUri.vpcAccessName', 'authUri.address']],
    [{ authUri: { address: 'ftp://a', path: 'x', timeout: 10_001 } }, ['authUri.address', 'authUri.path', 'authUri.timeout']],
    [{ successCondition: '$status =' }, ['successCondition']],
    [{ parameters: { q: 'Query:q' } }, ['parameters.q']],
    [{ authUri: { address: 'a', method: 'get' }, passThroughBody: true }, ['passThroughBody']],
    [{ passThroughBody: true, authParameters: [parameter('query:a', 'form:a')] }, ['authParameters[0].targetLocation']],
    [{ authParameters: [parameter('query:a', 'header:Host')] }, ['authParameters[0].targetParameterName']],
    [{ authParameters: [parameter('cookie:a', 'query:a')] }, ['authParameters[0].sourceLocation']],
    [{ errorStatusCode: 200, cachedTimeBySecond: 601 }, ['cachedTimeBySecond', 'errorStatusCode']],
    [{ errorPassThroughHeaderList: ['Transfer-Encoding'], other: 1 }, ['errorPassThroughHeaderList[0]', 'other']],
  ])('is refused with every complaint: %j', (config, paths) => {
    expect(checkPlugin('remoteAuth', { ...least, ...config }).problems.map(({ path }) => path)).toEqual(paths);
  });

  it('tells whom it asks', () => {
    const { config } = checkPlugin('remoteAuth', least);
    expect(remoteAuth.diversions!(config as never)).toMatchObject([
      { path: 'authUri.address', backend: { address: 'auth.test' } },
    ]);
  });
});
