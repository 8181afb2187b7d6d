/** The Content-MD5 of a signed request: no backend ever has all of a body that is not what was signed (wire contract 2.4). */
import { afterEach, describe, expect, it } from '@jest/globals';
import { answering, type Backend, type Behaviour, ok, startBackend } from './testing/backend.js';
import { ask, dial, post } from './testing/client.js';
import { md5, type SignedRequest, signed } from './testing/sign.js';
import { type ApiInput, GROUP, type PluginInput, plainSecret } from './testing/snapshot.js';
import { type Plane, startPlane } from './testing/start-plane.js';
import { until } from './testing/until.js';
import { headerOf, type Message } from './testing/wire.js';

const BODY = '{"amount":1}';
const ALTERED = '{"amount":9}';
const JSON_TYPE = ['Content-Type', 'application/json'] as const;
const FORM_TYPE = ['Content-Type', 'application/x-www-form-urlencoded'] as const;

const codeOf = ({ lines }: Message) => headerOf(lines, 'X-Ca-Error-Code');

describe('a signed Content-MD5', () => {
  let plane: Plane;
  let backend: Backend;

  async function start(
    behave: Behaviour = answering(ok('')),
    api: Partial<ApiInput> = {},
    more: { apis?: readonly ApiInput[]; plugins?: readonly PluginInput[]; environment?: Record<string, string> } = {},
  ) {
    backend = await startBackend(behave);
    const apis = [
      { auth: 'APP' as const, path: '/a', backend: { type: 'HTTP' as const, address: backend.address, path: '/b' }, ...api },
      ...(more.apis ?? []),
    ];
    plane = await startPlane({
      program: { apis, plugins: more.plugins ?? [], keys: { K: 'S' } },
      environment: more.environment ?? {},
    });
  }

  afterEach(async () => {
    await plane.untilMetric('causeway_running_requests', 0);
    await plane.untilMetric('causeway_buffered_bytes', 0);
    expect(plane.failures).toEqual([]);
    await plane.stop();
    await backend.close();
  });

  /** Signed for one body, sent with another of the same length. */
  function altered(request: SignedRequest, from: string, to: string): string {
    const text = signed({ ...request, body: from });
    expect(text).toContain(from);
    return text.replace(from, to);
  }

  const given = (body: string, type: readonly [string, string] = JSON_TYPE): SignedRequest => ({
    method: 'POST',
    target: '/a',
    headers: [type, ['Content-MD5', md5(body)]],
    body,
  });

  it.each([false, true])('of the body that came lets it pass, byte for byte, chunked: %s', async (chunked) => {
    await start();
    const bytes = Array.from({ length: 3000 }, (_, n) => String.fromCharCode(n & 255)).join('');
    const answer = await ask(plane.publicPort, signed({ ...given(bytes), chunked }));
    expect(answer.start).toBe('HTTP/1.1 200 OK');
    expect(backend.requests[0]!.body).toBe(bytes);
    expect(headerOf(backend.requests[0]!.lines, 'content-md5')).toBe(md5(bytes));
  });

  it.each([false, true])('of another body is I400I5, and the backend sees no end of it, chunked: %s', async (chunked) => {
    await start(async (wire, self) => {
      self.requests.push(await wire.message());
    });
    const answer = await ask(plane.publicPort, altered({ ...given(BODY), chunked }, BODY, ALTERED));
    expect([answer.start, codeOf(answer)]).toEqual(['HTTP/1.1 400 Bad Request', 'I400I5']);
    await backend.connections[0]?.end();
    expect(backend.requests).toEqual([]);
  });

  it.each([false, true])(
    'of another body that came in pieces cuts the backend off before the last, chunked: %s',
    async (chunked) => {
      await start((wire) => wire.end());
      const [head] = signed({ ...given('onetwo'), chunked }).split('\r\n\r\n');
      const piece = (text: string) => (chunked ? `${text.length.toString(16)}\r\n${text}\r\n` : text);
      const wire = await dial(plane.publicPort);
      wire.send(`${head}\r\n\r\n${piece('on')}`);
      await plane.untilMetric('causeway_running_requests', 1);
      wire.send(piece('e'));
      await until(() => wire.socket.writableLength === 0, 'it is sent');
      // A piece leaves when the next one comes; the last one would leave when all is right.
      wire.send(piece('TWO') + (chunked ? '0\r\n\r\n' : ''));
      expect(codeOf(await wire.message())).toBe('I400I5');
      wire.socket.destroy();
      const first = backend.connections[0]!;
      await first.end();
      expect(first.received).not.toContain('TWO');
      expect(first.received).not.toContain('\r\n0\r\n\r\n');
    },
  );

  it('lets pieces go on while more is to come: only the last one waits', async () => {
    await start(async (wire, self) => {
      const seen = await wire.through('one');
      wire.received = seen + wire.received;
      client.send('three');
      self.requests.push(await wire.message());
      wire.send(ok('got it'));
    });
    const [head] = signed(given('onetwothree')).split('\r\n\r\n');
    const client = await dial(plane.publicPort);
    client.send(`${head}\r\n\r\none`);
    await plane.untilMetric('causeway_running_requests', 1);
    client.send('two');
    expect((await client.message()).body).toBe('got it');
    client.socket.destroy();
    expect(backend.requests[0]!.body).toBe('onetwothree');
  });

  it('counts for a form too, which is read before anything is sent', async () => {
    await start();
    expect((await ask(plane.publicPort, signed(given('a=1&b=2', FORM_TYPE)))).start).toBe('HTTP/1.1 200 OK');
    const wrong = signed({ ...given('a=1&b=2', FORM_TYPE), headers: [FORM_TYPE, ['Content-MD5', md5('a=1&b=3')]] });
    expect(codeOf(await ask(plane.publicPort, wrong))).toBe('I400I5');
    expect(backend.requests).toHaveLength(1);
  });

  it.each([
    ['no body', { method: 'GET', body: '' }],
    ['a body of no bytes', { method: 'POST', body: '', chunked: true }],
  ])('with %s is I400I5, even when it is the MD5 of nothing', async (_, changed) => {
    await start();
    for (const value of [md5(''), md5('x')]) {
      const text = signed({ target: '/a', headers: [['Content-MD5', value]], ...changed });
      expect(codeOf(await ask(plane.publicPort, text))).toBe('I400I5');
    }
    expect(backend.requests).toEqual([]);
  });

  it('that is empty is none', async () => {
    await start();
    const text = signed({ method: 'POST', target: '/a', headers: [JSON_TYPE, ['Content-MD5', '']], body: BODY });
    expect((await ask(plane.publicPort, text)).start).toBe('HTTP/1.1 200 OK');
  });

  it('is told after a wrong signature, and after a nonce and a grant where the body is still to come', async () => {
    await start();
    const spoilt = altered(given(BODY), BODY, ALTERED).replace(/X-Ca-Signature: ./, 'X-Ca-Signature: -');
    expect(codeOf(await ask(plane.publicPort, spoilt))).toBe('A403IS');
    const nonce = { ...given(BODY), headers: [...given(BODY).headers!, ['X-Ca-Nonce', 'n'] as const] };
    expect(codeOf(await ask(plane.publicPort, altered(nonce, BODY, ALTERED)))).toBe('I400I5');
    expect(codeOf(await ask(plane.publicPort, altered(nonce, BODY, ALTERED)))).toBe('S403NU');
  });

  it('is not looked at where nobody signs', async () => {
    await start(undefined, { auth: 'ANONYMOUS' });
    expect((await ask(plane.publicPort, post('/a', BODY, [`Content-MD5: ${md5(ALTERED)}`]))).start).toBe('HTTP/1.1 200 OK');
  });

  it('is compared in memory where a route looks at the body', async () => {
    const routes = [{ name: 'nine', condition: "$Body.amount = '9'", backend: { path: '/nine' } }];
    const config = { parameters: { amount: 'BodyJsonField:$.amount' }, routes };
    const readsBody = { ...config, routes: [{ ...routes[0]!, condition: "$amount = '9'" }] };
    await start(undefined, { plugins: ['r'] }, { plugins: [{ id: 'r', type: 'routing', config: readsBody }] });
    expect((await ask(plane.publicPort, signed(given(BODY)))).start).toBe('HTTP/1.1 200 OK');
    expect(codeOf(await ask(plane.publicPort, altered(given(BODY), BODY, ALTERED)))).toBe('I400I5');
    expect(backend.requests).toHaveLength(1);
  });

  describe.each(['inprocess', 'wire'])('of a call through another API, %s', (way) => {
    const environment = { CAUSEWAY_INTERNAL_CALLS: way };
    const inner = (auth: 'APP' | 'ANONYMOUS'): ApiInput => ({
      auth,
      path: '/inner',
      backend: { type: 'HTTP', address: backendAddress(), path: '/b' },
    });
    const outer: Partial<ApiInput> = {
      backend: { type: 'HTTP', address: `http://${GROUP}-local-intranet.gw.test`, path: '/inner' },
    };
    let address = '';
    const backendAddress = () => address;

    async function startBoth(outerAuth: 'APP' | 'ANONYMOUS', innerAuth: 'APP' | 'ANONYMOUS') {
      const behind = await startBackend(async (wire, self) => {
        self.requests.push(await wire.message());
        wire.send(ok('done'));
      });
      address = behind.address;
      const signer = { type: 'APIGW_FRONTEND', key: 'K', secret: plainSecret('S') };
      await start(
        undefined,
        { ...outer, auth: outerAuth, plugins: innerAuth === 'APP' ? ['s'] : [] },
        { apis: [inner(innerAuth)], plugins: [{ id: 's', type: 'backendSignature', config: signer }], environment },
      );
      return behind;
    }

    it.each([
      ['APP', 'ANONYMOUS'],
      ['APP', 'APP'],
    ] as const)('holds the body back at the last hop: %s calls %s', async (outerAuth, innerAuth) => {
      const behind = await startBoth(outerAuth, innerAuth);
      expect((await ask(plane.publicPort, signed(given(BODY)))).body).toBe('done');
      const refused = await ask(plane.publicPort, altered(given(BODY), BODY, ALTERED));
      expect(codeOf(refused)).toBe('I400I5');
      for (const each of behind.connections) each.socket.destroy();
      expect(behind.requests).toHaveLength(1);
      await behind.close();
    });

    it('is checked by the callee where the gateway signed what a nameless client gave', async () => {
      const behind = await startBoth('ANONYMOUS', 'APP');
      expect((await ask(plane.publicPort, post('/a', BODY, [`Content-MD5: ${md5(BODY)}`]))).body).toBe('done');
      const refused = await ask(plane.publicPort, post('/a', ALTERED, [`Content-MD5: ${md5(BODY)}`]));
      expect(codeOf(refused)).toBe('I400I5');
      for (const each of behind.connections) each.socket.destroy();
      expect(behind.requests).toHaveLength(1);
      await behind.close();
    });
  });
});
