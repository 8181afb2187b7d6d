/** Plugins of the old account that decide who may pass: by address, origin, password, token, list, number, or another's word. */
import { LOGINS, MEMBERS, OFFICES } from './datasets.js';
import { allows, type Guard, ok, page } from './guard.js';
import { BLUE, reached, refused } from './kind.js';
import { oldTokens } from './tokens.js';

const basic = (login: string) => ({ Authorization: `Basic ${Buffer.from(login).toString('base64')}` });

export const admittingGuards: readonly Guard[] = [
  {
    type: 'ipControl',
    to: 'api',
    config: { type: 'ALLOW', items: [{ blocksDatasetId: OFFICES }] },
    samples: (ask) => [{ target: ask('/a'), gets: ok }],
  },
  {
    type: 'ipControl',
    to: 'api',
    config: { type: 'REFUSE', resource: 'XFF:0', items: [{ blocks: ['203.0.113.0/24'] }] },
    samples: (ask) => [
      { target: ask('/a'), headers: { 'X-Forwarded-For': '198.51.100.1' }, gets: ok },
      { target: ask('/a'), headers: { 'X-Forwarded-For': '203.0.113.9' }, gets: refused(403, 'A403IP') },
    ],
  },
  {
    type: 'trafficControl',
    to: 'api',
    once: true,
    config: { unit: 'DAY', apiDefault: 1 },
    // What is over the limit is a test of its own: a day may end between two requests.
    samples: (ask) => [{ target: ask('/first'), gets: ok }],
  },
  {
    type: 'cors',
    to: 'api',
    config: { allowOrigins: 'https://*.pages.test', allowMethods: 'GET,PUT', allowHeaders: 'X-Token', maxAge: 60 },
    samples: (ask) => [
      { target: ask('/c'), headers: page('a.pages.test'), gets: { ...ok, headers: allows('https://a.pages.test') } },
      { target: ask('/c'), headers: page('evil.test'), gets: refused(403, 'A403CO') },
      {
        target: ask('/c'),
        method: 'OPTIONS',
        headers: { ...page('a.pages.test'), 'Access-Control-Request-Method': 'PUT' },
        gets: { ...ok, headers: { ...allows('https://a.pages.test'), 'access-control-max-age': '60' }, body: '' },
      },
    ],
  },
  {
    type: 'basicAuth',
    to: 'api',
    config: { users: [{ username: 'alice', password: 'in wonderland' }] },
    samples: (ask) => [
      { target: ask('/b'), headers: basic('alice:in wonderland'), gets: ok },
      { target: ask('/b'), headers: basic('alice:guess'), gets: refused(401, 'A401BA') },
    ],
  },
  {
    type: 'basicAuth',
    to: 'api',
    config: { usersDatasetId: LOGINS },
    samples: (ask) => [
      { target: ask('/b'), headers: basic('bob:builder'), gets: ok },
      { target: ask('/b'), gets: refused(401, 'A401BA') },
    ],
  },
  {
    type: 'accessControl',
    to: 'api',
    config: {
      parameters: { tier: 'Header:X-Tier' },
      rules: [{ name: 'gold', condition: "$tier = 'gold'", ifFalse: 'DENY', statusCode: 402, responseBody: 'not for ${tier}' }],
    },
    samples: (ask) => [
      { target: ask('/t'), headers: { 'X-Tier': 'gold' }, gets: ok },
      { target: ask('/t'), headers: { 'X-Tier': 'lead' }, gets: { ...refused(402, 'A403AC'), body: 'not for lead' } },
    ],
  },
  {
    type: 'accessControl',
    to: 'api',
    config: {
      parameters: { user: 'Query:user' },
      rules: [{ name: 'members', assertParameterName: 'user', assertInDataset: MEMBERS, ifFalse: 'DENY' }],
    },
    samples: (ask) => [
      { target: ask('/m?user=member-249'), gets: ok },
      { target: ask('/m?user=member-250'), gets: refused(403, 'A403AC') },
    ],
  },
  {
    type: 'jwtAuth',
    to: 'api',
    config: {
      parameter: 'Authorization',
      parameterLocation: 'header',
      jwk: { kty: 'oct', kid: 'old', alg: 'HS256', k: oldTokens.key },
      claimParameters: [{ claimName: 'sub', parameterName: 'X-User', location: 'header' }],
    },
    samples: (ask) => [
      {
        target: ask('/j'),
        headers: { Authorization: `Bearer ${oldTokens.of('carol')}`, 'X-User': 'forged' },
        gets: reached({ headers: { 'x-user': 'carol' } }),
      },
      { target: ask('/j'), headers: { Authorization: `Bearer ${oldTokens.of('carol')}x` }, gets: refused(403, 'A403JT') },
      { target: ask('/j'), gets: refused(400, 'I400JR') },
    ],
  },
  {
    type: 'remoteAuth',
    to: 'api',
    config: {
      parameters: { token: "BodyJsonField:$.headers['x-token']" },
      authUri: { address: BLUE, path: '/judge', method: 'POST' },
      authParameters: [
        { sourceParameterName: 'X-Token', sourceLocation: 'header', targetParameterName: 'X-Token', targetLocation: 'header' },
      ],
      successCondition: "$token = 'sesame'",
      errorStatusCode: 403,
    },
    samples: (ask) => [
      { target: ask('/o'), headers: { 'X-Token': 'sesame' }, gets: ok },
      { target: ask('/o'), headers: { 'X-Token': 'barley' }, gets: refused(403, 'A403RA') },
    ],
  },
];
