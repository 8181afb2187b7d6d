/** A store with one anonymous API for each plugin that is measured, all of the same shape, and one without any. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { type Chunk, chunkKeys, type PluginType, sealedPaths } from '@causeway/contract';
import { mapSecrets, secretPathsOf } from '@causeway/plugins';
import { groupChunk, publishedApi } from './chunks.js';

const GROUP = 'b1a9e5'.padEnd(32, '0');
/** Not the generated domain: on that one nothing is kept by plugins of type caching. */
export const HOST = 'plugins.bench.test';

export const BLOCKS = 10_000;
export const ORIGIN = 'https://www.example.com';
export const USER = 'alice';
export const PASSWORD = 'correct horse battery staple';

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** Good for as long as a benchmark lasts; the plugin has seen it before, as it has seen most tokens. */
export function bearerToken(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'ES256', kid: 'k' })}.${part({ sub: USER, exp: Math.floor(Date.now() / 1000) + 86_400 })}`;
  const signature = sign('sha256', Buffer.from(text), { key: keys.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}

export interface MeasuredPlugin {
  /** Also the path of its API. */
  readonly name: string;
  readonly type: PluginType;
  readonly config: Record<string, unknown>;
}

/** Each does its work on the request that is sent, and lets it pass. */
export const MEASURED_PLUGINS: readonly MeasuredPlugin[] = [
  { name: 'ip-control', type: 'ipControl', config: { type: 'REFUSE', items: [{ blocks: blocks(BLOCKS) }] } },
  { name: 'cors', type: 'cors', config: { allowOrigins: `${ORIGIN},*.shop.example.com`, allowCredentials: true } },
  {
    name: 'access-control',
    type: 'accessControl',
    config: {
      parameters: { agent: 'Header:User-Agent', path: 'Path' },
      rules: [
        { name: 'bots', condition: "$agent like '%bot%'", ifTrue: 'DENY' },
        { name: 'internal', condition: "$path like '/internal/%'", ifTrue: 'DENY' },
      ],
    },
  },
  { name: 'traffic-control', type: 'trafficControl', config: { unit: 'MINUTE', apiDefault: 100_000_000 } },
  { name: 'basic-auth', type: 'basicAuth', config: { users: [{ username: USER, password: PASSWORD }] } },
  {
    name: 'jwt-auth',
    type: 'jwtAuth',
    config: {
      parameter: 'Authorization',
      parameterLocation: 'header',
      jwk: { ...keys.publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'ES256' },
      claimParameters: [{ claimName: 'sub', parameterName: 'X-User-Id', location: 'header' }],
    },
  },
  {
    name: 'routing',
    type: 'routing',
    config: {
      parameters: { target: 'Query:target' },
      routes: [{ name: 'other', condition: "$target = 'other'", backend: { type: 'MOCK', statusCode: 503 } }],
    },
  },
  {
    name: 'backend-signature',
    type: 'backendSignature',
    config: { type: 'APIGW_BACKEND', key: 'BENCHKEY', secret: 'BENCHSECRET' },
  },
  {
    name: 'transformer',
    type: 'transformer',
    config: {
      putRequestParameter: [{ name: 'X-Tenant', value: 'blue', location: 'header' }],
      putResponseHeader: [{ name: 'X-Served-By', value: 'bench' }],
    },
  },
  {
    name: 'error-mapping',
    type: 'errorMapping',
    config: {
      parameters: { status: 'StatusCode' },
      errorCondition: '$status >= 400',
      mappings: [{ condition: '$status = 404', statusCode: 404, errorMessage: 'no such thing' }],
    },
  },
  {
    name: 'circuit-breaker',
    type: 'circuitBreaker',
    config: { errorCondition: '$StatusCode >= 500', errorThreshold: 1000, windowInSeconds: 30, openTimeoutSeconds: 60 },
  },
  { name: 'caching', type: 'caching', config: { duration: 3600 } },
];

export const WITHOUT = 'without';

/** Key -> chunk, beside those of every store. */
export function pluginApis(originPort: number, seal: (path: string, text: string) => string): Record<string, Chunk> {
  const idOf = (n: number) => n.toString(16).padStart(32, '0');
  const apis = [
    { name: WITHOUT, plugins: [] as string[] },
    ...MEASURED_PLUGINS.map(({ name }, n) => ({ name, plugins: [idOf(n + 1)] })),
  ];
  const chunks: Record<string, Chunk> = {
    [chunkKeys.group(GROUP)]: {
      ...groupChunk(GROUP),
      domains: [{ domain: HOST, type: 'internet', stage: null, patterns: [] }],
    },
    [chunkKeys.apis(GROUP, 0)]: {
      kind: 'apis',
      groupId: GROUP,
      apis: apis.map(({ name, plugins }, n) => ({
        ...publishedApi(idOf(n + 1), {
          name: name.replaceAll('-', '_'),
          auth: 'ANONYMOUS',
          request: { protocols: ['HTTP'], method: 'GET', path: `/${name}` },
          backend: { type: 'HTTP', address: `http://127.0.0.1:${originPort}`, path: '/', method: 'GET' },
        }),
        plugins,
      })),
    },
  };
  for (const [n, { name, type, config }] of MEASURED_PLUGINS.entries()) {
    const id = idOf(n + 1);
    chunks[chunkKeys.plugin(id)] = { kind: 'plugin', id, name, type, config: sealed(id, type, config, seal) };
  }
  return chunks;
}

function sealed(id: string, type: PluginType, config: Record<string, unknown>, seal: (path: string, text: string) => string) {
  return mapSecrets(config, secretPathsOf(type), (field, text) => seal(sealedPaths.pluginField(id, field), text));
}

/** Of the range for documentation and benchmarks that nobody calls from (RFC 2544), /32 by /32. */
function blocks(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `198.${18 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}`);
}
