/** The first route whose condition holds gives the backend (plugins 5.11). */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkPlugin } from './check.js';
import type { BackendOverlay, CompileContext } from './kit/plugin.js';
import { routing } from './routing.js';
import { compileContext, makeExchange } from './testing/make-exchange.js';

const route = (name: string, condition: string, more: object = {}) => ({ name, condition, backend: { address: name }, ...more });
const constant = (name: string, value: unknown, location = 'header') => ({ name, location, value });

function compile(config: object, context: Partial<CompileContext> = {}) {
  const { config: checked, problems } = checkPlugin('routing', config);
  if (checked === null) throw new Error(JSON.stringify(problems));
  return routing.compile(checked as never, compileContext(context));
}

function run(config: object, x = makeExchange('/a?target=b&q=1'), context: Partial<CompileContext> = {}) {
  const answer = compile(config, context).request?.(x);
  if (answer instanceof Promise) throw new Error('routing waits for nothing');
  return { x, answer };
}

const problemsOf = (config: unknown) => checkPlugin('routing', config).problems;
const faulty = (changed: object) => problemsOf({ routes: [{ ...route('r', '1 = 1'), ...changed }] });

describe('a request', () => {
  const parameters = { target: 'Query:target' };

  it('takes the first route that holds', () => {
    const routes = [route('a', "$target = 'a'"), route('b', "$target = 'b'"), route('c', '1 = 1')];
    expect(run({ parameters, routes }).x).toMatchObject({
      routeName: 'b',
      backend: { address: 'b' },
      routeHeaders: [],
      routeQuery: '',
    });
  });

  it('that none fits is left as it is', () => {
    const { x, answer } = run({ parameters, routes: [route('a', "$target = 'a'")] });
    expect(answer).toBeUndefined();
    expect(x).toMatchObject({ routeName: null, backend: null, routeHeaders: [], routeQuery: '', routeStage: null });
  });

  it('may choose by stage, by parameter of the API and by chance', () => {
    const x = makeExchange('/');
    x.parameters = new Map([['tier', 'gold']]);
    const by = (condition: string, context: Partial<CompileContext> = {}) =>
      run({ routes: [route('a', condition)] }, x, context).x.routeName;
    expect(by("$CaStage = 'RELEASE' and $tier = 'gold'", { apiParameters: ['tier'] })).toBe('a');
    x.routeName = null;
    expect(by('Random() < 0.5')).toBeNull();
    expect(by('Random() < 0.6')).toBe('a');
  });

  it('is refused where the route it takes is incomplete, and only there', () => {
    const routes = [route('a', "$target = 'a'", { backend: { address: 'incomplete' } }), route('b', '1 = 1')];
    expect(run({ parameters, routes }, makeExchange('/?target=a')).answer).toMatchObject({
      errorCode: 'I504RB',
      errorMessage: 'Routing backend incomplete: no address',
    });
    expect(run({ parameters, routes }).x.routeName).toBe('b');
  });

  it('carries the constants of its route', () => {
    const constants = [
      constant('X-A', ' é '),
      constant('X-N', 5),
      constant("q ü'", "a&b='", 'query'),
      constant('e', '', 'QUERY'),
    ];
    expect(run({ routes: [route('a', '1 = 1', { 'constant-parameters': constants })] }).x).toMatchObject({
      routeHeaders: ['X-A', '\u00c3\u00a9', 'X-N', '5'],
      routeQuery: 'q%20%C3%BC%27=a%26b%3D%27&e=',
      routeStage: null,
    });
  });

  it('asks for a stage of the callee by a constant, the last one counts', () => {
    const constants = [constant('x-ca-stage', 'pre'), constant('X-Ca-Stage', 'Test')];
    expect(run({ routes: [route('a', '1 = 1', { 'constant-parameters': constants })] }).x).toMatchObject({
      routeStage: 'TEST',
      routeHeaders: [],
    });
  });

  it('takes the route that reading the list from the top gives', () => {
    const config = { parameters, routes: ['a', 'b', 'c', 'd'].map((name) => route(name, `$target like '%${name}%'`)) };
    fc.assert(
      fc.property(fc.stringMatching(/^[a-e]{0,4}$/), (target) => {
        const { x } = run(config, makeExchange(`/?target=${target}`));
        expect(x.routeName).toBe(['a', 'b', 'c', 'd'].find((name) => target.includes(name)) ?? null);
      }),
    );
  });
});

