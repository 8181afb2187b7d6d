/** What is certain of the types whose rules do not depend on each other. */
import { describe, expect, it } from '@jest/globals';
import { doubtsOf } from './testing/doubts-of.js';

describe('caching', () => {
  it.each<[object, string[]]>([
    [{ duration: 60, clientCacheControl: { mode: 'app', apps: [7] }, cacheableHeaders: ['X-Trace'] }, []],
    [{ duration: 0 }, []],
    [{}, ['no-duration duration']],
    [{ duration: 1, clientCacheControl: { mode: 'apps' } }, ['no-effect clientCacheControl.apps']],
    [{ duration: 1, clientCacheControl: { mode: 'all', apps: [7] } }, ['no-effect clientCacheControl.apps']],
    [{ duration: 1, clientCacheControl: { apps: [7] } }, ['no-effect clientCacheControl.apps']],
    [
      { duration: 1, cacheableHeaders: ['X-A', 'content-Type', 'Set-Cookie'] },
      ['no-effect cacheableHeaders[1]', 'no-effect cacheableHeaders[2]'],
    ],
  ])('%j: %j', (config, expected) => expect(doubtsOf('caching', config)).toEqual(expected));
});

describe('cors', () => {
  it.each<[object, string[]]>([
    [{}, []],
    [{ allowOrigins: 'https://a.com,*.b.com', allowHeaders: 'X-A,X-B' }, []],
    [{ allowOrigins: 'https://a.com, *' }, ['contained allowOrigins']],
    [{ allowMethods: '*,GET' }, ['contained allowMethods']],
    [{ allowHeaders: 'X-A,*' }, ['contained allowHeaders']],
    [{ allowCredentials: true }, ['any-origin-with-credentials allowOrigins']],
  ])('%j: %j', (config, expected) => expect(doubtsOf('cors', config)).toEqual(expected));
});

describe('circuitBreaker', () => {
  const by = (errorCondition: string) => ({ errorCondition, errorThreshold: 10 });

  it.each<[object, string[]]>([
    [{ timeoutThreshold: 10 }, []],
    [by('$StatusCode >= 500 or $LatencySeconds > 100'), []],
    [by('$LatencyMilliSeconds > 100000'), []],
    [by('$LatencySeconds > 3000'), ['constant-comparison errorCondition', 'never-holds errorCondition']],
    [by('$StatusCode = 502 and $StatusCode > 999'), ['constant-comparison errorCondition', 'never-holds errorCondition']],
    [by('$StatusCode >= 500 or $LatencySeconds > 3000'), ['constant-comparison errorCondition']],
    [by('$LatencyMilliSeconds >= 0'), ['constant-comparison errorCondition', 'always-holds errorCondition']],
    [by('1 = 1'), ['always-holds errorCondition']],
    [
      { timeoutThreshold: 10, downgradeBackend: { type: 'MOCK', address: 'x.example.com' } },
      ['no-effect downgradeBackend.address'],
    ],
  ])('%j: %j', (config, expected) => expect(doubtsOf('circuitBreaker', config)).toEqual(expected));
});

describe('remoteAuth', () => {
  const sent = {
    sourceLocation: 'header',
    sourceParameterName: 'authorization',
    targetLocation: 'query',
    targetParameterName: 't',
  };
  const least = {
    parameters: { status: 'StatusCode' },
    authUri: { address: 'auth.example.com' },
    authParameters: [sent],
    successCondition: '$status = 200',
  };

  it.each<[object, string[]]>([
    [{}, []],
    [{ trimAuthorizationHeaderPrefix: true, cachedTimeBySecond: 60 }, []],
    [{ authParameters: [], passThroughPath: true, cachedTimeBySecond: 60 }, []],
    [{ authParameters: [], cachedTimeBySecond: 60 }, ['one-verdict-for-all cachedTimeBySecond']],
    [
      { authParameters: [{ ...sent, sourceLocation: 'query' }], trimAuthorizationHeaderPrefix: 'Token ' },
      ['no-effect trimAuthorizationHeaderPrefix'],
    ],
    [{ successCondition: '1 = 1', errorMessage: '${status}' }, ['always-holds successCondition']],
    [{ successCondition: "$status = 'OK'" }, ['constant-comparison successCondition', 'never-holds successCondition']],
    [{ parameters: { status: 'StatusCode', why: 'Header:X-Why' } }, ['unused-parameter parameters.why']],
    [{ parameters: { status: 'StatusCode', why: 'Header:X-Why' }, errorMessage: '${why}' }, []],
  ])('%j: %j', (changed, expected) => expect(doubtsOf('remoteAuth', { ...least, ...changed })).toEqual(expected));
});

describe('jwtAuth', () => {
  const jwk = { kty: 'oct', k: 'a'.repeat(43), alg: 'HS256' };

  it.each<[object, string[]]>([
    [{ jwk, preventJtiReplay: true }, []],
    [{ jwk, ignoreExpirationCheck: true }, []],
    [{ jwk, preventJtiReplay: true, ignoreExpirationCheck: true }, ['replay-after-expiry preventJtiReplay']],
    [{ jwksUri: 'http://keys.example.com/set' }, ['plain-key-address jwksUri']],
  ])('%j: %j', (config, expected) => expect(doubtsOf('jwtAuth', { parameter: 'Authorization', ...config })).toEqual(expected));
});

describe('logMask', () => {
  const rule = (location: string, more: object) => ({ location, ...more });
  const named = (location: string, parameters: string[], policy = 'ALL') => rule(location, { parameters, policy });
  const inBody = (matchMode: string, policy = 'ALL') => rule('REQUEST_BODY', { matchMode, policy });

  it.each<[object[], string[]]>([
    [[named('REQUEST_HEADER', ['X-A']), named('RESPONSE_HEADER', ['X-A']), named('REQUEST_QUERY', ['a', 'A'])], []],
    [[named('REQUEST_QUERY', ['a'], 'KEEP_LEFT:4'), named('REQUEST_QUERY', ['a'], 'KEEP_RIGHT:4')], []],
    [[named('REQUEST_QUERY', ['a']), named('REQUEST_QUERY', ['b', 'a'])], ['no-effect rules[1].parameters[1]']],
    [[named('REQUEST_HEADER', ['X-A']), named('REQUEST_HEADER', ['x-a'])], ['no-effect rules[1].parameters[0]']],
    [
      [named('REQUEST_HEADER', ['X-A', 'x-a', 'Cookie', 'Host'])],
      ['contained rules[0].parameters[1]', 'no-effect rules[0].parameters[2]', 'no-effect rules[0].parameters[3]'],
    ],
    [[inBody('D:11'), inBody('D:4'), inBody('EMAIL'), rule('RESPONSE_BODY', { matchMode: 'EMAIL' })], []],
    [[inBody('D:4', 'KEEP_LEFT:1'), inBody('D:11')], []],
    [[inBody('D:4'), inBody('D:11')], ['no-effect rules[1].matchMode']],
    [
      [inBody('C:4'), inBody('HEX:4'), inBody('HEX:3'), inBody('D:3')],
      ['no-effect rules[1].matchMode', 'no-effect rules[3].matchMode'],
    ],
    [[inBody('EMAIL'), inBody('EMAIL', 'KEEP_LEFT:1')], ['no-effect rules[1].matchMode']],
  ])('%j: %j', (rules, expected) =>
    expect(doubtsOf('logMask', { rules: rules.map((each, n) => ({ name: String(n), ...each })) })).toEqual(expected),
  );
});
