/** The checks of a signed request, in the order of wire contract 2.6. */

import { Exchange, Head } from '@causeway/plugins';
import { frontendStringToSign, headersBlock, hmacBase64, prepareSecret, type SigningKey } from '@causeway/signature';
import { describe, expect, it, jest } from '@jest/globals';
import { type AuthRule, authenticate, type Callers, type Credential, grantKey, type NonceOutcome } from './authenticate.js';

const NOW_MS = 1_700_000_000_000;
const MINUTE_MS = 60_000;
const SECRET = prepareSecret('SECRET');
const FORMER = prepareSecret('FORMER');
const RULE: AuthRule = { methods: ['HmacSHA256'], forceNonce: false, grantKey: grantKey('api', 'RELEASE'), appCode: null };
const FORCED: AuthRule = { ...RULE, forceNonce: true };

type Headers = Readonly<Record<string, string | null>>;

/** A good request with nonce and time; `changed` headers are signed too, `spoilt` ones replace or remove (null) them afterwards. */
function request({
  changed = {},
  spoilt = {},
  nested = false,
  secret = SECRET,
}: {
  changed?: Headers;
  spoilt?: Headers;
  nested?: boolean;
  secret?: SigningKey;
} = {}) {
  const headers = new Map<string, string>();
  const set = (values: Headers) => {
    for (const [name, value] of Object.entries(values)) {
      if (value === null) headers.delete(name);
      else headers.set(name, value);
    }
  };
  set({
    'X-Ca-Key': 'KEY',
    'X-Ca-Nonce': 'nonce-1',
    'X-Ca-Timestamp': String(NOW_MS),
    'X-Ca-Signature-Headers': 'X-Ca-Key,X-Ca-Nonce,X-Ca-Timestamp',
    ...changed,
  });
  const block = headersBlock(headers.get('X-Ca-Signature-Headers') ?? null, (name) => {
    for (const [each, value] of headers) if (each.toLowerCase() === name.toLowerCase()) return value;
    return null;
  });
  const fields = { method: 'GET', accept: '', contentMd5: '', contentType: '', date: '', path: '/a', query: 'b=1', form: null };
  const method = headers.get('X-Ca-Signature-Method') === 'HmacSHA1' ? 'HmacSHA1' : 'HmacSHA256';
  set({ 'X-Ca-Signature': hmacBase64(method, secret, frontendStringToSign(fields, block)), ...spoilt });
  return exchange([...headers].flat(), nested ? exchange([], null) : null);
}

function exchange(raw: string[], parent: Exchange | null) {
  return new Exchange('public', 'GET', '/a?b=1', new Head(raw), 'h', '127.0.0.1', 'http', null, NOW_MS, 0, parent) as never;
}

function credential(changed: Partial<Credential> = {}): Callers {
  const grants = new Map([[RULE.grantKey, Number.POSITIVE_INFINITY]]);
  const app = { appId: '1', appName: 'app', accountId: 'acc', extend: '', disabled: false, grants };
  return {
    credentials: new Map([['KEY', { ...app, key: 'KEY', secret: SECRET, previous: null, ...changed }]]),
    appCodes: new Map(),
  };
}

function judge(x: never, { rule = RULE, credentials = credential(), outcome = 'fresh' as NonceOutcome } = {}) {
  const asked: unknown[][] = [];
  const answer = authenticate(x, rule, credentials, {
    use: (...args) => {
      asked.push(args);
      return outcome;
    },
  });
  if (answer instanceof Promise) throw new Error('a store that answers at once needs no promise');
  return { code: answer?.errorCode ?? null, message: answer?.errorMessage ?? null, asked };
}

