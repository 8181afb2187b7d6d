/** The request to the backend and its answer change as the owner says, and nothing else does (plugins 5.14). */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkPlugin } from './check.js';
import { Answer } from './kit/answer.js';
import { Outgoing } from './kit/outgoing.js';
import { compileContext, makeExchange } from './testing/make-exchange.js';
import { transformer } from './transformer.js';

function compile(config: object) {
  const { config: checked, problems } = checkPlugin('transformer', config);
  if (checked === null) throw new Error(JSON.stringify(problems));
  return transformer.compile(checked as never, compileContext());
}

const at = (location: string) => (name: string, value?: unknown) => ({ name, location, ...(value !== undefined && { value }) });
const header = at('header');
const query = at('QUERY');
const form = at('form');

function leaving(config: object, made: Partial<Outgoing> = {}, x = makeExchange('/')): Outgoing {
  const out = Object.assign(new Outgoing('POST', '/', '', 'h'), made);
  compile(config).mapped?.(x, out);
  return out;
}

describe('headers of the request', () => {
  it('are removed, set and added in this order, in any letter case', () => {
    const out = leaving(
      {
        addRequestParameterIfAbsent: [header('X-A', 'added'), header('x-b', 'added'), header('X-D', 'added')],
        putRequestParameter: [header('X-B', 'put é'), header('X-C', 5)],
        removeRequestParameter: [header('x-a'), header('x-none')],
      },
      { headers: ['X-A', '1', 'x-b', '2', 'x-b', '3', 'X-D', ''] },
    );
    expect(out.headers).toEqual(['X-D', '', 'X-B', 'put \u00c3\u00a9', 'X-C', '5', 'X-A', 'added']);
  });

  it('that signatures look at are known by their new values', () => {
    const out = new Outgoing('POST', '/', '', 'h');
    for (const name of ['Accept', 'Content-Type', 'Content-MD5', 'Date']) out.set(name, 'old');
    for (const name of ['accept', 'x-a', 'x-b']) out.coverBySignature(name);
    out.set('X-A', '1');
    compile({
      removeRequestParameter: [header('accept'), header('CONTENT-MD5'), header('date'), header('X-A')],
      putRequestParameter: [header('content-type', 'a/b'), header('x-b', 'own')],
    }).mapped!(makeExchange('/'), out);
    expect(out).toMatchObject({ accept: null, contentMd5: null, date: null, contentType: 'a/b' });
    expect([out.signedHeaders, out.headers]).toEqual([['x-b'], ['content-type', 'a/b', 'x-b', 'own']]);
  });
});

describe('the query', () => {
  it('is changed by name as it is spelled decoded, the rest stays as it came', () => {
    const out = leaving(
      {
        removeRequestParameter: [query('a b')],
        putRequestParameter: [query('p', '1&2'), query('ü', null)],
        addRequestParameterIfAbsent: [query('x', 'added'), query('y', true)],
      },
      { query: 'a+b=1&p=old&x=&a%20b&%70=2&z=%7e' },
    );
    expect(out.query).toBe('x=&z=%7e&p=1%262&%C3%BC=&y=true');
  });

  it('of nothing gets what is added, and may lose all', () => {
    expect(leaving({ putRequestParameter: [query('a', 1)] }).query).toBe('a=1');
    expect(leaving({ removeRequestParameter: [query('a')] }, { query: 'a=1&a=2' }).query).toBe('');
  });

  it('holds each name that was put exactly once, and none that was removed', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd e');
    const pairs = fc.array(fc.tuple(name, fc.string({ unit: 'grapheme', maxLength: 3 })), { maxLength: 8 });
    const config = {
      removeRequestParameter: [query('a')],
      putRequestParameter: [query('b', 'put')],
      addRequestParameterIfAbsent: [query('c', 'added')],
    };
    fc.assert(
      fc.property(pairs, (given) => {
        const before = new URLSearchParams(given);
        const after = new URLSearchParams(leaving(config, { query: before.toString() }).query);
        expect(after.getAll('a')).toEqual([]);
        expect(after.getAll('b')).toEqual(['put']);
        expect(after.getAll('c')).toEqual(before.has('c') ? before.getAll('c') : ['added']);
        expect(after.getAll('d e')).toEqual(before.getAll('d e'));
      }),
    );
  });
});

