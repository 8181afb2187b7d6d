/** Plugins of the old account that decide where a request goes, and what it and its answer look like. */
import { createHmac } from 'node:crypto';
import { customDomain } from './groups.js';
import { type Guard, ok } from './guard.js';
import { reached } from './kind.js';

export const changingGuards: readonly Guard[] = [
  {
    type: 'routing',
    to: 'api',
    config: {
      parameters: { color: 'Query:color' },
      routes: [
        { name: 'mocked', condition: "$color = 'none'", backend: { type: 'MOCK', statusCode: 202, body: 'mocked' } },
        {
          name: 'inside',
          condition: "$color = 'vpc'",
          backend: { type: 'HTTP-VPC', vpcAccessName: 'pool-1.vpc', path: '/routed' },
        },
      ],
    },
    samples: (ask) => [
      { target: ask('/r?color=none'), gets: { status: 202, body: 'mocked' } },
      { target: ask('/r?color=vpc'), gets: reached({ backend: 'green', headers: { 'x-ca-routing-name': 'inside' } }) },
      { target: ask('/r?color=red'), gets: reached({ backend: 'blue', line: 'GET /guarded/r?color=red' }) },
    ],
  },
  {
    type: 'backendSignature',
    to: 'api',
    config: { type: 'APIGW_BACKEND', key: 'backend-key', secret: 'backend-secret' },
    samples: (ask) => {
      const text = 'GET\n\nx-ca-proxy-signature-secret-key:backend-key\n/guarded/s?a=1&b=';
      const signature = createHmac('sha256', 'backend-secret').update(text).digest('base64');
      return [{ target: ask('/s?b=&a=1'), gets: reached({ headers: { 'x-ca-proxy-signature': signature } }) }];
    },
  },
  {
    type: 'transformer',
    to: 'api',
    config: {
      removeRequestParameter: [{ name: 'debug', location: 'query' }],
      putRequestParameter: [{ name: 'X-Tenant', value: 'old', location: 'header' }],
      putResponseHeader: [{ name: 'Cache-Control', value: 'no-store' }],
    },
    samples: (ask) => [
      {
        target: ask('/x?debug=1&a=1'),
        gets: {
          ...reached({ line: 'GET /guarded/x?a=1', headers: { 'x-tenant': 'old' } }),
          headers: { 'cache-control': 'no-store' },
        },
      },
    ],
  },
  {
    type: 'caching',
    to: 'api',
    config: { duration: 3600 },
    samples: (ask, { n }) => {
      const sample = { target: ask('/kept'), host: customDomain(n) };
      return [
        { ...sample, gets: ok },
        { ...sample, gets: { ...ok, headers: { 'x-ca-caching': 'true' } } },
      ];
    },
  },
  {
    type: 'errorMapping',
    to: 'api',
    config: {
      parameters: { status: 'StatusCode', line: 'BodyJsonField:$.line' },
      errorCondition: '$status >= 400',
      mappings: [{ condition: '$status = 404', statusCode: 410, errorMessage: 'gone', responseBody: 'no ${line}' }],
      defaultMapping: { statusCode: 502 },
    },
    samples: (ask) => [
      { target: ask('/status/404'), gets: { status: 410, body: 'no GET /guarded/status/404' } },
      { target: ask('/status/500'), gets: { status: 502 } },
      { target: ask('/status/201'), gets: { status: 201 } },
    ],
  },
  {
    type: 'circuitBreaker',
    to: 'api',
    once: true,
    config: {
      errorCondition: '$StatusCode = 503',
      errorThreshold: 2,
      openTimeoutSeconds: 300,
      downgradeBackend: { type: 'MOCK', statusCode: 503, body: 'later' },
    },
    samples: (ask) => [
      { target: ask('/fine'), gets: ok },
      { target: ask('/status/503'), gets: { status: 503, body: { backend: 'blue' } } },
      { target: ask('/status/503'), gets: { status: 503, body: { backend: 'blue' } } },
      { target: ask('/fine'), gets: { status: 503, body: 'later' } },
    ],
  },
];
