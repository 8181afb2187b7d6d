/**
 * The list of refusals: every code of the error table is provoked here by a real request to a running data plane, or stands below with
 * what will bring it.
 */
import { createHmac } from 'node:crypto';
import { type Chunk, ERROR_TABLE, type ErrorCode } from '@causeway/contract';
import type { HashedChunk } from '@causeway/engine';
import { hmacBase64, prepareSecret } from '@causeway/signature';
import { afterAll, describe, expect, it } from '@jest/globals';
import { answering, type Backend, ok, startBackend } from '../testing/backend.js';
import { ask, dial, get, post } from '../testing/client.js';
import {
  type ApiInput,
  GROUP,
  HOP_IDS,
  HOST,
  INTERNAL_HOST,
  idOf,
  type PluginInput,
  plainSecret,
  type SnapshotInput,
  snapshot,
} from '../testing/snapshot.js';
import { freePort, type Plane, type PlaneOptions, startPlane } from '../testing/start-plane.js';
import { until } from '../testing/until.js';
import { headerOf, type Message } from '../testing/wire.js';

/** Codes that nothing here can provoke yet, by what brings them. */
const TO_COME: Readonly<Record<string, readonly ErrorCode[]>> = {
  'the vpc listener': ['A403VN'],
};

interface Case {
  /** What is published; `backend` answers 200 unless `behave` says otherwise. */
  readonly program?: (address: string) => SnapshotInput | Map<string, HashedChunk> | null;
  readonly options?: Partial<PlaneOptions>;
  readonly behave?: Parameters<typeof startBackend>[0];
  /** Text of one request, or what is done to get the refusal; null: the log alone has it. */
  readonly request: string | ((plane: Plane, backend: Backend) => Promise<Message | null>);
}

const OTHER_GROUP = 'f'.repeat(32);
const FORM = 'Content-Type: application/x-www-form-urlencoded';
const PATH_API: Partial<ApiInput> = { backend: { type: 'MOCK', body: 'x' } };

const mock = (api: Partial<ApiInput> = {}, rest: Partial<SnapshotInput> = {}) => {
  return (): SnapshotInput => ({ apis: [{ ...PATH_API, ...api }], ...rest });
};
const app = (api: Partial<ApiInput> = {}) => mock({ auth: 'APP', ...api }, { keys: { K: 'S' } });
const to = (address: string): SnapshotInput => ({ apis: [{ backend: { type: 'HTTP', address, path: '/*' } }] });
const at = (address: string) => () => to(address);
/** An API in front of the backend, with one plugin. */
const withPlugin =
  (type: PluginInput['type'], config: (address: string) => PluginInput['config']) =>
  (address: string): SnapshotInput => ({
    apis: [{ backend: { type: 'HTTP', address, path: '/*' }, plugins: ['p'] }],
    plugins: [{ id: 'p', type, config: config(address) }],
  });

/** The chunks of a snapshot, one of them altered behind its schema's back: as a later or broken control plane might have written it. */
function altered(
  input: SnapshotInput,
  kind: Chunk['kind'],
  alter: (chunk: Record<string, never>) => void,
): Map<string, HashedChunk> {
  const chunks = snapshot(input);
  for (const { chunk } of chunks.values()) if (chunk.kind === kind) alter(chunk as never);
  return new Map([...chunks].map(([key, { chunk }]) => [key, { hash: JSON.stringify(chunk), chunk }]));
}

const JWT_SECRET = Buffer.alloc(32, 7);

/** An API for tokens of one key, named k. */
const withJwt = (config: PluginInput['config'] = {}, datasets: SnapshotInput['datasets'] = []) =>
  mock(
    { plugins: ['jwt'] },
    {
      datasets,
      plugins: [
        {
          id: 'jwt',
          type: 'jwtAuth',
          config: {
            parameter: 'Authorization',
            parameterLocation: 'header',
            jwk: { kty: 'oct', kid: 'k', k: plainSecret(JWT_SECRET.toString('base64url')) },
            ...config,
          },
        },
      ],
    },
  );

function withToken(claims: object, header: object = {}): string {
  const encoded = [{ alg: 'HS256', kid: 'k', ...header }, claims].map((each) =>
    Buffer.from(JSON.stringify(each)).toString('base64url'),
  );
  const signature = createHmac('sha256', JWT_SECRET).update(encoded.join('.')).digest('base64url');
  return get('/a', [`Authorization: Bearer ${encoded.join('.')}.${signature}`]);
}

