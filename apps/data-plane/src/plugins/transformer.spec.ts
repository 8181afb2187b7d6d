/** transformer on the wire: what the backend gets, what the client gets, and that signatures fit both (plugins, section 5.14). */
import { contentMd5, hmacBase64, prepareSecret } from '@causeway/signature';
import { afterEach, describe, expect, it } from '@jest/globals';
import { answering, type Backend, ok, startBackend } from '../testing/backend.js';
import { ask, get, post } from '../testing/client.js';
import { type ApiInput, INTERNAL_HOST, type PluginInput } from '../testing/snapshot.js';
import { type Plane, startPlane } from '../testing/start-plane.js';
import { headerOf } from '../testing/wire.js';

let plane: Plane;
let backend: Backend;

afterEach(async () => {
  await plane.untilMetric('causeway_running_requests', 0);
  expect(plane.failures).toEqual([]);
  await plane.stop();
  await backend.close();
});

const FORM = 'Content-Type: application/x-www-form-urlencoded';
const change: PluginInput = {
  id: 'change',
  type: 'transformer',
  config: {
    removeRequestParameter: [
      { name: 'X-Drop', location: 'header' },
      { name: 'debug', location: 'query' },
      { name: 'old', location: 'form' },
    ],
    putRequestParameter: [
      { name: 'X-Set', location: 'header', value: 'own' },
      { name: 'q', location: 'query', value: 'ü' },
      { name: 'f', location: 'form', value: 'a b' },
    ],
    addRequestParameterIfAbsent: [{ name: 'size', location: 'query', value: 20 }],
    setResponseStatusCode: 202,
    removeResponseHeader: [{ name: 'x-powered-by' }],
    putResponseHeader: [{ name: 'Cache-Control', value: 'no-store' }],
  },
};
const signer: PluginInput = {
  id: 'signer',
  type: 'backendSignature',
  config: { type: 'APIGW_BACKEND', key: 'K', secret: 'v1.S' },
};

async function start(api: Partial<ApiInput> = {}, plugins: readonly PluginInput[] = [change], more: readonly ApiInput[] = []) {
  backend = await startBackend(answering(ok('done', ['X-Powered-By: php', 'X-Kept: 1'])));
  const own: ApiInput = {
    path: '/a',
    backend: { type: 'HTTP', address: backend.address },
    plugins: plugins.map(({ id }) => id),
    ...api,
  };
  plane = await startPlane({ program: { apis: [own, ...more], plugins } });
}

describe('a request', () => {
  it('reaches the backend changed, and its answer the client', async () => {
    await start();
    const lines = ['X-Drop: 1', 'x-set: client', 'X-Other: 2', `Content-MD5: ${contentMd5(Buffer.from('old=1&f=2&g=3'))}`, FORM];
    const answer = await ask(plane.publicPort, post('/a?q=1&debug=1&r=%7e', 'old=1&f=2&g=3', lines));
    const [sent] = backend.requests;
    expect([sent!.start, sent!.body]).toEqual(['POST /?r=%7e&q=%C3%BC&size=20 HTTP/1.1', 'g=3&f=a+b']);
    const seen = ['X-Drop', 'X-Set', 'X-Other', 'Content-MD5', 'Content-Length', 'Content-Type'];
    expect(seen.map((name) => headerOf(sent!.lines, name))).toEqual([
      ...[undefined, 'own', '2', undefined, '9'],
      'application/x-www-form-urlencoded; charset=UTF-8',
    ]);
    expect(answer.start).toBe('HTTP/1.1 202 Accepted');
    expect(['X-Powered-By', 'X-Kept', 'Cache-Control'].map((name) => headerOf(answer.lines, name))).toEqual([
      ...[undefined, '1', 'no-store'],
    ]);
  });

  it('with a body that is no form keeps it byte for byte', async () => {
    await start();
    await ask(plane.publicPort, post('/a', '{"f":1}', ['Content-Type: application/json']));
    expect(backend.requests[0]!.body).toBe('{"f":1}');
  });

  it('loses a route’s constant that the transformer removes', async () => {
    const constants = [{ name: 'X-Drop', location: 'header', value: 'route' }];
    const routes = [{ name: 'r', condition: '1 = 1', backend: {}, 'constant-parameters': constants }];
    await start({}, [change, { id: 'routes', type: 'routing', config: { routes } }]);
    await ask(plane.publicPort, get('/a'));
    const { lines } = backend.requests[0]!;
    expect([headerOf(lines, 'X-Ca-Routing-Name'), headerOf(lines, 'X-Drop')]).toEqual(['r', undefined]);
  });
});

it('a refusal of the gateway stays as it is', async () => {
  await start({ backend: { type: 'HTTP', address: 'http://127.0.0.1:1' } });
  const answer = await ask(plane.publicPort, get('/a'));
  expect([answer.start.split(' ')[1], headerOf(answer.lines, 'Cache-Control')]).toEqual(['504', undefined]);
});

it('the signature for a backend is over what it gets', async () => {
  const constants = ['X-Drop', 'X-Set', 'X-Stay'].map((name) => ({ name, in: 'header' as const, value: 'api' }));
  await start({ constants }, [change, signer]);
  await ask(plane.publicPort, post('/a?debug=1', 'old=1', [FORM]));
  const { lines } = backend.requests[0]!;
  const signed = ['x-ca-proxy-signature-secret-key', 'x-set', 'x-stay'];
  expect(headerOf(lines, 'X-Ca-Proxy-Signature-Headers')).toBe(signed.join(','));
  const headers = signed.map((name) => `${name}:${headerOf(lines, name)}\n`).join('');
  const text = `POST\n\n${headers}/?f=a b&q=ü&size=20`;
  expect(headerOf(lines, 'X-Ca-Proxy-Signature')).toBe(hmacBase64('HmacSHA256', prepareSecret('S'), text));
  expect(['x-drop', 'x-set'].map((name) => headerOf(lines, name))).toEqual([undefined, 'own']);
});

it('an internal callee is called with what was changed, and its own transformer acts on its own call', async () => {
  const callee: ApiInput = {
    path: '/b',
    backend: { type: 'MOCK', body: 'callee', headers: [{ name: 'X-Powered-By', value: 'm' }] },
    plugins: ['change'],
  };
  await start({ backend: { type: 'HTTP', address: INTERNAL_HOST, path: '/b' }, plugins: [] }, [change], [callee]);
  const answer = await ask(plane.publicPort, get('/a'));
  expect([answer.start, answer.body, headerOf(answer.lines, 'X-Powered-By')]).toEqual([
    'HTTP/1.1 202 Accepted',
    'callee',
    undefined,
  ]);
});