describe('a plugin', () => {
  it('reads a body only where a condition looks into it', () => {
    const reads = (location: string, condition: string) => {
      const { needsForm, needsBody } = compile({ parameters: { a: location, b: 'Query:b' }, routes: [route('r', condition)] });
      return [needsForm, needsBody];
    };
    expect(reads('Form:x', "$a = '1'")).toEqual([true, false]);
    expect(reads('BodyJsonField:$.x', "$a = '1'")).toEqual([expect.anything(), true]);
    expect(reads('BodyJsonField:$.x', "$b = '1'")).toEqual([false, false]);
  });

  it('lays what it names over the backend, in units of the gateway', () => {
    const seen: unknown[] = [];
    const backend = {
      type: 'http',
      address: 'https://a.b',
      path: '/p',
      method: 'post',
      timeout: '500',
      mockBody: 'm',
      headers: [],
    };
    const context = { backend: (overlay: unknown) => ({ backend: seen.push(overlay) }) };
    compile({ routes: [route('r', '1 = 1', { backend })] }, context);
    expect(seen).toEqual([
      {
        type: 'HTTP',
        address: 'https://a.b',
        vpcAccessName: undefined,
        path: '/p',
        method: 'POST',
        timeoutMs: 500,
        statusCode: undefined,
        body: 'm',
        headers: [],
      },
    ]);
  });

  it('names an upstream, and spells HEAD in the old way too', () => {
    const seen: BackendOverlay[] = [];
    const context: Partial<CompileContext> = { backend: (overlay) => ({ backend: seen.push(overlay) }) };
    compile({ routes: [route('r', '1 = 1', { backend: { type: 'http_vpc', vpcAccessName: 'up', method: 'Header' } })] }, context);
    expect(seen[0]).toMatchObject({ type: 'HTTP-VPC', vpcAccessName: 'up', method: 'HEAD' });
  });

  it('prefers body to mockBody', () => {
    const seen: Array<{ body?: string | undefined }> = [];
    const context: Partial<CompileContext> = { backend: (overlay) => ({ backend: seen.push(overlay) }) };
    compile({ routes: [route('r', '1 = 1', { backend: { type: 'Mock', body: 1, mockBody: 'm' } })] }, context);
    expect(seen[0]?.body).toBe('1');
  });
});