describe('a signed request', () => {
  it('passes with the caller known, when all is well', () => {
    const x = request();
    expect(judge(x).code).toBe(null);
    expect((x as Exchange).caller).toMatchObject({ appId: '1', key: 'KEY' });
  });

  it.each([
    ['has no key', { spoilt: { 'X-Ca-Key': null } }, 'A400MA'],
    ['has an empty key', { spoilt: { 'X-Ca-Key': '' } }, 'A400MA'],
    ['has an unknown key', { changed: { 'X-Ca-Key': 'OTHER' } }, 'A400IK'],
    ['has no signature', { spoilt: { 'X-Ca-Signature': null } }, 'I400MH'],
    ['asks for an unknown method', { changed: { 'X-Ca-Signature-Method': 'MD5' } }, 'I400HD'],
    ['asks for a method that the API does not allow', { changed: { 'X-Ca-Signature-Method': 'HmacSHA1' } }, 'I400HD'],
    ['has a time that is no number', { changed: { 'X-Ca-Timestamp': 'now' } }, 'I400HD'],
    ['has a time of 17 digits', { changed: { 'X-Ca-Timestamp': '12345678901234567' } }, 'I400HD'],
    ['is older than 15 minutes', { changed: { 'X-Ca-Timestamp': String(NOW_MS - 15 * MINUTE_MS - 1) } }, 'S403TE'],
    ['is 15 minutes ahead', { changed: { 'X-Ca-Timestamp': String(NOW_MS + 15 * MINUTE_MS + 1) } }, 'S403TE'],
    ['has a nonce of 129 characters', { changed: { 'X-Ca-Nonce': 'n'.repeat(129) } }, 'I400HD'],
    ['has a wrong signature', { spoilt: { 'X-Ca-Signature': 'AAAA' } }, 'A403IS'],
    ['had a signed header changed', { spoilt: { 'X-Ca-Nonce': 'nonce-2' } }, 'A403IS'],
  ])('that %s is refused', (_, made, code) => {
    expect(judge(request(made)).code).toBe(code);
  });

  it('that is exactly 15 minutes old or ahead passes', () => {
    for (const shiftMs of [-15 * MINUTE_MS, 15 * MINUTE_MS])
      expect(judge(request({ changed: { 'X-Ca-Timestamp': String(NOW_MS + shiftMs) } })).code).toBe(null);
  });

  it('of a disabled application is refused as if the key were unknown', () => {
    expect(judge(request(), { credentials: credential({ disabled: true }) }).code).toBe('A400IK');
  });

  it('with a credential header on several lines is refused', () => {
    expect(judge(exchange(['X-Ca-Key', 'KEY', 'x-ca-key', 'KEY'], null)).code).toBe('I400HD');
  });

  it('tells the string to sign with a wrong signature', () => {
    expect(judge(request({ spoilt: { 'X-Ca-Signature': 'AAAA' } })).message).toMatch(
      /^Invalid Signature, Server StringToSign:`GET#####X-Ca-Key:KEY#X-Ca-Nonce:nonce-1#X-Ca-Timestamp:\d+#\/a\?b=1`$/,
    );
  });

  it('without a grant is refused, and with one that is over', () => {
    expect(judge(request(), { credentials: credential({ grants: new Map() }) }).code).toBe('I403AA');
    const over = credential({ grants: new Map([[RULE.grantKey, NOW_MS]]) });
    expect(judge(request(), { credentials: over }).code).toBe('A403EP');
    const other = credential({ grants: new Map([[grantKey('api', 'TEST'), Number.POSITIVE_INFINITY]]) });
    expect(judge(request(), { credentials: other }).code).toBe('I403AA');
  });
});

describe('a nonce', () => {
  it('that was used is refused, before the grant is looked at', () => {
    expect(judge(request(), { outcome: 'used' }).code).toBe('S403NU');
    expect(judge(request(), { outcome: 'used', credentials: credential({ grants: new Map() }) }).code).toBe('S403NU');
  });

  it('that nobody can judge is answered as busy', () => {
    expect(judge(request(), { rule: FORCED, outcome: 'unavailable' }).code).toBe('X503BZ');
  });

  it('is judged alike by a store that takes its time', async () => {
    const later = (outcome: NonceOutcome) => ({ use: async () => outcome });
    const codes = ['fresh', 'used', 'unavailable'] as const;
    const answers = await Promise.all(codes.map((each) => authenticate(request(), RULE, credential(), later(each))));
    expect(answers.map((answer) => answer?.errorCode ?? null)).toEqual([null, 'S403NU', 'X503BZ']);
  });

  it('is recorded only after the signature proved right', () => {
    expect(judge(request({ spoilt: { 'X-Ca-Signature': 'AAAA' } })).asked).toEqual([]);
  });

  it('is kept for 15 minutes from now or from the time of the request, whichever is later', () => {
    const ahead = String(NOW_MS + 10 * MINUTE_MS);
    const behind = String(NOW_MS - 10 * MINUTE_MS);
    const until = (timestamp: string | null) => judge(request({ changed: { 'X-Ca-Timestamp': timestamp } })).asked;
    expect(until(ahead)).toEqual([['KEY', 'nonce-1', NOW_MS + 25 * MINUTE_MS, false]]);
    expect(until(behind)).toEqual([['KEY', 'nonce-1', NOW_MS + 15 * MINUTE_MS, false]]);
    expect(until(null)).toEqual([['KEY', 'nonce-1', NOW_MS + 15 * MINUTE_MS, false]]);
  });

  it('is not asked for where none came, and the store hears whether the API insists', () => {
    expect(judge(request({ changed: { 'X-Ca-Nonce': null } }))).toMatchObject({ code: null, asked: [] });
    expect(judge(request(), { rule: FORCED }).asked[0]?.[3]).toBe(true);
  });

  it('of a call in this process is not stored: the gateway made it itself', () => {
    expect(judge(request({ nested: true }))).toMatchObject({ code: null, asked: [] });
  });
});

