/** Callers with user name and password (plugins, section 5.5). */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { basicAuth } from './basic-auth.js';
import { checkPlugin } from './check.js';
import type { Answer } from './kit/answer.js';
import type { Dataset } from './kit/dataset.js';
import { Outgoing } from './kit/outgoing.js';
import { compileContext, makeExchange, NOW_MS } from './testing/make-exchange.js';

const DATASET = 'd'.repeat(32);
const basic = (credentials: string) => `Basic ${Buffer.from(credentials).toString('base64')}`;

function stepsOf(config: object, dataset: Dataset | null = null) {
  const checked = checkPlugin('basicAuth', config);
  if (checked.config === null) throw new Error(JSON.stringify(checked.problems));
  return basicAuth.compile(checked.config as never, compileContext({ dataset: () => dataset }));
}

function ask(config: object, authorization: string | null, dataset?: Dataset) {
  const x = makeExchange('/', { headers: authorization === null ? [] : ['Authorization', authorization] });
  return (stepsOf(config, dataset).caller!(x) as Answer | undefined) ?? 'passes';
}

const config = {
  users: [
    { username: 'alice', password: 'pass:word' },
    { username: 'bób', password: 1234 },
  ],
};

describe('a caller', () => {
  it.each([
    ['Basic', basic('alice:pass:word')],
    ['another letter case and more blanks', `bAsIc   ${basic('alice:pass:word').slice(6)}`],
    ['letters of UTF-8, and a password that was written as a number', basic('bób:1234')],
  ])('passes with %s', (_, authorization) => {
    expect(ask(config, authorization)).toBe('passes');
  });

  it.each([
    ['nothing', null],
    ['a wrong password', basic('alice:password')],
    ['an unknown name', basic('mallory:pass:word')],
    ['no password', basic('alice')],
    ['an empty one', basic('alice:')],
    ['nothing encoded', 'Basic '],
    ['what is no base64', 'Basic alice:pass:word'],
    ['bytes behind it', `${basic('alice:pass:word')} x`],
    ['another scheme', 'Bearer abc'],
    ['several credentials', `${basic('alice:pass:word')}, ${basic('alice:pass:word')}`],
    ['a long text', basic(`alice:${'x'.repeat(5000)}`)],
  ])('is refused, and asked, with %s', (_, authorization) => {
    expect(ask(config, authorization)).toMatchObject({
      status: 401,
      errorCode: 'A401BA',
      headers: ['WWW-Authenticate', 'Basic realm="api"'],
    });
  });

  it('passes with the very pair of somebody, and with no other', () => {
    const word = fc.stringMatching(/^[a-c]{1,3}$/);
    fc.assert(
      fc.property(word, word, word, word, (username, password, shownName, shownPassword) => {
        const passes = ask({ users: [{ username, password }] }, basic(`${shownName}:${shownPassword}`)) === 'passes';
        expect(passes).toBe(username === shownName && password === shownPassword);
      }),
    );
  });

  it('may be one of a dataset, until his time is over', () => {
    const item = (value: string, expiresAtMs: number | null) => [value, { value, expiresAtMs }] as const;
    const items = new Map([item('carol:a:b', null), item('dave:x', NOW_MS), item('erin:x', NOW_MS + 1)]);
    const dataset: Dataset = { id: DATASET, type: 'BASIC_AUTH_ACCESS', items };
    const both = { ...config, usersDatasetId: DATASET };
    const asked = ['carol:a:b', 'dave:x', 'erin:x', 'alice:pass:word'].map((shown) => ask(both, basic(shown), dataset));
    expect(asked.map((made) => made === 'passes')).toEqual([true, false, true, true]);
    expect(() => ask(both, null)).toThrow('is not there');
  });
});

describe('the backend', () => {
  const sent = (authorization: string, own: string) => {
    const out = new Outgoing('GET', '/', '', 'h');
    out.set('Authorization', own);
    stepsOf(config).mapped!(makeExchange('/', { headers: ['Authorization', authorization] }), out);
    return out.get('authorization');
  };

  it('does not get the credentials, but what the API itself says there', () => {
    const shown = basic('alice:pass:word');
    expect(sent(shown, shown)).toBeNull();
    expect(sent(shown, 'Bearer of the API')).toBe('Bearer of the API');
  });
});

describe('a configuration', () => {
  it.each<[object, string[]]>([
    [{}, ['users']],
    [{ users: [] }, ['users']],
    [{ users: [{ username: 'a:b', password: '' }] }, ['users[0].username', 'users[0].password']],
    [
      {
        users: [
          { username: 'a', password: 'b' },
          { username: 'a', password: 'c' },
        ],
      },
      ['users[1].username'],
    ],
    [{ users: [{ username: 'a', password: 'b', extra: 1 }] }, ['users[0].extra']],
  ])('is refused with every complaint: %j', (wrong, paths) => {
    expect(checkPlugin('basicAuth', wrong).problems.map(({ path }) => path)).toEqual(paths);
  });
});
