/** What leaves for the backend in each request mode (wire contract 4.2, 4.6, 5). */

import { Answer, type Outgoing } from '@causeway/plugins';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Backend } from './backend.js';
import { compileBackend } from './compile-backend.js';
import { pathSources } from './compile-path.js';
import { type CallableBackend, compileMapper } from './mapping.js';
import { compileParameters } from './parameters.js';
import { parsePathPattern } from './path-pattern.js';
import { type Made, makeExchange, pairs } from './testing/make-exchange.js';
import { defineApi } from './testing/make-program.js';

interface Api {
  readonly mode?: string;
  readonly bodyFormat?: string;
  readonly path?: string;
  readonly backend?: object;
  readonly parameters?: readonly object[];
  readonly constants?: readonly object[];
  readonly system?: readonly object[];
  readonly passthrough?: readonly string[];
}

const FORM = 'application/x-www-form-urlencoded';
const FORM_UTF8 = `${FORM}; charset=UTF-8`;

function run(api: Api, target: string, made: Made & { route?: string; pathValues?: string[] } = {}): Outgoing | Answer {
  const {
    mode = 'MAPPING',
    bodyFormat,
    path = '/a',
    backend = {},
    passthrough = [],
    parameters = [],
    constants = [],
    system = [],
  } = api;
  const request = { method: 'ANY', path, mode, ...(bodyFormat !== undefined && { bodyFormat }) };
  const own = { type: 'HTTP', address: 'http://backend.example.com:8080', path: '/b', ...backend };
  const definition = defineApi({ request, backend: own, parameters, constants, system });
  const segments = parsePathPattern(path);
  if (typeof segments === 'string') throw new Error(segments);
  const sources = pathSources(definition, segments);
  const compiled = compileBackend(definition.backend, {}, sources, { suffix: 'apigw.localhost', vpcAccesses: new Map() });
  if ('incomplete' in compiled) throw new Error(compiled.incomplete);
  const x = makeExchange(target, made);
  x.pathValues = made.pathValues ?? [];
  x.routeQuery = made.route ?? '';
  const refused = compileParameters(definition.parameters, sources.placeholders)?.(x);
  return refused ?? compileMapper(definition, passthrough)(x, callable(compiled.backend));
}

function callable(backend: Backend): CallableBackend {
  if (!('path' in backend)) throw new Error(`${backend.kind}: not called`);
  return backend;
}

function sent(api: Api, target: string, made: Parameters<typeof run>[2] = {}): Outgoing {
  const out = run(api, target, made);
  if (out instanceof Answer) throw new Error(`${out.errorCode} ${out.errorMessage}`);
  return out;
}

const refusal = (...args: Parameters<typeof run>) => {
  const out = run(...args);
  return out instanceof Answer ? out.errorCode : null;
};

const parameter = (name: string, place: string, to: [name: string, place: string], more: object = {}) => ({
  name,
  in: place,
  backend: { name: to[0], in: to[1] },
  ...more,
});

const post = (body: string, type: string | null = FORM): Made => ({
  method: 'POST',
  headers: type === null ? [] : ['Content-Type', type],
  ...(type?.startsWith(FORM) ? { form: body } : { body }),
});

const headersOf = (out: Outgoing) => Object.fromEntries(pairs(out.headers));

