/** What a configuration would do, in plain words: true ones, for every type, and no secret among them. */
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { reviewPlugin, secretPathsOf } from './check.js';
import { mapSecrets } from './kit/secrets.js';
import { plugins } from './list.js';
import { FULL_CONFIGS } from './testing/full-configs.js';

const SECRET = 'planted'.repeat(7);

describe.each(plugins.map(({ type, example }) => [type, parse(example)] as const))('the type %s', (type, example) => {
  it('says what its example does, in sentences', () => {
    const { problems, summary } = reviewPlugin(type, example);
    expect(problems).toEqual([]);
    expect(summary.length).toBeGreaterThan(0);
    for (const sentence of summary) expect(sentence).toMatch(/^[^\s].*[^\s]\.$/);
  });

  it('has nothing doubtful in its example', () => {
    expect(reviewPlugin(type, example).warnings).toEqual([]);
  });

  it('says nothing of what is wrong, and no secret', () => {
    expect(reviewPlugin(type, { ...example, unknownField: 1 }).summary).toEqual([]);
    for (const config of [example, ...(FULL_CONFIGS[type] ?? [])]) {
      const { summary } = reviewPlugin(
        type,
        mapSecrets(config, secretPathsOf(type), () => SECRET),
      );
      expect(summary.length).toBeGreaterThan(0);
      expect(summary.join()).not.toContain('planted');
    }
  });
});