/** Header lines that sign `GET target` as K with S; more lines are signed when they are the four that always are. */
function signed(target: string, lines: readonly string[] = [], list: readonly string[] = ['X-Ca-Key']): string[] {
  const all = ['X-Ca-Key: K', ...lines];
  const value = (name: string) => headerOf(all, name) ?? '';
  const names = [...list].sort();
  const block = names.map((name) => `${name}:${value(name)}\n`).join('');
  const text = `GET\n\n${value('Content-MD5')}\n\n\n${block}${target}`;
  return [
    ...all,
    `X-Ca-Signature-Headers: ${names.join(',')}`,
    `X-Ca-Signature: ${hmacBase64('HmacSHA256', prepareSecret('S'), text)}`,
  ];
}

const twice = (text: string) => async (plane: Plane) => {
  await ask(plane.publicPort, text);
  return ask(plane.publicPort, text);
};
/** Until a limit of one request a second is reached. */
const often = (text: string) => async (plane: Plane) => {
  for (let count = 0; count < 50; count++) {
    const answer = await ask(plane.publicPort, text);
    if (headerOf(answer.lines, 'X-Ca-Error-Code') !== undefined) return answer;
  }
  return null;
};

const CASES: Readonly<Partial<Record<ErrorCode, Case>>> = {
  I400HD: { request: get('/a', [`Host: ${HOST}`]) },
  I400MH: { program: app(), request: get('/a', ['X-Ca-Key: K']) },
  I400BD: { program: to, request: `POST /a HTTP/1.1\r\nHost: ${HOST}\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n` },
  I400PA: { request: get('/../a') },
  I400RU: { request: get('/a#b') },
  I400CT: { program: app(), request: post('/a', 'a=b', ['X-Ca-Key: K', 'X-Ca-Signature: s', `${FORM}; charset=koi8-r`]) },
  I400SG: { request: get('/a', ['X-Ca-Stage: NOWHERE']) },
  I400I5: { program: app(), request: get('/a', signed('/a', ['Content-MD5: 1B2M2Y8AsgTpgAmY7PhCfg=='])) },
  I400NC: {
    program: app({ forceNonce: true }),
    request: get('/a', ['X-Ca-Key: K', 'X-Ca-Signature: s', `X-Ca-Timestamp: ${Date.now()}`]),
  },
  I400MP: {
    program: mock({
      request: { mode: 'MAPPING' },
      parameters: [{ name: 'p', in: 'query', required: true, backend: { name: 'p', in: 'query' } }],
    }),
    request: get('/a'),
  },
  I400IP: {
    program: mock({
      request: { mode: 'MAPPING' },
      parameters: [{ name: 'p', in: 'query', type: 'Int', backend: { name: 'p', in: 'query' } }],
    }),
    request: get('/a?p=x'),
  },
  I403PT: { program: mock({ request: { protocols: ['HTTPS'] } }), request: get('/a') },
  I403AA: {
    program: () => altered(app()(), 'apps', (chunk: { apps?: { grants: unknown[] }[] }) => (chunk.apps![0]!.grants = [])),
    request: get('/a', signed('/a')),
  },
  I404DO: { request: get('/a', [], 'unknown.test') },
  I404CO: {
    program: mock({ path: '/b' }),
    request: get('/a', ['Origin: https://a.com', 'Access-Control-Request-Method: PUT']).replace('GET', 'OPTIONS'),
  },
  I404NF: { program: mock({ path: '/b' }), request: get('/a') },
  I405UM: { request: get('/a').replace('GET', 'TRACE') },
  I410GG: {
    program: mock({}, { instance: { movedGroups: [OTHER_GROUP] } }),
    request: get('/a', [], HOST.replace(GROUP, OTHER_GROUP)),
  },
  I413RL: { program: to, options: { limits: { bodyBytes: 3 } }, request: post('/a', 'abcd') },
  I413UL: { request: get(`/${'a'.repeat(8192)}`) },
  I504RB: {
    program: () =>
      altered(mock()(), 'apis', (chunk: { apis?: { definition: { backend?: unknown } }[] }) => {
        delete chunk.apis![0]!.definition.backend;
      }),
    request: get('/a'),
  },
  I508LD: { request: get('/a', [`Via: ${Array(5).fill(HOP_IDS.public).join(', ')}`]) },
  A400MA: { program: app(), request: get('/a') },
  A400IK: { program: app(), request: get('/a', ['X-Ca-Key: unknown', 'X-Ca-Signature: s']) },
  A400AC: { program: app({ appCode: 'HEADER' }), request: get('/a', ['Authorization: APPCODE unknown']) },
  A403IS: { program: app(), request: get('/a', ['X-Ca-Key: K', 'X-Ca-Signature: d3Jvbmc=']) },
  A403AC: {
    program: mock(
      { plugins: ['gate'] },
      {
        plugins: [{ id: 'gate', type: 'accessControl', config: { rules: [{ name: 'r', condition: '1 = 1', ifTrue: 'DENY' }] } }],
      },
    ),
    request: get('/a'),
  },
  A403CO: {
    program: mock({ plugins: ['pages'] }, { plugins: [{ id: 'pages', type: 'cors', config: { allowOrigins: 'a.com' } }] }),
    request: get('/a', ['Origin: https://b.com']),
  },
  A403EP: {
    program: () =>
      altered(app()(), 'apps', (chunk: { apps?: { grants: { expiresAt: string }[] }[] }) => {
        chunk.apps![0]!.grants[0]!.expiresAt = '2020-01-01T00:00:00.000Z';
      }),
    request: get('/a', signed('/a')),
  },
  A403IP: {
    program: mock({}, { instance: { accessLists: { ipv4: { mode: 'deny', blocks: ['127.0.0.0/8'] }, ipv6: null } } }),
    request: get('/a'),
  },
  A403IN: { program: mock({ disableInternet: true }), request: get('/a') },
  S403TE: { program: app(), request: get('/a', signed('/a', ['X-Ca-Timestamp: 1500000000000'])) },
  S403NU: { program: app(), request: twice(get('/a', signed('/a', ['X-Ca-Nonce: n'], ['X-Ca-Key', 'X-Ca-Nonce']))) },
  T429IN: { program: mock({}, { instance: { trafficLimit: 1 } }), request: often(get('/a')) },
  T429GR: { program: mock({}, { group: { trafficLimit: 1 } }), request: often(get('/a')) },
  D502BR: { program: to, behave: answering('SSH-2.0-OpenSSH_9.2\r\n\r\n'), request: get('/a') },
  D503BB: {
    program: to,
    behave: async (wire, self) => {
      self.requests.push(await wire.message());
      await wire.end();
    },
    async request(plane) {
      // 256 connections and 1,024 that wait for one (wire contract 12), over as many connections as pipelining needs.
      const wires = await Promise.all(Array.from({ length: 40 }, () => dial(plane.publicPort)));
      for (const wire of wires) wire.send(get('/wait').repeat(32));
      await plane.untilMetric('causeway_running_requests', 1280);
      const answer = await ask(plane.publicPort, get('/a'));
      for (const wire of wires) wire.socket.destroy();
      await plane.untilMetric('causeway_running_requests', 0);
      return answer;
    },
  },
  D504CO: { request: async (plane) => afresh(plane, at(`http://127.0.0.1:${await freePort()}`)()) },
  D504RE: { program: at('http://no-such-name.invalid'), request: get('/a') },
  D504IL: { program: at('http://169.254.169.254'), request: get('/a') },
  D504CS: {
    program: (address) => to(address.replace('http:', 'https:')),
    behave: async (wire) => {
      await wire.bytes(1);
      wire.send('HTTP/1.1 400 Bad Request\r\n\r\n');
    },
    request: get('/a'),
  },
  D504TO: {
    program: (address) => ({ apis: [{ backend: { type: 'HTTP', address, path: '/*', timeoutMs: 300 } }] }),
    behave: (wire) => wire.end(),
    request: get('/a'),
  },
  N502RE: {
    program: to,
    behave: async (wire, self) => {
      self.requests.push(await wire.message());
      await wire.end();
    },
    async request(plane, backend) {
      const wire = await dial(plane.publicPort);
      wire.send(get('/a'));
      await until(() => backend.requests.length === 1, 'it is at the backend');
      wire.socket.destroy();
      return null;
    },
  },
  A401BA: {
    program: withPlugin('basicAuth', () => ({ users: [{ username: 'a', password: plainSecret('b') }] })),
    request: get('/a'),
  },
  I400JR: { program: withJwt(), request: get('/a') },
  I400JD: { program: withJwt(), request: get('/a', ['Authorization: Bearer abc']) },
  I400JP: {
    program: () => {
      const { apis, ...rest } = withJwt({ jwk: undefined, jwksUri: `http://${INTERNAL_HOST}/keys` })();
      return { ...rest, apis: [...apis, { path: '/keys', backend: { type: 'MOCK', body: '{"keys":[]}' } }] };
    },
    request: withToken({}),
  },
  A403JT: { program: withJwt(), request: withToken({}, { alg: 'none' }) },
  A403JK: { program: withJwt(), request: withToken({}, { kid: 'other' }) },
  A403JE: { program: withJwt(), request: withToken({ exp: 1 }) },
  A403JB: {
    program: withJwt({ blockClaimParameterName: 'sub', blockByDataSet: idOf('blocked') }, [
      { id: 'blocked', type: 'JWT_BLOCKING', values: ['mallory'] },
    ]),
    request: withToken({ sub: 'mallory' }),
  },
  S403JI: { program: withJwt({ preventJtiReplay: true }), request: withToken({}) },
  S403JU: { program: withJwt({ preventJtiReplay: true }), request: twice(withToken({ jti: 'j' })) },
  A403RA: {
    program: withPlugin('remoteAuth', (address) => ({ authUri: { address }, successCondition: '1 = 2' })),
    request: get('/a'),
  },
  D503RA: {
    program: withPlugin('remoteAuth', () => ({ authUri: { address: '127.0.0.1:1' }, successCondition: '1 = 1' })),
    request: get('/a'),
  },
  D503CB: {
    program: withPlugin('circuitBreaker', () => ({ errorCondition: '$StatusCode = 200', errorThreshold: 1 })),
    request: twice(get('/a')),
  },
  T429PR: {
    program: withPlugin('trafficControl', () => ({ unit: 'DAY', apiDefault: 1 })),
    request: twice(get('/a')),
  },
  X400PM: {
    program: () => ({
      apis: [{ plugins: ['bad'], ...PATH_API }],
      plugins: [{ id: 'bad', type: 'routing', config: { routes: 'none' } }],
    }),
    request: get('/a'),
  },
  X500AM: { program: at('http://#NoSuchVariable#'), request: get('/a') },
  X500ER: {
    program: to,
    request(plane) {
      Object.defineProperty(plane.config.limits, 'bodyBytes', {
        get() {
          throw new Error('a bug');
        },
      });
      return ask(plane.publicPort, post('/a', 'x'));
    },
  },
  X501NS: {
    program: () =>
      altered(mock()(), 'apis', (chunk: { apis?: { definition: { backend: unknown } }[] }) => {
        chunk.apis![0]!.definition.backend = { type: 'OSS', bucket: 'b' };
      }),
    request: get('/a'),
  },
  X503BZ: { program: () => null, request: get('/a') },
  X504VE: { program: mock({ backend: { type: 'HTTP-VPC', vpcAccessName: 'none' } }), request: get('/a') },
};