describe('a configuration', () => {
  it.each([
    [{}, ['routes']],
    [{ routes: [] }, ['routes']],
    [{ routes: Array.from({ length: 17 }, (_, n) => route(`r${n}`, '1 = 1')) }, ['routes']],
    [{ routes: [route('r', '1 = 1')], weight: 1 }, ['weight']],
    [{ routes: [route('r', '1 = 1'), route('r', '1 = 1')] }, ['routes[1].name']],
    [{ parameters: { a: 'Nowhere:x' }, routes: [route('r', '1 = 1')] }, ['parameters.a']],
    [{ parameters: { a: 'StatusCode' }, routes: [route('r', '1 = 1')] }, ['parameters.a']],
    [{ parameters: { a: 5 }, routes: [route('r', '1 = 1')] }, ['parameters.a']],
  ])('%# has problems in %j', (config, paths) => {
    expect(problemsOf(config).map(({ path }) => path)).toEqual(paths);
  });

  it.each([
    [{ name: 'a b' }, 'routes[0].name'],
    [{ name: undefined }, 'routes[0].name'],
    [{ condition: 5 }, 'routes[0].condition'],
    [{ condition: `1 = '${'x'.repeat(512)}'` }, 'routes[0].condition'],
    [{ weight: 5 }, 'routes[0].weight'],
    [{ backend: { address: 'ftp://a' } }, 'routes[0].backend.address'],
    [{ backend: { address: 'a/b' } }, 'routes[0].backend.address'],
    [{ backend: { address: 'a:99999' } }, 'routes[0].backend.address'],
    [{ backend: { type: 'HTTP-VPC', vpcAccessName: '' } }, 'routes[0].backend.vpcAccessName'],
    [{ backend: { path: 'a' } }, 'routes[0].backend.path'],
    [{ backend: { path: '/a b' } }, 'routes[0].backend.path'],
    [{ backend: { path: '/a?b=1' } }, 'routes[0].backend.path'],
    [{ backend: { path: '/é' } }, 'routes[0].backend.path'],
    [{ backend: { method: 'TRACE' } }, 'routes[0].backend.method'],
    [{ backend: { timeout: 0 } }, 'routes[0].backend.timeout'],
    [{ backend: { timeout: 120_001 } }, 'routes[0].backend.timeout'],
    [{ backend: { statusCode: 199 } }, 'routes[0].backend.statusCode'],
    [{ backend: { headers: [{ name: 'a b', value: '' }] } }, 'routes[0].backend.headers[0].name'],
    [{ backend: { headers: [{ name: 'Content-Length', value: '5' }] } }, 'routes[0].backend.headers[0].name'],
    [{ backend: { headers: [{ name: 'X-A', value: 'a\r\nb' }] } }, 'routes[0].backend.headers[0].value'],
    [{ 'constant-parameters': [constant('X-Ca-Key', '1')] }, 'routes[0].constant-parameters[0].name'],
    [{ 'constant-parameters': [constant('Host', '1')] }, 'routes[0].constant-parameters[0].name'],
    [{ 'constant-parameters': [constant('Via', '1')] }, 'routes[0].constant-parameters[0].name'],
    [{ 'constant-parameters': [constant('X-A', 'a\nb')] }, 'routes[0].constant-parameters[0].value'],
    [{ 'constant-parameters': [constant('x-ca-stage', 'no stage')] }, 'routes[0].constant-parameters[0].value'],
    [{ 'constant-parameters': [constant('a', '1', 'form')] }, 'routes[0].constant-parameters[0].location'],
  ])('with %j is refused at %s', (changed, path) => {
    expect(faulty(changed).map((each) => each.path)).toEqual([path]);
  });

  it.each(['FunctionCompute', 'OSS', 'EVENTBRIDGE', 'SERVICE_DISCOVERY', ''])(
    'with a backend of type "%s" is told that there is none',
    (type) => {
      expect(faulty({ backend: { type } })).toEqual([
        {
          path: 'routes[0].backend.type',
          message: `Backend type ${type} is not supported`,
          code: 'UnsupportedBackendType',
        },
      ]);
    },
  );

  it('may lead to any path that a request can have', () => {
    expect(faulty({ backend: { path: "/a-Z_0.9~/!$&'()*+,;=:@%20/[name]/*" } })).toEqual([]);
  });

  it.each(['HTTP', 'http', 'HTTP-VPC', 'Http_Vpc', 'mock', undefined])('may have a backend of type %s', (type) => {
    expect(faulty({ backend: { type, vpcAccessName: 'up' } })).toEqual([]);
  });

  it('with a condition that does not parse is told where', () => {
    expect(faulty({ condition: '$a ==' })).toEqual([{ path: 'routes[0].condition', message: expect.stringMatching(/column 6/) }]);
  });

  it('with a chain of several operators is doubted, not refused', () => {
    const { config, problems, warnings } = checkPlugin('routing', { routes: [route('r', '1 = 1 and 1 = 2 or 1 = 3')] });
    expect([config !== null, problems]).toEqual([true, []]);
    expect(warnings).toMatchObject([{ code: 'mixed-operators', path: 'routes[0].condition' }]);
  });

  it('tells what is absent from what has the wrong type', () => {
    expect(faulty({ condition: undefined, backend: undefined })).toContainEqual({
      path: 'routes[0].backend',
      message: 'is required',
    });
    expect(faulty({ backend: 5 })).toEqual([{ path: 'routes[0].backend', message: expect.stringContaining('expected object') }]);
  });
});
