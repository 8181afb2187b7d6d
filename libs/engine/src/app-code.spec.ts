/** Where AppCodes may come, whose they are, and that backends do not see them (wire contract 3). */
import type { ApiDefinition, GroupChunk } from '@causeway/contract';
import { Answer, Outgoing } from '@causeway/plugins';
import { describe, expect, it } from '@jest/globals';
import { appCodeDigest, appCodeRule, readAppCode, removeAppCode, withoutAppCode } from './app-code.js';
import { makeExchange } from './testing/make-exchange.js';

type Of = ApiDefinition['appCode'];
const NOWHERE: GroupChunk['appCode'] = { in: null, name: null, keepForBackend: false };

const ruleOf = (appCode: Of, group: Partial<GroupChunk['appCode']> = {}, auth: ApiDefinition['auth'] = 'APP') =>
  appCodeRule({ auth, appCode }, { ...NOWHERE, ...group });

describe('where an AppCode may come', () => {
  it.each([
    ['DISABLE', {}, null],
    ['DISABLE', { in: 'query', name: 'code' }, null],
    ['HEADER', {}, ['x-ca-appcode', null]],
    ['HEADER', { in: 'header', name: 'My-Code' }, ['my-code', null]],
    ['HEADER', { in: 'query', name: 'code' }, ['x-ca-appcode', null]],
    ['HEADER_QUERY', {}, ['x-ca-appcode', 'appcode']],
    ['HEADER_QUERY', { in: 'header', name: 'My-Code' }, ['my-code', 'appcode']],
    ['HEADER_QUERY', { in: 'query', name: 'Code' }, ['x-ca-appcode', 'code']],
    ['DEFAULT', {}, null],
    ['DEFAULT', { in: 'header', name: 'My-Code' }, ['my-code', null]],
    ['DEFAULT', { in: 'header', name: null }, ['x-ca-appcode', null]],
    ['DEFAULT', { in: 'query', name: 'Code' }, ['x-ca-appcode', 'code']],
  ] as const)('with %s and a group that says %j is %j', (api, group, expected) => {
    const rule = ruleOf(api, group);
    expect(rule && [rule.header, rule.query]).toEqual(expected);
  });

  it('is nowhere at an anonymous API', () => {
    expect(ruleOf('HEADER_QUERY', {}, 'ANONYMOUS')).toBe(null);
  });
});

describe('the AppCode of a request', () => {
  const both = ruleOf('HEADER_QUERY')!;
  const own = ruleOf('HEADER_QUERY', { in: 'query', name: 'my.code' })!;
  const read = (target: string, headers: readonly string[], rule = both) => {
    const code = readAppCode(makeExchange(target, { headers }), rule);
    return code instanceof Answer ? code.errorCode : code;
  };

  it.each([
    ['/a', ['Authorization', 'APPCODE abc'], 'abc'],
    ['/a', ['authorization', 'appcode   abc'], 'abc'],
    ['/a', ['Authorization', 'Bearer abc'], null],
    ['/a', ['Authorization', 'APPCODE'], null],
    ['/a', ['Authorization', 'APPCODEabc'], null],
    ['/a', ['x-CA-appcode', 'abc'], 'abc'],
    ['/a', ['X-Ca-AppCode', ''], null],
    ['/a', ['Authorization', 'Bearer x', 'X-Ca-AppCode', 'abc'], 'abc'],
    ['/a?AppCode=abc', [], 'abc'],
    ['/a?b=1&APPCODE=a%62c&appcode=d', [], 'abc'],
    ['/a?%41ppcode=abc', [], 'abc'],
    ['/a?appcode', [], null],
    ['/a?appcode=', [], null],
    ['/a?appcodes=abc&xappcode=abc', [], null],
    ['/a?appcode=query', ['X-Ca-AppCode', 'header'], 'header'],
    ['/a', ['X-Ca-AppCode', 'a', 'x-ca-appcode', 'b'], 'I400HD'],
    ['/a', ['Authorization', 'APPCODE a', 'authorization', 'Basic b'], 'I400HD'],
  ] as const)('%s %j is %j', (target, headers, expected) => {
    expect(read(target, headers)).toBe(expected);
  });

  it("comes under the group's own name instead of the usual one, in any letter case", () => {
    expect(read('/a?MY.code=abc', [], own)).toBe('abc');
    expect(read('/a?appcode=abc', [], own)).toBe(null);
  });

  it('is looked up by what cannot be foreseen', () => {
    expect(appCodeDigest('a')).toBe(appCodeDigest('a'));
    expect(appCodeDigest('a')).not.toBe(appCodeDigest('b'));
    expect(appCodeDigest('a')).toMatch(/^[\w+/]{43}=$/);
  });
});

describe('a request that leaves', () => {
  it('loses the pairs of that name, however they are spelled, and no others', () => {
    expect(withoutAppCode('', 'appcode')).toBe('');
    expect(withoutAppCode('a=1&AppCode=x&b=2&&%61PPCODE=y&appcode', 'appcode')).toBe('a=1&b=2&');
    expect(withoutAppCode('appcodes=1&b=appcode', 'appcode')).toBe('appcodes=1&b=appcode');
  });

  it('loses the header, and Authorization when it has that scheme', () => {
    const lines = (...headers: string[]) => {
      const out = new Outgoing('GET', '/', '', 'h');
      out.headers.push(...headers);
      removeAppCode(out, ruleOf('HEADER', { in: 'header', name: 'My-Code' })!);
      return out.headers;
    };
    expect(lines('my-code', 'x', 'Authorization', 'appcode x', 'A', '1')).toEqual(['A', '1']);
    expect(lines('Authorization', 'Bearer x')).toEqual(['Authorization', 'Bearer x']);
  });
});
