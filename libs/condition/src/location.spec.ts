/** Location texts of a parameters map. */

import { SYSTEM_PARAMETERS } from '@causeway/contract';
import { describe, expect, it } from '@jest/globals';
import { compileParameters, parseLocation } from './index.js';

describe('parseLocation', () => {
  it.each([
    ['Method', { location: 'Method', name: null, phase: 'request' }],
    ['path', { location: 'Path', name: null, phase: 'request' }],
    [' path : userId ', { location: 'PathParameter', name: 'userId', phase: 'request' }],
    ['STATUSCODE', { location: 'StatusCode', name: null, phase: 'response' }],
    ['ErrorCode', { location: 'ErrorCode', name: null, phase: 'response' }],
    ['Header:X-From', { location: 'Header', name: 'x-from', phase: 'both' }],
    ['Query:a:b c', { location: 'Query', name: 'a:b c', phase: 'request' }],
    ['Form:K', { location: 'Form', name: 'K', phase: 'request' }],
    ['Host:svc', { location: 'Host', name: 'svc', phase: 'request' }],
    ['Parameter:p', { location: 'Parameter', name: 'p', phase: 'request' }],
    ['System:caclientip', { location: 'System', name: 'CaClientIp', phase: 'both' }],
    ['system:CAHTTPSCHEME', { location: 'System', name: 'CaHttpSchema', phase: 'both' }],
    ['Token:userId', { location: 'Token', name: 'userId', phase: 'both' }],
    ['XFF:-2', { location: 'XFF', index: -2, phase: 'both' }],
    ['XFF:-0', { location: 'XFF', index: 0 }],
    ['BodyJson:$', { location: 'BodyJsonField', path: [], phase: 'both' }],
    ["bodyjsonfield:$.a-b['c d'][0].e", { location: 'BodyJsonField', path: ['a-b', 'c d', 0, 'e'] }],
  ])('reads %j', (text, expected) => {
    expect(parseLocation(text)).toMatchObject(expected);
  });

  it.each([
    ['', 1],
    ['Cookie:x', 1],
    ['PathParameter:x', 1],
    ['Method:x', 7],
    ['Method:', 7],
    ['Query', 6],
    ['Query: ', 8],
    ['Path:', 6],
    ['System:CaNothing', 8],
    ['XFF:first', 5],
    ['XFF:1.5', 5],
    ['BodyJsonField: a', 16],
    ['BodyJsonField:$..a', 16],
    ['BodyJsonField:$.a[*]', 18],
    ["BodyJsonField:$['a]", 16],
  ])('refuses %j at column %i', (text, column) => {
    expect(parseLocation(text)).toMatchObject({ column, message: expect.stringContaining(`column ${column}`) });
  });

  it('knows every system parameter', () => {
    for (const name of SYSTEM_PARAMETERS) expect(parseLocation(`System:${name}`)).toMatchObject({ location: 'System' });
  });
});

describe('compileParameters', () => {
  it('refuses wrong names, places and phases, and names each entry', () => {
    const result = compileParameters({ '1a': 'Path', 'a-b': 'Path', s: 'StatusCode', ok: 'Path', c: 'Cookie:x' }, 'request');
    expect('problems' in result && result.problems.map(({ parameter }) => parameter)).toEqual(['1a', 'a-b', 's', 'c']);
    expect(compileParameters({ s: 'Method' }, 'response')).toMatchObject({ problems: [{ parameter: 's' }] });
  });

  it('holds 16 entries', () => {
    const map = (size: number) => Object.fromEntries(Array.from({ length: size }, (_, i) => [`p${i}`, 'Path']));
    expect('problems' in compileParameters(map(16), 'request')).toBe(false);
    expect('problems' in compileParameters(map(17), 'request')).toBe(true);
  });

  it('says which parts of a request must be read', () => {
    expect(compileParameters({ a: 'Query:a' }, 'request')).toMatchObject({ needs: { form: false, body: false } });
    expect(compileParameters({ a: 'Query:a', f: 'Form:f' }, 'request')).toMatchObject({ needs: { form: true, body: false } });
    expect(compileParameters({ b: 'BodyJson:$.b' }, 'response')).toMatchObject({ needs: { form: false, body: true } });
  });
});
