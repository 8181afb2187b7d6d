/** Every rule of the front-end signature over real connections, against a signer written from the contract (wire contract 2). */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { answering, type Backend, ok, startBackend } from './testing/backend.js';
import { ask } from './testing/client.js';
import { type SignedRequest, signed, stringToSign } from './testing/sign.js';
import { type ApiInput, snapshot } from './testing/snapshot.js';
import { type Plane, startPlane } from './testing/start-plane.js';
import { headerOf, type Message } from './testing/wire.js';
import { withApps } from './testing/with-apps.js';

const MINUTE_MS = 60_000;
const codeOf = ({ lines }: Message) => headerOf(lines, 'X-Ca-Error-Code') ?? null;
const latin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

describe('a signed request', () => {
  let plane: Plane;
  let backend: Backend;

  beforeAll(async () => {
    backend = await startBackend(answering(ok('')));
    const api = { auth: 'APP' as const, backend: { type: 'HTTP' as const, address: backend.address, path: '/*' } };
    const apis: ApiInput[] = [
      api,
      { ...api, path: '/both/*', signatureMethods: ['HmacSHA1', 'HmacSHA256'] },
      { ...api, path: '/forced/*', forceNonce: true },
    ];
    const chunks = snapshot({ apis, group: { basePath: '/base' } });
    plane = await startPlane({
      program: withApps(chunks, [
        { id: '1', keys: { K: 'S', 'K-2': 'S-2' } },
        { id: '2', keys: { OFF: 'S' }, disabled: true },
        {
          id: '3',
          keys: { NEW: 'now' },
          previous: { secret: 'before', until: new Date(Date.now() + 60 * MINUTE_MS).toISOString() },
        },
        { id: '4', keys: { OLD: 'now' }, previous: { secret: 'before', until: new Date(Date.now() - 1).toISOString() } },
      ]),
    });
  });
  afterEach(() => {
    backend.requests.length = 0;
  });
  afterAll(async () => {
    expect(plane.failures).toEqual([]);
    await plane.stop();
    await backend.close();
  });

  const send = async (text: string) => codeOf(await ask(plane.publicPort, text));
  const call = (request: Partial<SignedRequest> = {}) => send(signed({ target: '/base/a', ...request }));
  const withHeaders = (headers: SignedRequest['headers'], list: readonly string[] | null = null) =>
    call({ headers: headers ?? [], list });

  it.each(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'])('of %s passes', async (method) => {
    expect(await call({ method, target: '/base/a?b=1' })).toBe(null);
  });

  describe('2.1, the string', () => {
    it('holds Accept, Content-Type with its parameters, and Date as they were sent', async () => {
      const headers = [
        ['Accept', 'text/html, */*;q=0.1'],
        ['Content-Type', 'text/plain; charset=utf-8; a="b c"'],
        ['Date', 'any text'],
      ] as const;
      expect(await withHeaders(headers)).toBe(null);
      for (const [name, value] of headers)
        expect(await send(spoil(headers, `${name}: ${value}`, `${name}: ${value}x`))).toBe('A403IS');
    });

    it('holds values without the blanks around them', async () => {
      const text = signed({
        target: '/base/a',
        headers: [
          ['Accept', 'a b'],
          ['X-B', 'c'],
        ],
        list: ['X-B'],
      });
      expect(await send(text.replace('Accept: a b\r\n', 'Accept:  \t a b \t\r\n').replace('X-B: c', 'X-B:c  '))).toBe(null);
    });

    it('holds the bytes of values, be they UTF-8 or not', async () => {
      const text = signed({
        target: '/base/a',
        headers: [
          ['X-B', latin1('é你😀')],
          ['Accept', latin1('é')],
        ],
        list: ['X-B'],
      });
      expect(await send(text)).toBe(null);
      expect(await send(text.replace(latin1('你'), latin1('我')))).toBe('A403IS');
      const bytes = signed({
        target: '/base/a?a=%C3%A9',
        headers: [
          ['X-B', 'a\xff\xe4'],
          ['Date', '\xc0'],
        ],
        list: ['X-B'],
      });
      expect(await send(bytes)).toBe(null);
      expect(await send(bytes.replace('\xff\xe4', '\xfe\xe4'))).toBe('A403IS');
      expect(await send(bytes.replace('Date: \xc0', 'Date: \xc1'))).toBe('A403IS');
    });

    it('is signed with one of two methods, where the API allows both', async () => {
      const sha1 = [['X-Ca-Signature-Method', 'HmacSHA1']] as const;
      const both = { target: '/base/both/a', headers: sha1 };
      expect(await call({ ...both, algorithm: 'sha1' })).toBe(null);
      expect(await call(both)).toBe('A403IS');
      expect(await call({ headers: sha1, algorithm: 'sha1' })).toBe('I400HD');
      expect(await call({ headers: [['X-Ca-Signature-Method', 'HmacSHA256']] })).toBe(null);
      for (const method of ['hmacsha256', 'HmacMD5', ''])
        expect(await call({ headers: [['X-Ca-Signature-Method', method]] })).toBe('I400HD');
    });

    it('compares the one Base64 text, not what other texts decode to', async () => {
      const text = signed({ target: '/base/a' });
      expect(await send(text.replace(/(X-Ca-Signature: .*)=\r/, '$1\r'))).toBe('A403IS');
      expect(await send(text.replace(/(X-Ca-Signature: .*)=\r/, '$1==\r'))).toBe('A403IS');
    });

    it.each(['Content-MD5', 'Content-Type', 'Date', 'X-Ca-Timestamp', 'X-Ca-Nonce', 'X-Ca-Signature-Method', 'X-Ca-Stage'])(
      'is I400HD with %s on several lines',
      async (name) => {
        expect(
          await withHeaders([
            [name, 'RELEASE'],
            [name.toLowerCase(), 'RELEASE'],
          ]),
        ).toBe('I400HD');
      },
    );

    it.each(['X-Ca-Key', 'X-Ca-Signature', 'X-Ca-Signature-Headers'])('is I400HD with %s twice', async (name) => {
      const text = signed({ target: '/base/a', list: ['X-Ca-Key'] });
      expect(await send(text.replace(new RegExp(`${name}: .*\r\n`), '$&$&'))).toBe('I400HD');
    });

    it('takes the first line of Accept and of a signed header', async () => {
      const headers = [
        ['Accept', '1'],
        ['Accept', '2'],
        ['X-B', '3'],
        ['x-b', '4'],
      ] as const;
      expect(await withHeaders(headers, ['X-B'])).toBe(null);
      expect(await send(spoil(headers, 'x-b: 4', 'x-b: 5', ['X-B']))).toBe(null);
      expect(await send(spoil(headers, 'X-B: 3', 'X-B: 5', ['X-B']))).toBe('A403IS');
    });
  });

  describe('2.2, the signed headers', () => {
    it('are found in any letter case, written as listed, sorted by that, and listed in any order', async () => {
      const headers = [
        ['b-first', '1'],
        ['Z-LAST', '2'],
        ['X-Ca-Extra', '3'],
      ] as const;
      expect(await withHeaders(headers, ['B-FIRST', 'x-ca-key', 'z-last', 'X-CA-EXTRA'])).toBe(null);
      expect(await withHeaders(headers, ['x-ca-extra', 'Z-Last', 'b-first'])).toBe(null);
    });

    it('do not count blanks and empty names of the list', async () => {
      const text = signed({ target: '/base/a', headers: [['X-B', '1']], list: ['X-B', 'X-Ca-Key'] });
      expect(await send(text.replace('Headers: X-B,X-Ca-Key', 'Headers: , X-B ,,\tX-Ca-Key ,'))).toBe(null);
    });

    it('may be absent or empty: both are an empty value', async () => {
      expect(await withHeaders([['X-Empty', '']], ['X-Absent', 'X-Empty'])).toBe(null);
      const text = signed({ target: '/base/a', headers: [['X-B', '']], list: ['X-B'] });
      expect(await send(text.replace('X-B: \r\n', ''))).toBe(null);
      expect(await send(text.replace('X-B: \r\n', 'X-B: 1\r\n'))).toBe('A403IS');
    });

    it('count once when they are listed again, and never are those of the string itself', async () => {
      expect(
        await withHeaders(
          [
            ['X-B', '1'],
            ['Accept', '2'],
          ],
          ['x-b', 'X-B', 'Accept', 'date', 'X-Ca-Signature', 'X-Ca-Key'],
        ),
      ).toBe(null);
    });

    it('are X-Ca-Key without a list, and none with an empty one', async () => {
      expect(await call({ list: null })).toBe(null);
      expect(await call({ list: [] })).toBe(null);
      expect(stringToSign({ target: '/a', list: [] })).toBe('GET\n\n\n\n\n/a');
    });
  });

  describe('2.3, path and parameters', () => {
    it.each([
      '/base/a/',
      '/base/%61/b%20c',
      '/base/a//b',
      '/base/a?',
      '/base/a?=a',
      '/base/a?=a&b=1&=c',
      '/base/a?b=2&a=1&B=3&a=0',
      '/base/a?a&b=&c=+&d=%20',
      '/base/a?a=1=2&&b',
      '/base/a?a=%E4%BD%A0%F0%9F%98%80&%E4%BD%A0=+',
      '/base/a?a=%FF%41',
      '/base/a?b=[1]|{2}',
    ])('%s is signed as the contract says', async (target) => {
      expect(await call({ target })).toBe(null);
      expect(backend.requests).toHaveLength(1);
    });

    it('is signed as it stands: another spelling of the same path is another', async () => {
      expect(await send(signed({ target: '/base/a' }).replace('/base/a', '/base/%61'))).toBe('A403IS');
    });

    it('adds the pairs of a form, whose values go before those of the query, and of no other body', async () => {
      const form = ['Content-Type', 'Application/X-WWW-Form-Urlencoded'] as const;
      expect(await call({ method: 'POST', target: '/base/a?b=1&a=1', headers: [form], body: 'b=2&c=3' })).toBe(null);
      const other = {
        method: 'POST',
        target: '/base/a?b=1',
        headers: [['Content-Type', 'multipart/form-data; boundary=x']] as const,
      };
      expect(await call({ ...other, body: 'b=2' })).toBe(null);
      expect(await send(signed({ ...other, body: 'b=2' }).replace('b=2', 'b=3'))).toBe(null);
    });
  });

  describe('2.5, key, time and nonce', () => {
    const timed = (ms: number) => [['X-Ca-Timestamp', String(Date.now() + ms)]] as const;
    const both = (nonce: string) => [['X-Ca-Nonce', nonce], ...timed(0)] as const;
    const signedBoth = ['X-Ca-Key', 'X-Ca-Nonce', 'X-Ca-Timestamp'];

    it('is for a known key of an application that is not disabled', async () => {
      expect(await send(signed({ target: '/base/a' }).replace('X-Ca-Key: K\r\n', ''))).toBe('A400MA');
      expect(await call({ key: 'NOBODY' })).toBe('A400IK');
      expect(await call({ key: 'OFF' })).toBe('A400IK');
      expect(await send(signed({ target: '/base/a' }).replace(/X-Ca-Signature: .*\r\n/, ''))).toBe('I400MH');
    });

    it('is for every key pair of an application, each with its secret', async () => {
      expect(await call({ key: 'K-2', secret: 'S-2' })).toBe(null);
      expect(await call({ key: 'K-2', secret: 'S' })).toBe('A403IS');
    });

    it('may use the secret of before a rotation until that ends', async () => {
      expect(await call({ key: 'NEW', secret: 'now' })).toBe(null);
      expect(await call({ key: 'NEW', secret: 'before' })).toBe(null);
      expect(await call({ key: 'NEW', secret: 'other' })).toBe('A403IS');
      expect(await call({ key: 'OLD', secret: 'now' })).toBe(null);
      expect(await call({ key: 'OLD', secret: 'before' })).toBe('A403IS');
    });

    it('is good for 15 minutes around its time', async () => {
      for (const minutes of [-14, 14]) expect(await withHeaders(timed(minutes * MINUTE_MS))).toBe(null);
      for (const minutes of [-16, 16]) expect(await withHeaders(timed(minutes * MINUTE_MS))).toBe('S403TE');
      for (const text of ['', '1.5', '-1', 'now', '1'.repeat(17)])
        expect(await withHeaders([['X-Ca-Timestamp', text]])).toBe('I400HD');
    });

    it('uses a nonce once a key, whatever else it says, and only when its signature was right', async () => {
      const nonce = [['X-Ca-Nonce', 'once']] as const;
      expect(await call({ headers: nonce, secret: 'wrong' })).toBe('A403IS');
      expect(await call({ headers: nonce })).toBe(null);
      expect(await call({ headers: nonce })).toBe('S403NU');
      expect(await call({ headers: nonce, target: '/base/b?c=1' })).toBe('S403NU');
      expect(await call({ headers: nonce, key: 'K-2', secret: 'S-2' })).toBe(null);
    });

    it('has a nonce of 128 characters at most', async () => {
      expect(await withHeaders([['X-Ca-Nonce', 'n'.repeat(128)]])).toBe(null);
      expect(await withHeaders([['X-Ca-Nonce', 'n'.repeat(129)]])).toBe('I400HD');
    });

    it('lets one of many equal ones through', async () => {
      const text = signed({ target: '/base/a', headers: [['X-Ca-Nonce', 'many']] });
      const codes = await Promise.all(Array.from({ length: 20 }, () => send(text)));
      expect(codes.filter((code) => code === null)).toHaveLength(1);
    });

    it('has nonce and time, both signed, where the API insists', async () => {
      const target = '/base/forced/a';
      expect(await call({ target, headers: both('f1'), list: signedBoth })).toBe(null);
      expect(await call({ target, headers: both('f1'), list: signedBoth })).toBe('S403NU');
      expect(await call({ target })).toBe('I400NC');
      expect(await call({ target, headers: both('f2'), list: ['X-Ca-Timestamp'] })).toBe('I400NC');
      expect(await call({ target, headers: [['X-Ca-Nonce', 'f3']], list: signedBoth })).toBe('I400MH');
      expect(await call({ target, headers: both('f4'), list: ['x-ca-nonce'] })).toBe('I400MH');
      expect(await call({ target, headers: both(''), list: signedBoth })).toBe('I400NC');
    });
  });

  it('2.6: is told the first thing that is wrong', async () => {
    // Each line has one fault more than the one below it.
    const nonce = ['X-Ca-Nonce', 'n'.repeat(129)] as const;
    const old = ['X-Ca-Timestamp', '1'] as const;
    const method = ['X-Ca-Signature-Method', 'MD5'] as const;
    const without = (text: string) => text.replace(/X-Ca-Signature: .*\r\n/, '');
    const all = [method, old, nonce] as const;
    expect(await send(without(signed({ target: '/base/a', headers: all, key: 'X' })))).toBe('A400IK');
    expect(await send(without(signed({ target: '/base/a', headers: all })))).toBe('I400MH');
    expect(await call({ headers: all })).toBe('I400HD');
    expect(await call({ headers: [old, nonce] })).toBe('S403TE');
    expect(await call({ headers: [nonce], secret: 'wrong' })).toBe('I400HD');
  });

  it('2.7: reads in a refusal the string that was to be signed', async () => {
    const request = {
      target: '/base/a?b=%E4%BD%A0&c=%0A%0D%00x',
      headers: [
        ['Accept', '*/*'],
        ['X-B', 'a\tb'],
      ] as const,
      list: ['X-B', 'X-Ca-Key'],
    };
    const answer = await ask(plane.publicPort, signed({ ...request, secret: 'wrong' }));
    expect(answer.start).toBe('HTTP/1.1 403 Forbidden');
    const message = Buffer.from(headerOf(answer.lines, 'X-Ca-Error-Message')!, 'latin1').toString('utf8');
    const own = stringToSign(request)
      .replaceAll('\n', '#')
      .replace(/[\u0000-\u001f]/g, '?');
    expect(message).toBe(`Invalid Signature, Server StringToSign:\`${own}\``);
    expect(message).toContain('a?b=你&c=#??x`');
  });

  function spoil(headers: SignedRequest['headers'], from: string, to: string, list: readonly string[] | null = null): string {
    const text = signed({ target: '/base/a', headers: headers ?? [], list });
    expect(text).toContain(from);
    return text.replace(from, to);
  }
});