describe('mode PASSTHROUGH', () => {
  const api: Api = { mode: 'PASSTHROUGH' };

  it('sends query, headers and body as they came', () => {
    const headers = ['Accept', '*/*', 'X-A', '1', 'Content-Type', 'text/plain', 'Content-MD5', 'm'];
    const out = sent(api, '/a?b=%41&&c=+&=x', { method: 'POST', headers, body: 'text' });
    expect(out).toMatchObject({ method: 'POST', path: '/b', query: 'b=%41&&c=+&=x', body: 'as-received', form: null });
    expect(out.headers).toEqual(['Accept', '*/*', 'X-A', '1', 'Content-MD5', 'm', 'Content-Type', 'text/plain']);
    expect(out).toMatchObject({ accept: '*/*', contentMd5: 'm', contentType: 'text/plain' });
  });

  it('keeps a form as it came, and shows it to signatures', () => {
    expect(sent(api, '/a', post('b=1&b=2'))).toMatchObject({ body: 'as-received', form: 'b=1&b=2', contentType: FORM });
  });

  it('adds constants and system parameters behind the query', () => {
    const more = {
      ...api,
      constants: [{ name: 'k é', in: 'query', value: "a b'" }],
      system: [
        { parameter: 'CaStage', name: 's', in: 'query' },
        { parameter: 'CaDomain', name: 'd', in: 'query' },
      ],
    };
    expect(sent(more, '/a?b=1').query).toBe('b=1&k%20%C3%A9=a%20b%27&d=api.example.com');
    expect(sent(more, '/a').query).toBe('k%20%C3%A9=a%20b%27&d=api.example.com');
  });

  it('maps path parameters', () => {
    const more = { ...api, path: '/[id]', parameters: [parameter('id', 'path', ['uid', 'query'])] };
    expect(sent(more, '/x?b=1', { pathValues: ['a%2Bb'] }).query).toBe('b=1&uid=a%2Bb');
  });
});

describe('mode MAPPING', () => {
  it('sends what is declared, under its backend name and in its backend place, and nothing else', () => {
    const out = sent(
      {
        parameters: [
          parameter('q', 'query', ['X-Q', 'header']),
          parameter('X-H', 'header', ['h', 'query']),
          parameter('f', 'form', ['g', 'form']),
          parameter('same', 'query', ['same', 'query']),
        ],
      },
      '/a?q=1&u=2&same=s+t&same=u',
      { ...post('f=x+y&z=1'), headers: ['X-H', 'é', 'X-U', '1', 'Content-Type', FORM, 'User-Agent', 'curl'].map(latin1) },
    );
    expect(out).toMatchObject({ query: 'h=%C3%A9&same=s%20t', body: 'rebuilt', form: 'g=x+y', signedHeaders: ['x-q'] });
    expect(out.headers).toEqual(['User-Agent', 'curl', 'X-Q', '1', 'Content-Type', FORM_UTF8]);
  });

  it('sends the default of what is missing, and nothing where there is none', () => {
    const parameters = [parameter('a', 'query', ['a', 'query'], { default: 'd' }), parameter('b', 'query', ['b', 'query'])];
    expect(sent({ parameters }, '/a').query).toBe('a=d');
    expect(sent({ parameters }, '/a?a&b=').query).toBe('a=&b=');
  });

  it.each([
    ['absent and the body a form', undefined, FORM, 'rebuilt'],
    ['absent and the body no form', undefined, 'text/plain', 'as-received'],
    ['FORM', 'FORM', FORM, 'rebuilt'],
    ['STREAM', 'STREAM', FORM, 'as-received'],
  ] as const)('with body format %s treats the body as it says', (_, bodyFormat, type, body) => {
    expect(sent({ ...(bodyFormat && { bodyFormat }) }, '/a', post('a=1', type)).body).toBe(body);
  });

  it('with body format FORM refuses any other body that is not empty', () => {
    expect(refusal({ bodyFormat: 'FORM' }, '/a', post('x', 'text/plain'))).toBe('I400CT');
    expect(refusal({ bodyFormat: 'FORM' }, '/a', post('', 'text/plain'))).toBeNull();
    expect(refusal({ bodyFormat: 'FORM' }, '/a')).toBeNull();
  });

  it('makes a form of parameters that came without one, unless the method has no body', () => {
    const parameters = [parameter('q', 'query', ['f', 'form'])];
    expect(sent({ parameters }, '/a?q=1', { method: 'POST' })).toMatchObject({
      body: 'rebuilt',
      form: 'f=1',
      contentType: FORM_UTF8,
    });
    expect(sent({ parameters }, '/a?q=1')).toMatchObject({ body: 'none', form: null });
    expect(sent({ parameters }, '/a', { method: 'POST' })).toMatchObject({ body: 'none', form: null });
  });

  it('keeps no client header that is declared, save under its backend name', () => {
    const parameters = [
      parameter('User-Agent', 'header', ['X-Agent', 'header']),
      parameter('Content-MD5', 'header', ['sum', 'query']),
    ];
    const headers = ['User-Agent', 'curl', 'Content-MD5', 'm', 'Via', 'v', 'Content-Type', 'text/plain'];
    const out = sent({ parameters }, '/a', { method: 'POST', headers, body: 'x' });
    expect(out.headers).toEqual(['Via', 'v', 'X-Agent', 'curl', 'Content-Type', 'text/plain']);
    expect(out).toMatchObject({ query: 'sum=m', contentMd5: null });
  });

  it.each([
    ['as it came', 'text/plain', ['Content-Encoding', 'gzip', 'Content-MD5', 'm']],
    ['made anew', FORM, []],
  ])('says what a body is coded in, and its digest, when it leaves %s', (_, type, kept) => {
    const coded = ['Content-Encoding', 'gzip', 'Content-MD5', 'm'];
    const made = post('a=1', type);
    for (const mode of ['MAPPING', 'MAPPING_PASSTHROUGH']) {
      const api = { mode, parameters: [parameter('a', 'form', ['b', 'form'])] };
      const out = sent(api, '/a', { ...made, headers: [...coded, 'Content-Type', type] });
      expect(out.headers.slice(0, -2)).toEqual(kept);
    }
  });
});