async function afresh(plane: Plane, input: SnapshotInput): Promise<Message> {
  await plane.apply(input);
  return ask(plane.publicPort, get('/a'));
}

describe('the refusals', () => {
  let folder: { plane: Plane; backend: Backend } | null = null;

  it('are all provoked here, or named with what will bring them', () => {
    const later = Object.values(TO_COME).flat();
    expect([...Object.keys(CASES), ...later].sort()).toEqual(Object.keys(ERROR_TABLE).sort());
  });

  it.each(Object.entries(CASES))('%s', async (code, { program = mock(), options, behave, request }) => {
    const backend = await startBackend(behave ?? answering(ok('fine')));
    const plane = await startPlane({ ...options, program: program(backend.address) });
    folder = { plane, backend };
    const answer = typeof request === 'string' ? await ask(plane.publicPort, request) : await request(plane, backend);
    if (code !== 'N502RE') {
      expect(headerOf(answer!.lines, 'X-Ca-Error-Code')).toBe(code);
      expect(answer!.start.split(' ')[1]).toBe(String(ERROR_TABLE[code as ErrorCode].status));
    }
    await plane.untilMetric('causeway_running_requests', 0);
    expect(plane.failures.length).toBe(code === 'X500ER' ? 1 : 0);
    const log = await plane.stopAndReadLog();
    expect(log.filter(({ errorCode }) => errorCode === code).length).toBe(1);
    await backend.close();
    folder = null;
  });

  afterAll(async () => {
    await folder?.plane.stop();
    await folder?.backend.close();
  });
});
