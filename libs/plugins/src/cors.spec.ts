/** Pages of listed origins may call, others may not, and caches are told (plugins 5.8). */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkPlugin } from './check.js';
import { cors } from './cors.js';
import { Answer } from './kit/answer.js';
import { compileOrigins, isOriginEntry } from './kit/origins.js';
import { compileContext, makeExchange } from './testing/make-exchange.js';

function compile(config: object) {
  const { config: checked, problems } = checkPlugin('cors', config);
  if (checked === null) throw new Error(JSON.stringify(problems));
  return cors.compile(checked as never, compileContext());
}

const from = (origin: string, more: readonly string[] = []) => makeExchange('/', { headers: ['Origin', origin, ...more] });
const problemsOf = (config: object) => checkPlugin('cors', config).problems;

function left(config: object, x = from('https://a.com'), headers: string[] = [], fromBackend = true) {
  const answer = new Answer(200, headers, null);
  answer.fromBackend = fromBackend;
  compile(config).every!(x, answer);
  return answer.headers;
}

function preflight(config: object, method = 'PUT', asked?: string, origin = 'https://a.com') {
  const more = asked === undefined ? [] : ['Access-Control-Request-Headers', asked];
  return compile(config).preflight!(from(origin, more), method);
}

describe('an origin', () => {
  it.each([
    ['https://a.com', 'https://a.com', true],
    ['https://a.com', 'HTTPS://A.COM', true],
    ['https://a.com', 'https://a.com:443', true],
    ['https://a.com:443', 'https://a.com', true],
    ['https://a.com', 'http://a.com', false],
    ['https://a.com', 'https://a.com:8443', false],
    ['https://a.com:8443', 'https://a.com:8443', true],
    ['https://a.com:8443', 'https://a.com', false],
    ['https://a.com:8443', 'http://a.com:8443', false],
    ['https://*.a.com:81', 'http://b.a.com:81', false],
    ['https://a.com', 'https://a.com.evil.net', false],
    ['https://a.com', 'https://evil.net/https://a.com', false],
    ['https://a.com', 'https://a.com@evil.net', false],
    ['a.com', 'http://a.com', true],
    ['a.com', 'https://a.com:8443', true],
    ['a.com', 'app://a.com', true],
    ['a.com', 'https://b.a.com', false],
    ['a.com', 'https://xa.com', false],
    ['a.com:8080', 'http://a.com:8080', true],
    ['a.com:443', 'https://a.com', true],
    ['a.com:8080', 'http://a.com', false],
    ['*.a.com', 'https://b.a.com', true],
    ['*.a.com', 'http://c.b.a.com:81', true],
    ['*.a.com', 'https://a.com', false],
    ['*.a.com', 'https://xa.com', false],
    ['*.a.com', 'https://.a.com', false],
    ['https://*.a.com', 'https://b.a.com', true],
    ['https://*.a.com', 'http://b.a.com', false],
    ['[::1]', 'http://[::1]:3000', true],
    ['null', 'null', false],
    ['a.com', 'null', false],
    ['a.com', '', false],
    ['a.com', 'a.com', false],
    ['a.com', 'https://a.com https://b.com', false],
  ])('where %s is listed, %s is one of them: %s', (entry, origin, expected) => {
    expect(isOriginEntry(entry)).toBe(true);
    expect(compileOrigins(['https://other.net', entry])(origin)).toBe(expected);
  });

  it('below a wildcard is one whose host ends in it, whatever stands before', () => {
    const isListed = compileOrigins(['*.shop.example.com']);
    const label = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,8}$/);
    fc.assert(
      fc.property(fc.array(label, { minLength: 0, maxLength: 4 }), fc.constantFrom('.', '', 'x'), (labels, glue) => {
        const before = labels.join('.');
        const expected = labels.length > 0 && glue === '.';
        expect(isListed(`https://${before}${glue}shop.example.com`)).toBe(expected);
      }),
    );
  });

  it('that is very long is compared in little time', () => {
    const isListed = compileOrigins(['*.a.com']);
    expect(isListed(`https://${'a.'.repeat(500_000)}com`)).toBe(false);
  });
});

