/** Configurations that name the fields which the example of a type leaves out, for specs that go through every field. */

const backend = {
  type: 'HTTP',
  address: 'orders.example.com',
  path: '/all',
  method: 'GET',
  timeout: 1000,
  statusCode: 200,
  body: 'later',
  headers: [{ name: 'X-A', value: '1' }],
};
const answer = { errorMessage: 'no', responseHeaders: { 'X-A': '1' }, responseBody: 'no' };
const oct = { kty: 'oct', kid: 'one', alg: 'HS256', use: 'sig', key_ops: ['verify'], k: 'a'.repeat(43) };
/** Of RFC 7517, appendix A.1. */
const rsa = {
  kty: 'RSA',
  kid: 'two',
  e: 'AQAB',
  n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
};
const ec = {
  kty: 'EC',
  kid: 'three',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
};
const keys = [oct, rsa, ec];

/** By type; those of other types name all of their fields in their example. */
export const FULL_CONFIGS: Readonly<Record<string, readonly Record<string, unknown>[]>> = {
  ipControl: [{ type: 'REFUSE', resource: 'XFF:0', items: [{ blocksDatasetId: 'd1', appId: 7 }] }],
  jwtAuth: [
    {
      parameter: 'token',
      parameterLocation: 'cookie',
      claimParameters: [{ claimName: 'sub', parameterName: 'X-User', location: 'header' }],
      preventJtiReplay: true,
      bypassEmptyToken: true,
      ignoreExpirationCheck: false,
      jwks: keys,
      blockClaimParameterName: 'sub',
      blockByDataSet: 'd1',
    },
    { parameter: 'token', jwks: { keys } },
    { parameter: 'token', jwk: oct },
    { parameter: 'token', jwk: rsa },
    { parameter: 'token', jwksUri: 'https://keys.example.com/set' },
  ],
  basicAuth: [{ users: [{ username: 'alice', password: 'secret' }], usersDatasetId: 'd1' }],
  remoteAuth: [
    {
      parameters: { status: 'StatusCode' },
      authUriType: 'HTTP-VPC',
      authUri: { vpcAccessName: 'auth', path: '/check', method: 'POST', timeout: 1000 },
      passThroughBody: true,
      passThroughPath: true,
      cachedTimeBySecond: 60,
      trimAuthorizationHeaderPrefix: true,
      authParameters: [
        { sourceParameterName: 'a', sourceLocation: 'query', targetParameterName: 'X-A', targetLocation: 'header' },
      ],
      successCondition: '$status = 200',
      errorMessage: 'no',
      errorStatusCode: 401,
      errorPassThroughHeaderList: ['X-Why'],
    },
  ],
  accessControl: [
    {
      parameters: { user: 'Query:user' },
      rules: [
        { name: 'a', condition: "$user = 'x'", ifTrue: 'ALLOW', ifFalse: 'DENY', statusCode: 404, ...answer },
        { name: 'b', assertParameterName: 'user', assertInDataset: 'd1', ifTrue: 'ALLOW' },
      ],
    },
  ],
  trafficControl: [
    { unit: 'SECOND', apiDefault: 10, controlMode: 'FIX_WINDOW', blockingMode: 'QUICK_RETURN' },
    {
      scope: 'API',
      defaultLimit: 1000,
      defaultPeriod: 'HOUR',
      defaultRetryAfterBySecond: 5,
      blockingMode: 'QUICK_RETURN',
      parameters: { user: 'Query:user' },
      rules: [
        {
          name: 'a',
          byParameters: 'user',
          condition: "$user <> 'x'",
          limit: 10,
          period: 'MINUTE',
          retryAfterBySecond: 5,
          bypassEmptyValue: true,
        },
      ],
    },
  ],
  caching: [{ varyByApp: true, clientCacheControl: { mode: 'app', apps: [7] }, cacheableHeaders: ['X-Trace'] }],
  routing: [
    {
      routes: [
        {
          name: 'a',
          condition: "$CaStage = 'PRE'",
          backend,
          'constant-parameters': [{ name: 'X-Ca-Stage', location: 'header', value: 'PRE' }],
        },
        { name: 'b', condition: "$CaStage = 'TEST'", backend: { type: 'HTTP-VPC', vpcAccessName: 'orders', mockBody: 'x' } },
      ],
    },
  ],
  transformer: [{ setResponseStatusCode: 200, addResponseHeaderIfAbsent: [{ name: 'X-A', value: '1' }] }],
  errorMapping: [
    {
      parameters: { code: 'Header:X-Code' },
      errorCondition: "$code <> 'OK'",
      errorCode: 'code',
      mappings: [
        { code: 'A', statusCode: 400, ...answer },
        { condition: "$code = 'B'", statusCode: 400 },
      ],
      defaultMapping: { statusCode: 500, ...answer },
    },
  ],
  circuitBreaker: [
    { timeoutThreshold: 10, windowsInSeconds: 30, downgradeBackend: { ...backend, vpcAccessName: 'orders', mockBody: 'x' } },
  ],
  backendSignature: [{ type: 'APIGW_BACKEND', app: 'orders_app' }],
};