describe('an API that insists on nonces', () => {
  it.each([
    ['no nonce', { changed: { 'X-Ca-Nonce': null } }, 'I400NC'],
    ['an unsigned nonce', { changed: { 'X-Ca-Signature-Headers': 'X-Ca-Key,X-Ca-Timestamp' } }, 'I400NC'],
    ['no list of signed headers', { changed: { 'X-Ca-Signature-Headers': null } }, 'I400NC'],
    ['no time', { changed: { 'X-Ca-Timestamp': null } }, 'I400MH'],
    ['an unsigned time', { changed: { 'X-Ca-Signature-Headers': 'X-Ca-Key,X-Ca-Nonce' } }, 'I400MH'],
    ['a wrong signature beside no nonce', { changed: { 'X-Ca-Nonce': null }, spoilt: { 'X-Ca-Signature': 'AAAA' } }, 'I400NC'],
  ])('refuses %s', (_, made, code) => {
    expect(judge(request(made), { rule: FORCED }).code).toBe(code);
  });

  it('takes both signed, in any letter case and order', () => {
    const names = 'x-ca-timestamp, X-CA-NONCE,x-ca-key';
    expect(judge(request({ changed: { 'X-Ca-Signature-Headers': names } }), { rule: FORCED }).code).toBe(null);
  });
});

describe('a secret that was rotated', () => {
  const rotated = credential({ previous: { secret: FORMER, untilMs: NOW_MS + 1 } });

  it('leaves the one before it good until its time', () => {
    expect(judge(request({ secret: SECRET }), { credentials: rotated }).code).toBe(null);
    expect(judge(request({ secret: FORMER }), { credentials: rotated }).code).toBe(null);
    const over = credential({ previous: { secret: FORMER, untilMs: NOW_MS } });
    expect(judge(request({ secret: FORMER }), { credentials: over }).code).toBe('A403IS');
    expect(judge(request({ secret: SECRET }), { credentials: over }).code).toBe(null);
  });

  it('makes no third one good, and says of a wrong one what it says without rotation', () => {
    const wrong = { secret: prepareSecret('THIRD') };
    expect(judge(request(wrong), { credentials: rotated })).toEqual(judge(request(wrong)));
    expect(judge(request(wrong), { credentials: rotated }).code).toBe('A403IS');
  });

  it('costs as many HMACs whichever of both was used, and one where nothing was rotated', () => {
    const count = (secret: SigningKey, credentials: Callers) => {
      const made = [SECRET, FORMER].map((key) => jest.spyOn(key, 'hmac'));
      const x = request({ secret, changed: { 'X-Ca-Nonce': `${credentials === rotated}` } });
      const before = made.reduce((sum, each) => sum + each.mock.calls.length, 0);
      hmacBase64('HmacSHA256', prepareSecret('other'), 'what was made last is remembered');
      expect(judge(x, { credentials }).code).toBe(null);
      const after = made.reduce((sum, each) => sum + each.mock.calls.length, 0);
      for (const each of made) each.mockRestore();
      return after - before;
    };
    expect([count(SECRET, rotated), count(FORMER, rotated), count(SECRET, credential())]).toEqual([2, 2, 1]);
  });
});

describe('an empty nonce', () => {
  it('is none: it is not stored, and does not do for an API that insists on one', () => {
    expect(judge(request({ changed: { 'X-Ca-Nonce': '' } }))).toMatchObject({ code: null, asked: [] });
    expect(judge(request({ changed: { 'X-Ca-Nonce': '' } }), { rule: FORCED }).code).toBe('I400NC');
  });
});

it('allows HmacSHA1 where the API does', () => {
  const rule: AuthRule = { ...RULE, methods: ['HmacSHA1', 'HmacSHA256'] };
  expect(judge(request({ changed: { 'X-Ca-Signature-Method': 'HmacSHA1' } }), { rule }).code).toBe(null);
});