describe('an actual request', () => {
  const listed = { allowOrigins: 'https://a.com, *.b.com' };

  it.each([
    ['https://a.com', undefined],
    ['https://x.b.com', undefined],
    ['https://evil.com', 'A403CO'],
    ['null', 'A403CO'],
    ['http://api.example.com', undefined],
    ['http://api.example.com:3000', undefined],
    ['https://api.example.com', 'A403CO'],
  ])('from %s is refused: %s', (origin, code) => {
    expect(compile(listed).first!(from(origin))?.errorCode).toBe(code);
  });

  it('without an origin passes, and so does every one where all may come', () => {
    expect(compile(listed).first!(makeExchange('/'))).toBeUndefined();
    expect(compile({}).first).toBeUndefined();
    expect(compile({ allowOrigins: 'https://a.com,*' }).first).toBeUndefined();
  });

  it('of the API’s own domain over TLS that a trusted hop saw passes', () => {
    const x = from('https://api.example.com', ['X-Forwarded-Proto', 'https']);
    expect(compile(listed).first!(x)?.errorCode).toBe('A403CO');
    x.proxied = true;
    expect(compile(listed).first!(x)).toBeUndefined();
  });

  it('is told its origin, without what could break a header', () => {
    const refused = compile(listed).first!(from(`http://\u00c3\u00a9${'x'.repeat(9000)}`))!;
    expect(refused.errorMessage).toMatch(/^Cross-Origin Resource Forbidden http:\/\/\u00c3\u00a9x{503}$/);
  });
});

describe('an answer', () => {
  const EXPOSED = ['Access-Control-Expose-Headers', 'X-Ca-Request-Id,X-Ca-Error-Code,X-Ca-Error-Message'];

  it('is for everybody where all may come without credentials, whoever asks', () => {
    const expected = ['Access-Control-Allow-Origin', '*', ...EXPOSED];
    expect(left({})).toEqual(expected);
    expect(left({}, makeExchange('/'))).toEqual(expected);
  });

  it('names the one origin, and that it depends on it, where not all may come', () => {
    expect(left({ allowOrigins: 'https://a.com' })).toEqual([
      ...['Vary', 'Origin', 'Access-Control-Allow-Origin', 'https://a.com'],
      ...EXPOSED,
    ]);
  });

  it('says that it depends on the origin even to those who name none, or one that is not listed', () => {
    for (const x of [makeExchange('/'), from('https://evil.com')])
      expect(left({ allowOrigins: 'https://a.com' }, x)).toEqual(['Vary', 'Origin']);
  });

  it('never says * with credentials', () => {
    const headers = left({ allowCredentials: true, exposeHeaders: '' });
    expect(headers).toEqual([
      ...['Vary', 'Origin', 'Access-Control-Allow-Origin', 'https://a.com'],
      ...['Access-Control-Allow-Credentials', 'true'],
    ]);
    expect(left({ allowCredentials: true }, makeExchange('/'))).toEqual(['Vary', 'Origin']);
  });

  it('of a backend loses what that said of origins', () => {
    const said = ['access-control-allow-origin', '*', 'X', '1', 'Access-Control-Allow-Methods', 'PUT', 'Vary', 'Accept, origin'];
    const kept = left({ allowOrigins: 'b.com' }, from('https://a.com'), [...said, 'ACCESS-CONTROL-ALLOW-CREDENTIALS', 'true']);
    expect(kept).toEqual(['X', '1', 'Vary', 'Accept, origin']);
    expect(left({ allowOrigins: 'b.com' }, from('https://a.com'), ['vary', '*'])).toEqual(['vary', '*']);
  });

  it('to a preflight keeps what this plugin said', () => {
    const config = { allowOrigins: 'a.com', exposeHeaders: '', allowMethods: 'GET', maxAge: '5' };
    const x = from('https://a.com');
    const answer = compile(config).preflight!(x, 'GET');
    compile(config).every!(x, answer);
    expect(answer.headers).toEqual([
      ...['Access-Control-Allow-Methods', 'GET', 'Access-Control-Max-Age', '5'],
      ...['Vary', 'Access-Control-Request-Method, Access-Control-Request-Headers', 'Vary', 'Origin'],
      ...['Access-Control-Allow-Origin', 'https://a.com'],
    ]);
  });
});