describe('a form', () => {
  const config = {
    removeRequestParameter: [form('a')],
    putRequestParameter: [form('b', 'x y')],
    addRequestParameterIfAbsent: [form('c', 'added')],
  };
  const sent = (type: string, more: readonly string[] = []) =>
    makeExchange('/', { method: 'POST', headers: ['Content-Type', type, ...more], form: 'a=1&b=2&d=é' });
  const TYPE = 'application/x-www-form-urlencoded';

  it('is made anew, and what spoke of its bytes goes', () => {
    const out = new Outgoing('POST', '/', '', 'h');
    out.body = 'as-received';
    out.form = 'a=1&b=2&d=é';
    for (const [name, value] of [
      ['Content-Type', `${TYPE}; charset=gbk`],
      ['Content-MD5', 'm'],
      ['X', '1'],
    ] as const)
      out.set(name, value);
    compile(config).mapped!(sent(TYPE), out);
    expect(out).toMatchObject({ body: 'rebuilt', form: 'd=%C3%A9&b=x+y&c=added', contentMd5: null });
    expect(out.headers).toEqual(['X', '1', 'Content-Type', `${TYPE}; charset=UTF-8`]);
    expect(out.contentType).toBe(`${TYPE}; charset=UTF-8`);
  });

  it('that mapping made is changed, too', () => {
    const out = leaving(config, { body: 'rebuilt', form: 'a=1&e=2' }, sent(TYPE));
    expect([out.body, out.form]).toEqual(['rebuilt', 'e=2&b=x+y&c=added']);
  });

  it('that needs no change leaves byte for byte as it came', () => {
    const same = { removeRequestParameter: [form('none')] };
    const out = leaving(same, { body: 'as-received', form: 'a=1&&b' }, sent(TYPE));
    expect([out.body, out.form]).toEqual(['as-received', 'a=1&&b']);
  });

  it.each([
    ['of another type', { body: 'as-received', form: null } as const, sent('text/plain')],
    ['that is not sent', { body: 'none', form: null } as const, sent(TYPE)],
    ['that is compressed', { body: 'as-received', form: 'zipped' } as const, sent(TYPE, ['Content-Encoding', 'gzip'])],
  ])('%s is left alone', (_, made, x) => {
    const out = leaving(config, made, x);
    expect([out.body, out.form]).toEqual([made.body, made.form]);
  });

  it('is read only where it is changed', () => {
    expect([compile(config).needsForm, compile({ removeRequestParameter: [query('a')] }).needsForm]).toEqual([true, false]);
  });
});

describe('an answer', () => {
  const config = {
    setResponseStatusCode: '201',
    removeResponseHeader: [{ name: 'x-powered-by' }],
    putResponseHeader: [{ name: 'Cache-Control', value: 'no-store' }, { name: 'X-N' }],
    addResponseHeaderIfAbsent: [
      { name: 'x-b', value: 'added' },
      { name: 'X-C', value: 'added' },
    ],
  };
  const headers = () => ['X-Powered-By', 'php', 'cache-control', 'a', 'Cache-Control', 'b', 'X-B', '1'];

  it('of a backend is changed, its body is not', () => {
    const body = Buffer.from('b');
    const answer = new Answer(200, headers(), body);
    answer.fromBackend = true;
    expect(compile(config).response!(makeExchange('/'), answer)).toMatchObject({ status: 201, body });
    expect(answer.headers).toEqual(['X-B', '1', 'Cache-Control', 'no-store', 'X-N', '', 'X-C', 'added']);
  });

  it('of the gateway is not', () => {
    const answer = new Answer(504, headers(), null);
    compile(config).response!(makeExchange('/'), answer);
    expect([answer.status, answer.headers]).toEqual([504, headers()]);
  });
});

describe('a configuration', () => {
  it('costs nothing where it says nothing', () => {
    expect(compile({ setResponseStatusCode: 200 }).mapped).toBeUndefined();
    expect(compile({ removeRequestParameter: [query('a')] }).response).toBeUndefined();
  });

  const NAMES = [
    'Host',
    'connection',
    'Transfer-Encoding',
    'Content-Length',
    'X-Ca-Key',
    'x-forwarded-for',
    'Via',
    'TE',
    'Upgrade',
  ];

  it.each(NAMES)('may not touch %s, neither way', (name) => {
    const problems = (config: object) => checkPlugin('transformer', config).problems.map(({ path }) => path);
    expect(problems({ putRequestParameter: [header(name, 'x')] })).toEqual(['putRequestParameter[0].name']);
    expect(problems({ addRequestParameterIfAbsent: [header(name, 'x')] })).toEqual(['addRequestParameterIfAbsent[0].name']);
    expect(problems({ removeRequestParameter: [header(name)] })).toEqual(['removeRequestParameter[0].name']);
    expect(problems({ putResponseHeader: [{ name, value: 'x' }] })).toEqual(['putResponseHeader[0].name']);
    expect(problems({ removeResponseHeader: [{ name }] })).toEqual(['removeResponseHeader[0].name']);
    expect(problems({ putRequestParameter: [query(name, 'x')] })).toEqual([]);
  });

  it.each([
    [{}, ['']],
    [{ putRequestParameter: [{ name: 'a', value: 'b' }] }, ['putRequestParameter[0].location']],
    [{ putRequestParameter: [{ name: 'a', value: 'b', location: 'path' }] }, ['putRequestParameter[0].location']],
    [{ putRequestParameter: [header('a b', 'c')] }, ['putRequestParameter[0].name']],
    [{ putRequestParameter: [header('a', 'c\r\nX: 1')] }, ['putRequestParameter[0].value']],
    [{ removeRequestParameter: [header('a', 'c')] }, ['removeRequestParameter[0].value']],
    [{ setResponseStatusCode: 101 }, ['setResponseStatusCode']],
    [{ removeResponseHeader: Array.from({ length: 65 }, () => ({ name: 'a' })) }, ['removeResponseHeader']],
  ])('%j is refused with its paths', (config, paths) => {
    expect(checkPlugin('transformer', config).problems.map(({ path }) => path)).toEqual(paths);
  });
});