it.each<[string, object, string[]]>([
  [
    'trafficControl',
    {
      unit: 'MINUTE',
      apiDefault: 100,
      appDefault: 10,
      specials: [
        {
          type: 'APP',
          policies: [
            { key: 123, value: 5 },
            { key: 123, value: 60 },
          ],
        },
        { type: 'USER', policies: [{ key: 'acc', value: 70 }] },
      ],
    },
    [
      'Each API lets through 100 calls a minute; one app up to 10.',
      'In place of those for accounts and apps, app 123 has up to 60 and account acc has up to 70.',
      'Who is over a limit is refused with T429PR.',
    ],
  ],
  [
    'trafficControl',
    { unit: 'SECOND', apiDefault: 1 },
    [
      'Each API lets through 1 call a second.',
      'Who is over a limit of a second waits for the next one, as many as the limit and 1000 at most; all others are refused with T429PR.',
    ],
  ],
  [
    'trafficControl',
    { unit: 'SECOND', apiDefault: 5, blockingMode: 'QUICK_RETURN' },
    ['Each API lets through 5 calls a second.', 'Who is over a limit is refused with T429PR.'],
  ],
  [
    'trafficControl',
    {
      scope: 'API',
      defaultLimit: 10,
      defaultPeriod: 'DAY',
      parameters: { a: 'Query:a', b: 'Query:b' },
      rules: [
        { name: 'both', byParameters: 'a,b', limit: 1, period: 'HOUR' },
        { name: 'some', condition: "$a =\n 'x'", limit: 2, period: 'SECOND' },
      ],
    },
    [
      'Each API lets through 10 calls a day.',
      'both: up to 1 call an hour for each combination of values of $a and $b.',
      "some: up to 2 calls a second where $a = 'x'.",
      'Who is over a limit of a second waits for the next one, as many as the limit and 1000 at most; all others are refused with T429PR.',
    ],
  ],
  [
    'trafficControl',
    { rules: [{ name: 'all', limit: 2, period: 'MINUTE' }] },
    [
      'all: up to 2 calls a minute.',
      'All APIs that have the plugin are counted together.',
      'Who is over a limit is refused with T429PR.',
    ],
  ],
  [
    'ipControl',
    {
      type: 'ALLOW',
      items: [{ blocks: ['10.0.0.0/8', '192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4', '192.0.2.5', '192.0.2.6'] }],
    },
    ['Lets in only callers from 10.0.0.0/8, 192.0.2.1, 192.0.2.2, 192.0.2.3, 192.0.2.4 and 2 more.'],
  ],
  [
    'ipControl',
    {
      type: 'ALLOW',
      resource: 'XFF:-1',
      items: [
        { appId: 1, blocks: ['10.0.0.1'] },
        { appId: 2, blocks: ['10.0.0.1'] },
        { appId: 3, blocks: ['10.0.0.1'] },
        { appId: 4, blocks: ['10.0.0.1'] },
        { appId: 5, blocks: ['10.0.0.1'] },
        { appId: 6, blocks: ['10.0.0.1'] },
        { appId: 7, blocks: ['10.0.0.1'] },
      ],
    },
    [
      'Lets in callers from anywhere, but for the apps that have a list of their own.',
      'Lets in the app 1 only from 10.0.0.1.',
      'Lets in the app 2 only from 10.0.0.1.',
      'Lets in the app 3 only from 10.0.0.1.',
      'Lets in the app 4 only from 10.0.0.1.',
      'Lets in the app 5 only from 10.0.0.1.',
      '2 apps more have lists of their own.',
      'The address is number 1 from the end of X-Forwarded-For; who has none there is refused.',
    ],
  ],
  [
    'ipControl',
    { type: 'REFUSE', resource: 'xff: 0', items: [{ blocksDatasetId: 'd1' }, { appId: 7, blocks: ['10.0.0.1'] }] },
    [
      'Keeps out callers from the dataset d1.',
      'Keeps out the app 7 from 10.0.0.1.',
      'The address is number 1 of X-Forwarded-For; who has none there is refused.',
    ],
  ],
  [
    'backendSignature',
    { type: 'APIGW_BACKEND', app: 'orders_app' },
    ['Signs calls to the backend for a backend that verifies, with the newest key pair of the app orders_app and HmacSHA256.'],
  ],
  [
    'jwtAuth',
    {
      parameter: 'token',
      bypassEmptyToken: true,
      ignoreExpirationCheck: true,
      preventJtiReplay: true,
      jwksUri: 'https://keys.example.com/set?secret=planted',
    },
    [
      'Asks for a JSON Web Token in the API’s parameter token.',
      'A request without one passes, without claims.',
      'Its signature must fit one of the keys at https://keys.example.com/set.',
      'A token that has expired passes, too.',
      'Each token passes once, by its claim jti.',
    ],
  ],
  [
    'jwtAuth',
    {
      parameter: 'token',
      parameterLocation: 'cookie',
      jwks: [
        { kty: 'oct', k: SECRET, alg: 'HS256' },
        { kty: 'oct', kid: 'two', k: SECRET, alg: 'HS256' },
      ],
      blockClaimParameterName: 'sub',
      blockByDataSet: 'd1',
      claimParameters: [
        { claimName: 'sub', parameterName: 'user', location: 'formData' },
        { claimName: 'org', parameterName: 'org', location: 'path' },
      ],
    },
    [
      'Asks for a JSON Web Token in the cookie token.',
      'A request without one is refused.',
      'Its signature must fit a key of type oct or the key two.',
      'A token that has expired is refused.',
      'A token whose claim sub is in the dataset d1 is refused.',
      'The backend gets the claims sub as form parameter user and org as path parameter org.',
    ],
  ],
  [
    'basicAuth',
    { usersDatasetId: 'd1' },
    ['Lets in only who shows the user name and password of a user of the dataset d1.', 'The backend does not see them.'],
  ],
  [
    'cors',
    {},
    [
      'Pages of any origin may call the API from a browser, with GET, POST, PUT, DELETE, HEAD or 2 more.',
      'They may send any header.',
      'They may read the headers X-Ca-Request-Id, X-Ca-Error-Code and X-Ca-Error-Message of the answer.',
      'Browsers keep the answer to a preflight for up to 172800 s.',
    ],
  ],
  [
    'cors',
    { allowOrigins: 'https://a.com', allowMethods: '*', allowHeaders: '', exposeHeaders: '', maxAge: 0 },
    [
      'Pages of https://a.com may call the API from a browser, with any method; pages of other origins are refused with A403CO.',
      'They may send no header that has to be asked for.',
      'Browsers ask again before each such call.',
    ],
  ],
  [
    'caching',
    { varyByParameters: [], clientCacheControl: { mode: 'all' } },
    [
      'Keeps answers to GET as long as the backend’s Cache-Control says; others are not kept.',
      'An answer is given again to every call of the same path.',
      'The Cache-Control of every client is obeyed.',
    ],
  ],
  [
    'caching',
    { duration: 999999, varyByApp: true, cacheableHeaders: ['X-A', 'X-B'], clientCacheControl: { mode: 'app' } },
    [
      'Keeps answers to GET as long as the backend’s Cache-Control says, and for 172800 s where it says nothing.',
      'An answer is given again to calls of the same path with the same query and app.',
      'Keeps the headers X-A and X-B, too.',
      'The Cache-Control of no client is obeyed.',
    ],
  ],
  [
    'routing',
    {
      routes: [
        {
          name: 'a',
          condition: "$x = '1'",
          backend: { type: 'HTTP-VPC', vpcAccessName: 'orders', path: '/x', method: 'ANY', timeout: 50 },
        },
        {
          name: 'b',
          condition: "$x = '2'",
          backend: { path: '/y', method: 'HEADER' },
          'constant-parameters': [
            { name: 'Authorization', location: 'header', value: 'planted' },
            { name: 'q', location: 'QUERY', value: 'planted' },
          ],
        },
        { name: 'c', condition: '1 = 1', backend: { type: 'MOCK' } },
        { name: 'd', condition: "$x = '3'", backend: { type: 'http' } },
      ],
    },
    [
      'The first of these routes that fits is taken.',
      "a: where $x = '1', a request goes to the VPC access orders (path /x, the client’s method, for up to 50 ms).",
      "b: where $x = '2', a request goes to the API’s own backend (path /y, method HEAD), with the header Authorization and query q set.",
      'c: all other requests go to the MOCK answer.',
      "d: where $x = '3', a request goes to the API’s own HTTP backend. None comes so far.",
    ],
  ],
  [
    'accessControl',
    { rules: [{ name: 'a', condition: "$x = '1'", ifTrue: 'ALLOW', ifFalse: 'DENY', statusCode: 404 }] },
    ["a: where $x = '1', a request passes, any other is refused with 404.", 'A request that no rule decides about passes.'],
  ],
  [
    'errorMapping',
    {
      parameters: {},
      errorCondition: "$x = '1'",
      mappings: [{ condition: '1 = 1', statusCode: 400, responseHeaders: { A: '1', B: '2' } }],
    },
    [
      "An answer is an error where $x = '1'; all others stay as they are.",
      'An error where 1 = 1 gets the status 400 and the headers A and B.',
      'Any other error stays as it is.',
    ],
  ],
  [
    'circuitBreaker',
    { timeoutThreshold: 1 },
    [
      'After 1 call without connection or answer in 30 s, the backend is not called for 90 s.',
      'Meanwhile callers get D503CB.',
      'Then a few calls try it, for each API and route by itself.',
    ],
  ],
  [
    'remoteAuth',
    {
      authUriType: 'HTTP-VPC',
      authUri: { vpcAccessName: 'auth' },
      successCondition: "$x = '1'",
      passThroughBody: true,
      passThroughPath: true,
    },
    [
      'Asks the VPC access auth (path /) by POST whether a request may pass, and waits up to 5000 ms.',
      'Sends of the request the body and the path.',
      "By the answer, a request passes where $x = '1'; any other is refused with 403.",
      'Where the service does not answer in time, a request is refused with D503RA.',
    ],
  ],
  [
    'remoteAuth',
    { authUri: { address: 'https://auth.example.com', path: '/check' }, successCondition: "$x = '1'" },
    [
      'Asks https://auth.example.com/check by POST whether a request may pass, and waits up to 5000 ms.',
      'Sends of the request nothing.',
      "By the answer, a request passes where $x = '1'; any other is refused with 403.",
      'Where the service does not answer in time, a request is refused with D503RA.',
    ],
  ],
  [
    'transformer',
    {
      setResponseStatusCode: 204,
      putRequestParameter: [
        { name: 'Authorization', value: 'planted', location: 'header' },
        { name: 'f', value: 'planted', location: 'form' },
      ],
      addResponseHeaderIfAbsent: [{ name: 'X-A', value: 'planted' }],
    },
    [
      'Sets the header Authorization and the form parameter f of the request.',
      'Sets the status of the backend’s answer to 204.',
      'Adds the header X-A to the backend’s answer where it is absent.',
    ],
  ],
  ['transformer', { putResponseHeader: [] }, ['Changes nothing.']],
  [
    'logMask',
    {
      rules: [
        { name: 'a', location: 'REQUEST_HEADER', parameters: ['X-A', 'X-B'] },
        { name: 'b', location: 'RESPONSE_HEADER', parameters: ['X-A'], policy: 'KEEP_LEFT:1' },
        { name: 'c', location: 'REQUEST_QUERY', parameters: ['p'], policy: 'KEEP_RIGHT:4' },
        { name: 'd', location: 'REQUEST_TOKEN', parameters: ['sub'], policy: 'KEEP_CENTER:3,4' },
        { name: 'e', location: 'REQUEST_BODY', matchMode: 'D: 016', policy: 'KEEP_CENTER:0,2' },
        { name: 'f', location: 'RESPONSE_BODY', matchMode: 'EMAIL' },
        { name: 'g', location: 'RESPONSE_BODY', matchMode: 'IDCARD', policy: 'KEEP_LEFT:0' },
      ],
    },
    [
      'Masks in the access log the headers X-A and X-B of requests.',
      'Masks in the access log the header X-A of answers, all but the first 1 character.',
      'Masks in the access log the query parameter p, all but the last 4 characters.',
      'Masks in the access log the claim sub, all but 4 characters behind the first 3.',
      'Masks in the access log digits, 16 or more in a row, in bodies of requests, all but the first 2 characters.',
      'Masks in the access log mail addresses in bodies of answers.',
      'Masks in the access log identity card numbers in bodies of answers.',
      'Requests and answers themselves stay as they are.',
    ],
  ],
])('of %s %j: %j', (type, config, expected) => {
  const { problems, summary } = reviewPlugin(type, config);
  expect([problems, summary]).toEqual([[], expected]);
  expect(summary.join()).not.toContain('planted');
});

it('a type that nobody knows says nothing', () => {
  expect(reviewPlugin('nothing', {})).toMatchObject({ config: null, summary: [] });
});