describe('mode MAPPING_PASSTHROUGH', () => {
  const api: Api = {
    mode: 'MAPPING_PASSTHROUGH',
    parameters: [parameter('id', 'query', ['uid', 'query'], { type: 'Int' }), parameter('X-A', 'header', ['X-B', 'header'])],
  };

  it('maps what is declared and leaves the rest as it came', () => {
    const out = sent(api, '/a?x=%41&i%64=7&id=8&y', { headers: ['X-A', '1', 'X-C', '2'] });
    expect(out.query).toBe('x=%41&y&uid=7');
    expect(out.headers).toEqual(['X-C', '2', 'X-B', '1', 'Content-Type', FORM_UTF8]);
  });

  it('lets no client write under a backend name, past the checks, not even when nothing is mapped to it', () => {
    const evil: Made = { headers: ['x-b', 'evil'] };
    expect(sent(api, '/a?uid=evil&id=7', evil)).toMatchObject({ query: 'uid=7' });
    expect(sent(api, '/a?u%69d=evil&z', evil)).toMatchObject({ query: 'z' });
    expect(headersOf(sent(api, '/a', evil))).toEqual({ 'Content-Type': FORM_UTF8 });
  });

  it('rebuilds a form that holds declared parameters, and no other', () => {
    const more = { ...api, parameters: [parameter('f', 'form', ['g', 'form'])] };
    expect(sent(more, '/a', post('a=%41&f=1&g=evil'))).toMatchObject({ body: 'rebuilt', form: 'a=%41&g=1' });
    expect(sent(more, '/a', post('é=😀&f=ü'))).toMatchObject({ form: '%C3%A9=%F0%9F%98%80&g=%C3%BC' });
    expect(sent(api, '/a', post('a=%41&f=1'))).toMatchObject({ body: 'as-received', form: 'a=%41&f=1' });
    expect(sent(more, '/a', post('f=1', 'text/plain'))).toMatchObject({ body: 'as-received', form: null });
  });

  it('leaves a form as it came that holds nothing declared and gets nothing added', () => {
    const parameters = [parameter('f', 'form', ['g', 'form']), parameter('q', 'query', ['h', 'form'])];
    const more = { ...api, parameters };
    const coded = (body: string) => ({ ...post(body), headers: ['Content-MD5', 'm', 'Content-Type', FORM] });
    expect(sent(more, '/a', coded('a=é&&b'))).toMatchObject({ body: 'as-received', form: 'a=é&&b', contentMd5: 'm' });
    expect(sent(more, '/a?q=1', coded('a=%41'))).toMatchObject({ body: 'rebuilt', form: 'a=%41&h=1', contentMd5: null });
    const defaults = { ...api, parameters: [parameter('f', 'form', ['g', 'form'], { default: 'd' })] };
    expect(sent(defaults, '/a', post('a=1'))).toMatchObject({ body: 'rebuilt', form: 'a=1&g=d' });
  });
});

