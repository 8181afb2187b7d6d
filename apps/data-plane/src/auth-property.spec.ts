/** Whatever is signed cannot be changed by a byte, and whatever is not may be anything (wire contract 2). */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { answering, type Backend, ok, startBackend } from './testing/backend.js';
import { ask } from './testing/client.js';
import { md5, type SignedRequest, signed, stringToSign } from './testing/sign.js';
import { type Plane, startPlane } from './testing/start-plane.js';
import { headerOf } from './testing/wire.js';

const RUNS = { numRuns: 400 };
const FORM = 'application/x-www-form-urlencoded';

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] as const;
const visible = fc.nat({ max: 0x7e - 0x21 }).map((n) => String.fromCharCode(n + 0x21));
const value = fc.string({ unit: visible, maxLength: 12 });
const name = fc.constantFrom('X-A', 'x-b', 'B', 'X-Ca-Extra', 'User-Agent');
const pairText = fc.string({ unit: fc.constantFrom(...'abAB19-._~'), maxLength: 3 });
const escaped = fc.string({ unit: 'grapheme', maxLength: 3 }).map((text) => encodeURIComponent(text.toWellFormed()));
const pair = fc.tuple(fc.oneof(pairText, escaped), fc.oneof(pairText, escaped, fc.constant('+'))).map((both) => both.join('='));
const pairs = fc.array(fc.oneof(pair, pairText), { maxLength: 5 }).map((list) => list.join('&'));
const path = fc.array(fc.oneof(pairText, escaped), { minLength: 1, maxLength: 3 }).map((segments) => `/p${segments.join('/p')}`);

const headers = fc.uniqueArray(fc.tuple(name, value), { selector: ([each]) => each.toLowerCase(), maxLength: 4 });
const accept = fc.option(
  value.map((text) => ['Accept', text] as const),
  { nil: null },
);
const date = fc.option(
  value.map((text) => ['Date', text] as const),
  { nil: null },
);

/** No nonce: the same request is sent again. */
const request: fc.Arbitrary<SignedRequest> = fc
  .record({
    method: fc.constantFrom(...METHODS),
    path,
    query: pairs,
    headers,
    extra: fc.tuple(accept, date),
    listed: fc.subarray(['X-A', 'x-B', 'b', 'X-CA-Extra', 'user-agent', 'X-Ca-Key']),
    hasList: fc.boolean(),
    kind: fc.constantFrom('none', 'form', 'text', 'md5'),
    form: pairs,
    text: fc.string({ unit: visible, minLength: 1, maxLength: 30 }),
  })
  .map(({ method, path, query, headers, extra, listed, hasList, kind, form, text }) => {
    const body = kind === 'none' ? '' : kind === 'form' ? form : text;
    const all: Array<readonly [string, string]> = [...headers, ...extra.filter((each) => each !== null)];
    if (kind === 'form') all.push(['Content-Type', FORM]);
    else if (kind !== 'none') all.push(['Content-Type', 'text/plain']);
    if (kind === 'md5') all.push(['Content-MD5', md5(body)]);
    return { method, target: query === '' ? path : `${path}?${query}`, headers: all, list: hasList ? listed : null, body };
  });