describe('a preflight', () => {
  const allowed = ({ headers }: Answer) => headers[headers.indexOf('Access-Control-Allow-Headers') + 1];

  it('gets an empty 200 with the methods and how long that holds', () => {
    const answer = preflight({});
    expect([answer.status, answer.body, answer.errorCode]).toEqual([200, null, null]);
    expect(answer.headers.slice(0, 4)).toEqual([
      ...['Access-Control-Allow-Methods', 'GET,POST,PUT,DELETE,HEAD,OPTIONS,PATCH', 'Access-Control-Max-Age', '172800'],
    ]);
    expect(answer.headers).not.toContain('Access-Control-Allow-Headers');
  });

  it('is refused for a method, a header or an origin that is not listed', () => {
    const config = { allowOrigins: 'a.com', allowMethods: 'get, put', allowHeaders: 'X-A,x-b' };
    expect(preflight(config, 'PUT', 'x-a, X-B').errorCode).toBeNull();
    expect(preflight(config, 'POST').errorCode).toBe('A403CO');
    expect(preflight(config, 'PUT', 'x-a,x-c').errorCode).toBe('A403CO');
    expect(preflight(config, 'PUT', 'x-a', 'https://b.com').errorCode).toBe('A403CO');
    expect(preflight({ ...config, allowMethods: '*' }, 'PATCH').errorCode).toBeNull();
    expect(preflight({ allowHeaders: '' }, 'PUT', 'x').errorCode).toBe('A403CO');
  });

  it('gets the headers that it asked for where none are named, unless they are none', () => {
    expect(allowed(preflight({}, 'PUT', 'x-a , x-b'))).toBe('x-a,x-b');
    expect(allowed(preflight({ allowHeaders: '*' }, 'PUT', 'x-a'))).toBe('x-a');
    expect(allowed(preflight({ allowHeaders: 'X-A, X-B' }, 'PUT', 'x-a'))).toBe('X-A,X-B');
    expect(preflight({}, 'PUT', 'x-a, b c').errorCode).toBe('A403CO');
    expect(preflight({}, 'PUT', 'x'.repeat(200)).errorCode).toBe('A403CO');
  });
});

describe('a configuration', () => {
  it('may be empty', () => {
    expect(checkPlugin('cors', {})).toMatchObject({ problems: [], warnings: [], config: { allowOrigins: '*', maxAge: 172800 } });
  });

  it.each([
    [{ allowOrigins: 'https://a.com/path' }, 'allowOrigins'],
    [{ allowOrigins: 'a.*.com' }, 'allowOrigins'],
    [{ allowOrigins: 'http://a.com b.com' }, 'allowOrigins'],
    [{ allowOrigins: ' , ' }, 'allowOrigins'],
    [{ allowMethods: 'GET,TRACE' }, 'allowMethods'],
    [{ allowMethods: '' }, 'allowMethods'],
    [{ allowHeaders: 'X A' }, 'allowHeaders'],
    [{ exposeHeaders: 'X:A' }, 'exposeHeaders'],
    [{ exposeHeaders: '*', allowCredentials: true }, 'exposeHeaders'],
    [{ maxAge: 'x' }, 'maxAge'],
    [{ maxAge: -2 }, 'maxAge'],
    [{ allowCredentials: 'yes' }, 'allowCredentials'],
    [{ alowOrigins: '*' }, 'alowOrigins'],
    [{ allowOrigins: 'a'.repeat(9000) }, 'allowOrigins'],
  ])('%j is refused with its path', (config, path) => {
    expect(problemsOf(config).map((each) => each.path)).toEqual([path]);
  });

  it('that gives every page the credentials of who looks at it is doubted, not refused', () => {
    expect(checkPlugin('cors', { allowCredentials: true })).toMatchObject({
      problems: [],
      warnings: [{ code: 'any-origin-with-credentials', path: 'allowOrigins' }],
    });
  });
});