describe('constants and system parameters', () => {
  const fixed: Api = {
    mode: 'PASSTHROUGH',
    constants: [
      { name: 'k', in: 'query', value: 'own' },
      { name: 'X-K', in: 'header', value: ' é ' },
    ],
    system: [
      { parameter: 'CaAppId', name: 'X-App', in: 'header' },
      { parameter: 'CaAppId', name: 'app', in: 'query' },
    ],
  };

  it('win over what the client says, even where the gateway has nothing to say', () => {
    const out = sent(fixed, '/a?k=evil&app=1&b=2', { headers: ['x-k', 'evil', 'X-APP', '1'] });
    expect(out.query).toBe('b=2&k=own');
    expect(headersOf(out)).toEqual({ 'X-K': latin1('é'), 'Content-Type': FORM_UTF8 });
    expect(out.signedHeaders).toEqual(['x-k']);
  });

  it('win over mapped parameters of the same name and place', () => {
    const parameters = [parameter('q', 'query', ['k', 'query']), parameter('h', 'query', ['x-K', 'header'])];
    const out = sent({ ...fixed, mode: 'MAPPING', parameters }, '/a?q=1&h=2');
    expect(out.query).toBe('k=own');
    expect(headersOf(out)['X-K']).toBe(latin1('é'));
  });

  it('of the route that was hit come last and win too', () => {
    expect(sent({ mode: 'PASSTHROUGH' }, '/a?b=1&r=evil&%72=evil', { route: 'r=own&s=' }).query).toBe('b=1&r=own&s=');
    expect(sent({}, '/a?b=1', { route: 'r=own' }).query).toBe('r=own');
  });

  it('stand in forms and paths too, in every mode', () => {
    const everywhere: Api = {
      backend: { path: '/b/[k]/[stage]' },
      constants: [
        { name: 'k', in: 'path', value: 'a/b' },
        { name: 'k', in: 'form', value: 'a b' },
      ],
      system: [
        { parameter: 'CaDomain', name: 'stage', in: 'path' },
        { parameter: 'CaDomain', name: 'd', in: 'form' },
      ],
    };
    for (const mode of ['MAPPING', 'PASSTHROUGH', 'MAPPING_PASSTHROUGH']) {
      const made = sent({ ...everywhere, mode }, '/a', post('x=1&k=evil&d=evil'));
      expect(made).toMatchObject({ path: '/b/a%2Fb/api.example.com', body: 'rebuilt' });
      expect(made.form).toBe(mode === 'MAPPING' ? 'k=a+b&d=api.example.com' : 'x=1&k=a+b&d=api.example.com');
      expect(sent({ ...everywhere, mode }, '/a', { method: 'POST' })).toMatchObject({ form: 'k=a+b&d=api.example.com' });
      expect(sent({ ...everywhere, mode }, '/a', post('{}', 'application/json'))).toMatchObject({
        body: 'as-received',
        form: null,
      });
    }
  });

  it('in the path win over mapped parameters of that name', () => {
    const parameters = [parameter('q', 'query', ['k', 'path'])];
    const api = { parameters, backend: { path: '/[k]' }, constants: [{ name: 'k', in: 'path', value: 'own' }] };
    expect(sent(api, '/a?q=evil').path).toBe('/own');
  });

  it('of one header are one line, signed once', () => {
    const twice: Api = {
      constants: [
        { name: 'X-K', in: 'header', value: '1' },
        { name: 'x-k', in: 'header', value: '2' },
      ],
    };
    const out = sent(twice, '/a');
    expect(out.headers).toEqual(['x-k', '2', 'Content-Type', FORM_UTF8]);
    expect(out.signedHeaders).toEqual(['x-k']);
  });
});