describe('a signed request', () => {
  let plane: Plane;
  let backend: Backend;

  beforeAll(async () => {
    backend = await startBackend(answering(ok('')));
    plane = await startPlane({
      program: {
        apis: [{ auth: 'APP', backend: { type: 'HTTP', address: backend.address, path: '/*' } }],
        keys: { K: 'S' },
      },
    });
  });
  afterAll(async () => {
    expect(plane.failures).toEqual([]);
    await plane.stop();
    await backend.close();
  });

  async function send(text: string): Promise<{ code: string | null; reached: boolean }> {
    const before = backend.requests.length;
    const { lines } = await ask(plane.publicPort, text);
    return { code: headerOf(lines, 'X-Ca-Error-Code') ?? null, reached: backend.requests.length > before };
  }
  const passes = { code: null, reached: true };

  it('passes as it was signed', async () => {
    await fc.assert(
      fc.asyncProperty(request, async (given) => {
        expect(await send(signed(given))).toEqual(passes);
      }),
      RUNS,
    );
  });

  /** One character of one part is another: method, target, a header's value, the list, the body. */
  const change = fc.record({ part: fc.nat(), at: fc.nat(), to: visible });
  function changed(given: SignedRequest, { part, at, to }: { part: number; at: number; to: string }): SignedRequest | null {
    const { target, headers = [], list, body = '' } = given;
    const put = (text: string, by = to) => {
      const place = text === '' ? 0 : at % text.length;
      return text.slice(0, place) + by + text.slice(place + 1);
    };
    const which = part % (headers.length + 4);
    if (which === 0) return { ...given, method: METHODS[at % METHODS.length]! };
    if (which === 1) return { ...given, target: `/${put(target.slice(1), to === '#' ? '~' : to)}` };
    if (which === 2) return body === '' ? null : { ...given, body: put(body) };
    if (which === 3) {
      if (list === null || list === undefined || list.length === 0) return null;
      const letter = String.fromCharCode(0x61 + (to.charCodeAt(0) % 26));
      return { ...given, list: list.with(at % list.length, put(list[at % list.length]!, letter)) };
    }
    const [header, text] = headers[which - 4]!;
    return { ...given, headers: headers.with(which - 4, [header, put(text)]) };
  }

  it('with one byte changed passes exactly when nothing that is signed means another thing now', async () => {
    const told = { refused: 0, passed: 0 };
    await fc.assert(
      fc.asyncProperty(request, change, async (given, how) => {
        const other = changed(given, how);
        // A malformed triplet is refused wherever it stands.
        fc.pre(other !== null && !/%(?![0-9a-f]{2})/i.test(other.target));
        const signature = /X-Ca-Signature: .*/.exec(signed(given))![0];
        const text = signed(other!).replace(/X-Ca-Signature: .*/, signature);
        const md5 = given.headers?.some(([each]) => each === 'Content-MD5') === true;
        const isSame = stringToSign(given) === stringToSign(other!) && !(md5 && given.body !== other!.body);
        const { code, reached } = await send(text);
        told[isSame ? 'passed' : 'refused']++;
        if (isSame) expect({ code, reached }).toEqual(passes);
        else {
          expect(reached).toBe(false);
          expect(code).toMatch(/^(?:A403IS|I400I5|I400RU|I400PA|I400IP|I405UM)$/);
        }
      }),
      RUNS,
    );
    // Both cases came up, and not by chance alone.
    expect(told.refused).toBeGreaterThan(50);
    expect(told.passed).toBeGreaterThan(5);
  });

  it('with another signature, key or secret is refused', async () => {
    await fc.assert(
      fc.asyncProperty(request, fc.nat(), visible, async (given, at, to) => {
        const text = signed(given);
        const [, signature] = /X-Ca-Signature: (.*)\r/.exec(text)!;
        const place = at % signature!.length;
        fc.pre(signature![place] !== to);
        const other = signature!.slice(0, place) + to + signature!.slice(place + 1);
        expect(await send(text.replace(signature!, () => other))).toEqual({ code: 'A403IS', reached: false });
        expect(await send(signed({ ...given, secret: `S${to}` }))).toEqual({ code: 'A403IS', reached: false });
        expect(await send(text.replace('X-Ca-Key: K', () => `X-Ca-Key: K${to}`))).toEqual({ code: 'A400IK', reached: false });
      }),
      { numRuns: 100 },
    );
  });

  it('passes with anything else beside what is signed: more headers, another order, second values', async () => {
    const more = fc.array(fc.tuple(fc.constantFrom('X-Other', 'Cookie', 'X-Ca-Unsigned', 'X-Other-2'), value), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(request, more, fc.boolean(), async (given, extra, reversed) => {
        const [head, body] = [signed(given).split('\r\n\r\n')[0]!, given.body ?? ''];
        const [start, ...lines] = head.split('\r\n');
        const all = [...lines, ...extra.map(([each, text]) => `${each}: ${text}`)];
        if (reversed) all.reverse();
        const query = given.target.split('?')[1];
        const again = query === undefined || query === '' ? '' : `&${query}`;
        const target = start!.replace(/ HTTP/, () => `${again} HTTP`);
        expect(await send(`${target}\r\n${all.join('\r\n')}\r\n\r\n${body}`)).toEqual(passes);
      }),
      RUNS,
    );
  });
});