describe('the Content-Type', () => {
  const typed = (category: string, value?: string) => ({ backend: { contentType: { category, ...(value && { value }) } } });

  it.each([
    ['DEFAULT, form made anew', {}, post('a=1', `${FORM};charset=utf-8`), FORM_UTF8],
    ['DEFAULT, sent by the client', {}, post('x', 'text/plain'), 'text/plain'],
    ['DEFAULT, client before value', typed('DEFAULT', 'a/b'), post('x', 'text/plain'), 'text/plain'],
    ['DEFAULT, value', typed('DEFAULT', 'a/b'), post('x', null), 'a/b'],
    ['DEFAULT, no body', {}, {}, FORM_UTF8],
    ['DEFAULT, other body', {}, post('x', null), 'application/octet-stream'],
    ['CUSTOM', typed('CUSTOM', 'a/b'), post('x', 'text/plain'), 'a/b'],
    ['CUSTOM, form made anew', typed('CUSTOM', 'a/b'), post('a=1'), 'a/b'],
    ['CUSTOM, beyond ASCII', typed('CUSTOM', 'a/b; n=é'), {}, Buffer.from('a/b; n=é').toString('latin1')],
    ['CLIENT', typed('CLIENT', 'a/b'), post('x', 'text/plain'), 'text/plain'],
    ['CLIENT, none', typed('CLIENT', 'a/b'), post('x', null), null],
  ] as const)('is as wire contract 5.5 says: %s', (_, api, made, type) => {
    const out = sent(api, '/a', made);
    expect(out.contentType).toBe(type);
    expect(pairs(out.headers).filter(([name]) => name === 'Content-Type')).toEqual(type === null ? [] : [['Content-Type', type]]);
  });

  it('is one line when a constant writes it', () => {
    const out = sent({ constants: [{ name: 'content-type', in: 'header', value: 'a/b' }] }, '/a', post('x', 'text/plain'));
    expect(out.headers).toEqual(['content-type', 'a/b']);
    expect(out.contentType).toBe('a/b');
  });
});

describe('method, path and host', () => {
  it('the method is that of the backend, or the client’s', () => {
    expect(sent({ backend: { method: 'PUT' } }, '/a').method).toBe('PUT');
    expect(sent({}, '/a', { method: 'DELETE' }).method).toBe('DELETE');
  });

  it('a method changed to GET or HEAD loses the body', () => {
    for (const method of ['GET', 'HEAD'])
      for (const mode of ['MAPPING', 'PASSTHROUGH'])
        expect(sent({ mode, backend: { method } }, '/a', post('a=1'))).toMatchObject({ method, body: 'none', form: null });
    expect(sent({ mode: 'PASSTHROUGH' }, '/a', { method: 'GET', body: 'x' }).body).toBe('as-received');
  });

  it("the host is the backend's, or the client's where the group passes it", () => {
    const headers = ['Host', 'Client.example.com:81'];
    expect(sent({}, '/a', { headers }).host).toBe('backend.example.com:8080');
    expect(sent({ passthrough: ['HOST'] }, '/a', { headers }).host).toBe('Client.example.com:81');
    const internal = `${'a'.repeat(32)}-local-intranet.apigw.localhost`;
    expect(sent({ passthrough: ['host'], backend: { address: internal } }, '/a', { headers }).host).toBe(internal);
  });

  it('a placeholder without a value has no backend to go to', () => {
    const api: Api = { backend: { path: '/b/[p]' }, parameters: [parameter('q', 'query', ['p', 'path'])] };
    expect(sent(api, '/a?q=a/b').path).toBe('/b/a%2Fb');
    expect(refusal(api, '/a')).toBe('I504RB');
  });
});

describe('an Array', () => {
  const to = (place: string) => ({ parameters: [parameter('p', 'query', ['X-P', place], { type: 'Array', items: 'String' })] });

  it('leaves with all its values, wherever it goes', () => {
    expect(sent(to('query'), '/a?p=1&p=2%203&p').query).toBe('X-P=1&X-P=2%203&X-P=');
    expect(sent(to('form'), '/a?p=1&p=2%203', { method: 'POST' }).form).toBe('X-P=1&X-P=2+3');
    const out = sent(to('header'), '/a?p=1&p=%C3%A9');
    expect(pairs(out.headers).slice(0, 2)).toEqual([
      ['X-P', '1'],
      ['X-P', latin1('é')],
    ]);
    expect(out.signedHeaders).toEqual(['x-p']);
  });

  it('replaces all lines that the client sent under its backend name', () => {
    const out = sent({ ...to('header'), mode: 'MAPPING_PASSTHROUGH' }, '/a?p=1&p=2', { headers: ['x-p', 'evil', 'X-P', 'evil'] });
    expect(pairs(out.headers).filter(([name]) => name === 'X-P' || name === 'x-p')).toEqual([
      ['X-P', '1'],
      ['X-P', '2'],
    ]);
  });

  it('of header lines, and of a form, is read and sent on', () => {
    const from = (place: string, name: string) => ({ parameters: [parameter(name, place, ['b', 'query'], { type: 'Array' })] });
    expect(sent(from('header', 'X-A'), '/a', { headers: ['X-A', '1', 'x-a', '2'] }).query).toBe('b=1&b=2');
    expect(sent(from('form', 'a'), '/a', post('a=1&c=x&a=2')).query).toBe('b=1&b=2');
  });

  it('may hold no control character in any of its values where it becomes a header', () => {
    expect(refusal(to('header'), '/a?p=1&p=%0A')).toBe('I400IP');
    expect(refusal(to('header'), '/a?p=%0A&p=1')).toBe('I400IP');
    expect(refusal(to('query'), '/a?p=1&p=%0A')).toBeNull();
  });

  it('that is absent leaves as its default, or not at all', () => {
    expect(sent(to('query'), '/a').query).toBe('');
    const withDefault = { parameters: [parameter('p', 'query', ['b', 'query'], { type: 'Array', default: 'd' })] };
    expect(sent(withDefault, '/a').query).toBe('b=d');
  });
});

describe('a header value', () => {
  const api: Api = { parameters: [parameter('q', 'query', ['X-Q', 'header'])] };

  it.each(['%00', '%0A', '%0d', '%1F', '%7f', 'a%0D%0AX-Evil:1'])('that holds %s is refused', (text) => {
    expect(refusal(api, `/a?q=${text}`)).toBe('I400IP');
  });

  it('of the gateway itself is judged like any other', () => {
    const agent = { system: [{ parameter: 'CaClientUa', name: 'X-Agent', in: 'header' }] };
    expect(refusal(agent, '/a', { headers: ['User-Agent', 'a\u0001b'] })).toBe('I400IP');
    expect(headersOf(sent(agent, '/a', { headers: ['User-Agent', 'a\tb'] }))['X-Agent']).toBe('a\tb');
  });

  it('goes out as bytes of UTF-8, without blanks around it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const out = run(api, `/a?q=${encodeURIComponent(text)}`);
        if (out instanceof Answer) return;
        const [[, value] = []] = pairs(out.headers);
        expect(Buffer.from(value as string, 'latin1').toString('utf8')).toBe(text.replace(/^[ \t]+/, '').replace(/[ \t]+$/, ''));
      }),
    );
  });
});

it('whatever a mapped value holds, the backend reads it back', () => {
  const parameters = [parameter('a', 'query', ['x', 'query']), parameter('b', 'query', ['y', 'form'])];
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
      const out = sent({ parameters }, `/a?a=${encodeURIComponent(a)}&b=${encodeURIComponent(b)}`, { method: 'POST' });
      expect(new URLSearchParams(out.query).get('x')).toBe(a);
      expect(new URLSearchParams(out.form ?? '').get('y')).toBe(b);
      expect(out.query).toMatch(/^[A-Za-z0-9._~=%-]*$/);
    }),
  );
});

it('whatever a client sends, in every mode, what leaves is fit for the wire', () => {
  const places = ['query', 'header', 'form', 'path'] as const;
  const raw = fc.string({
    unit: fc.constantFrom('a', '=', '&', '+', '%', '%00', '%0a', '%C3%A9', '%ff', '%41', '.', '|', '"', 'b'),
  });
  const parameters = places.flatMap((from) =>
    places.map((to) => {
      const isList = from !== 'path' && to !== 'path';
      return parameter(`${from[0]}${to[0]}`, from, [`b${from[0]}${to[0]}`, to], isList ? { type: 'Array' } : {});
    }),
  );
  const path = `/${parameters
    .filter((each) => each.in === 'path')
    .map((each) => `[${each.name}]`)
    .join('/')}`;
  const backend = {
    path: `/x/${parameters
      .filter((each) => each.backend.in === 'path')
      .map((each) => `[${each.backend.name}]`)
      .join('/')}`,
  };
  const all: Api = {
    path,
    backend,
    constants: [{ name: 'bqq', in: 'query', value: 'own' }],
    system: [{ parameter: 'CaClientUa', name: 'X-Agent', in: 'header' }],
  };
  const names = parameters.map(({ name }) => name);
  const pairsOf = fc.array(fc.tuple(fc.constantFrom(...names, 'z', 'bqq', 'bff'), raw), { maxLength: 8 });
  let left = 0;
  fc.assert(
    fc.property(
      fc.constantFrom('MAPPING', 'PASSTHROUGH', 'MAPPING_PASSTHROUGH'),
      pairsOf,
      pairsOf,
      raw,
      (mode, query, form, value) => {
        const text = (list: Array<[string, string]>) => list.map(([name, each]) => `${name}=${each}`).join('&');
        const own = mode === 'PASSTHROUGH' ? parameters.filter((each) => each.in === 'path') : parameters;
        const filled = { ...all, mode, parameters: own, ...(mode === 'PASSTHROUGH' && { backend: {} }) };
        const sane = value.replace(/[%"|.=&]/g, '') || 'v';
        const headers = ['Content-Type', FORM, 'qh', 'evil', 'bqh', 'evil', ...query.flatMap(([name]) => [name, sane])];
        const made = { method: 'POST', headers, form: text(form), pathValues: Array(4).fill(sane) as string[] };
        const out = run(filled, `/a?${text(query)}`, made);
        if (out instanceof Answer) {
          expect(['I400IP', 'I504RB']).toContain(out.errorCode);
          return;
        }
        left++;
        expect(out.path).toMatch(/^\/[A-Za-z0-9._~%/+-]*$/);
        if (mode === 'MAPPING') expect(out.query).toMatch(/^[A-Za-z0-9._~%=&-]*$/);
        for (const [name, each] of pairs(out.headers)) expect(`${name}: ${each}`).not.toMatch(/[^\t\x20-\x7e\x80-\xff]/);
        expect(new URLSearchParams(out.query).getAll('bqq')).toEqual(['own']);
        if (mode !== 'PASSTHROUGH') expect(headersOf(out).bqh ?? '').not.toBe('evil');
      },
    ),
    { numRuns: 500 },
  );
  expect(left).toBeGreaterThan(100);
});

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}
