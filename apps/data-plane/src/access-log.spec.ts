/** The access log: what a line holds, whatever a client sends, and that none is lost at the end. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Route } from '@causeway/engine';
import { Exchange, Head, hitOf } from '@causeway/plugins';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type AccessLog, createAccessLog } from './access-log.js';
import type { Gateway, Hop } from './gateway.js';
import { answering, type Backend, ok, startBackend } from './testing/backend.js';
import { ask, dial, get, post } from './testing/client.js';
import { GROUP, HOST, INTERNAL_HOST, idOf, plainSecret, type SnapshotInput } from './testing/snapshot.js';
import { type Plane, startPlane } from './testing/start-plane.js';
import { headerOf } from './testing/wire.js';

type Line = Readonly<Record<string, unknown>>;

const GATEWAY = { program: { revision: 9, instance: { id: 'i1', region: 'local' } } } as unknown as Gateway;
const ARRIVED_MS = 1_700_000_000_000;

describe('a line of the access log', () => {
  let folder: string;
  let log: AccessLog;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'access-log-'));
    log = createAccessLog(true, 'node-1', join(folder, 'log'));
  });
  afterEach(async () => {
    await log.close();
    rmSync(folder, { recursive: true });
  });

  async function closed(): Promise<{ text: string; lines: readonly Line[] }> {
    await log.close();
    const text = readFileSync(join(folder, 'log'), 'latin1');
    return { text, lines: text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)])) };
  }

  function hop({ method = 'GET', target = '/a', host = 'h.example', headers = [] as string[] } = {}): Hop {
    const x: Hop = new Exchange(
      'public',
      method,
      target,
      new Head(headers),
      host,
      '192.0.2.1',
      'http',
      null,
      ARRIVED_MS,
      1000,
      null,
    );
    x.requestId = 'REQUEST';
    x.initialRequestId = 'REQUEST';
    x.revision = 7;
    return x;
  }

  const known = {
    level: 30,
    time: ARRIVED_MS,
    event: 'request',
    requestId: 'REQUEST',
    initialRequestId: '',
    nodeId: 'node-1',
    instanceId: 'i1',
    region: 'local',
    configRevision: 7,
    listener: 'public',
    hop: 1,
    clientIp: '192.0.2.1',
    requestProtocol: 'HTTP',
    httpMethod: 'GET',
    domain: 'h.example',
    httpPath: '/a',
    statusCode: 0,
    requestSize: 0,
    responseSize: 0,
    totalLatency: 12.5,
  };

  it('holds what is known of every request, and no field that is empty', async () => {
    log.write(hop(), GATEWAY, 1012.5);
    expect((await closed()).lines).toEqual([known]);
  });

  it('holds all that can be known', async () => {
    const x = hop({ headers: ['X-Ca-Nonce', 'nonce'] });
    x.chain = ['a'.repeat(32)];
    x.initialRequestId = 'FIRST';
    x.route = {
      apiId: 'b'.repeat(32),
      apiName: 'shop',
      groupId: 'c'.repeat(32),
      groupName: 'shops',
      stage: 'PRE',
      plugins: ['routing', 'backendSignature'],
      record: null,
      stepNames: ['parameters', 'routing'],
    } as unknown as Route;
    x.caller = { appId: '5', appName: 'app 5', accountId: 'acc', key: 'KEY', extend: 'secret' };
    x.routeName = 'way';
    x.stoppedAt = 1;
    x.hits = hitOf('backendSignature') | hitOf('routing') | hitOf('parameters');
    Object.assign(x, { status: 403, errorCode: 'I403AA', errorMessage: 'Unauthorized', requestBytes: 3, responseBytes: 4 });
    Object.assign(x, { bodyEndMs: 1001, upstreamStartMs: 1002.25, upstreamConnectMs: 1003, upstreamHeadMs: 1004 });
    Object.assign(x, { upstreamSentMs: 1003.5, upstreamEndMs: 1005, answerStartMs: 1006, upstreamAddress: '10.0.0.1:80' });
    x.exception = 'Error ECONNRESET';
    log.write(x, GATEWAY, 1012.5);
    expect((await closed()).lines).toEqual([
      {
        ...known,
        initialRequestId: 'FIRST',
        hop: 2,
        hopChain: 'a'.repeat(32),
        groupId: 'c'.repeat(32),
        groupName: 'shops',
        apiId: 'b'.repeat(32),
        apiName: 'shop',
        stageId: expect.stringMatching(/^[0-9a-f]{32}$/),
        stageName: 'PRE',
        plugins: ['routing', 'backendSignature'],
        pluginHits: ['routing', 'backendSignature'],
        stoppedBy: 'routing',
        routeName: 'way',
        consumerAppId: '5',
        consumerAppKey: 'KEY',
        appName: 'app 5',
        statusCode: 403,
        requestSize: 3,
        responseSize: 4,
        upstream: '10.0.0.1:80',
        frontRequestEnd: ARRIVED_MS + 1,
        pluginLatency: 2.25,
        backendRequestStart: ARRIVED_MS + 3,
        backendResponseStart: ARRIVED_MS + 4,
        serviceLatency: 1.75,
        backendRequestEnd: ARRIVED_MS + 4,
        backendResponseEnd: ARRIVED_MS + 5,
        frontResponseStart: ARRIVED_MS + 6,
        frontResponseEnd: ARRIVED_MS + 13,
        errorCode: 'I403AA',
        errorMessage: 'Unauthorized',
        exception: 'Error ECONNRESET',
        clientNonce: 'nonce',
      },
    ]);
  });

  it('is one line of ASCII JSON whatever text a client or owner chose', async () => {
    const nasty = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom(
        '"',
        '\\',
        '\r\n{"level":60}',
        '\u0000',
        '\u2028',
        '\ud800',
        '\udc00x',
        'é',
        '\u{1f600}',
        '\u007f',
        '</script>',
      ),
    );
    const texts = fc.sample(fc.tuple(nasty, nasty, nasty, nasty, nasty), 300);
    for (const [method, host, name, route, message] of texts) {
      const x = hop({ method, host, target: `/${name.replaceAll('?', '')}` });
      x.route = { apiId: 'b', apiName: name, groupId: 'c', groupName: host, stage: 'PRE', plugins: [], record: null } as never;
      x.caller = { appId: '5', appName: name, accountId: 'acc', key: route, extend: '' };
      x.routeName = route;
      x.upstreamAddress = host;
      x.errorCode = message;
      x.errorMessage = message;
      log.write(x, GATEWAY, 1012.5);
    }
    const { text, lines } = await closed();
    expect(text).toMatch(/^[\x20-\x7e\n]*$/);
    expect(
      lines.map((line) => [line.httpMethod, line.domain, line.apiName, line.groupName, line.appName, line.consumerAppKey]),
    ).toEqual(texts.map(([method, host, name, route]) => [method, host, name, host, name, route]));
    expect(lines.map((line) => [line.routeName, line.upstream, line.errorCode, line.errorMessage])).toEqual(
      texts.map(([, host, , route, message]) => [route, host, message, message]),
    );
  });

  it('says of a wrong signature nothing of what was signed, nor how an answer ended that its client did not wait for', async () => {
    const x = hop();
    const errorMessage = 'Invalid Signature, Server StringToSign:`GET#*/*##Authorization:secret#/a?b=secret`';
    Object.assign(x, { errorCode: 'A403IS', errorMessage, answerStartMs: 1006 });
    x.tree.gone = true;
    log.write(x, GATEWAY, 1012.5);
    expect((await closed()).lines).toEqual([
      { ...known, errorCode: 'A403IS', errorMessage: 'Invalid Signature', frontResponseStart: ARRIVED_MS + 6 },
    ]);
  });

  it('cuts text at 2048 characters, also within a pair of surrogates', async () => {
    log.write(hop({ target: `/${'a'.repeat(2046)}\u{1f600}`, host: 'h'.repeat(10_000) }), GATEWAY, 1012.5);
    const [line] = (await closed()).lines;
    expect([line?.httpPath, line?.domain]).toEqual([`/${'a'.repeat(2046)}\ud83d`, 'h'.repeat(2048)]);
  });

  it('names the revision that the request ran on; one that was refused before it had any, that in force', async () => {
    const old = hop();
    const refused = hop();
    refused.revision = 0;
    for (const x of [old, refused, old]) log.write(x, GATEWAY, 1012.5);
    log.write(refused, { program: null } as unknown as Gateway, 1012.5);
    expect((await closed()).lines.map(({ configRevision }) => configRevision)).toEqual([7, 9, 7, 0]);
  });

  it('is written, however many there are, when the log is closed', async () => {
    for (let n = 0; n < 5000; n++) log.write(hop({ target: `/${n}` }), GATEWAY, 1012.5);
    expect((await closed()).lines.map(({ httpPath }) => httpPath)).toEqual(Array.from({ length: 5000 }, (_, n) => `/${n}`));
    log.write(hop(), GATEWAY, 1012.5);
    expect(readFileSync(join(folder, 'log'), 'latin1').split('\n')).toHaveLength(5001);
  });

  it('is not written where the log is off', async () => {
    const off = createAccessLog(false, 'node-1', join(folder, 'off'));
    off.write(hop(), GATEWAY, 1012.5);
    await off.close();
    expect(() => readFileSync(join(folder, 'off'))).toThrow('ENOENT');
  });
});

describe.each(['inprocess', 'wire'])('the access log of a call through an internal domain, %s', (mode) => {
  let plane: Plane;
  let backend: Backend;
  let program: SnapshotInput;

  beforeEach(async () => {
    backend = await startBackend(answering(ok('12345')));
    program = {
      apis: [
        { id: 'callee', path: '/callee', backend: { type: 'HTTP', address: backend.address } },
        {
          id: 'caller',
          path: '/caller',
          plugins: ['s'],
          backend: { type: 'HTTP', address: `http://${INTERNAL_HOST}`, path: '/callee' },
        },
        { id: 'app', path: '/app', backend: { type: 'MOCK' } },
      ],
      plugins: [{ id: 's', type: 'backendSignature', config: { type: 'APIGW_FRONTEND', key: 'K', secret: plainSecret('S') } }],
    };
    plane = await startPlane({
      program,
      environment: { CAUSEWAY_INTERNAL_CALLS: mode },
    });
  });
  afterEach(async () => {
    expect(plane.failures).toEqual([]);
    await plane.stop();
    await backend.close();
  });

  it('holds a line for each hop, with ids, sizes and times', async () => {
    const answer = await ask(plane.publicPort, post('/caller', 'abc', ['Content-Type: text/plain']));
    const id = headerOf(answer.lines, 'X-Ca-Request-Id');
    const log = await plane.stopAndReadLog();
    const caller = log.find(({ hop }) => hop === 1)!;
    const callee = log.find(({ hop }) => hop === 2)!;
    expect(log).toHaveLength(2);
    expect(caller).toMatchObject({
      requestId: id,
      initialRequestId: '',
      apiId: idOf('caller'),
      groupId: GROUP,
      plugins: ['backendSignature'],
      listener: 'public',
      clientIp: '127.0.0.1',
      domain: HOST,
    });
    expect(callee).toMatchObject({
      initialRequestId: id,
      apiId: idOf('callee'),
      listener: 'internal',
      hopChain: idOf('caller'),
      upstream: `127.0.0.1:${backend.port}`,
    });
    for (const line of log) {
      expect(line).toMatchObject({ statusCode: 200, requestSize: 3, responseSize: 5, configRevision: 1, httpMethod: 'POST' });
      const times = ['time', 'backendRequestStart', 'backendResponseStart', 'backendResponseEnd'].map(
        (name) => line[name] as number,
      );
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(line.frontRequestEnd).toBeGreaterThanOrEqual(line.time as number);
      expect(line.totalLatency).toBeGreaterThanOrEqual((line.pluginLatency as number) + (line.serviceLatency as number) - 0.002);
    }
    expect(callee.requestId).not.toBe(id);
  });

  it('names the revision that the request began with, though another is in force when it ends', async () => {
    const wire = await dial(plane.publicPort);
    wire.send(post('/caller', 'abc', ['Content-Type: text/plain']).slice(0, -1));
    await plane.untilMetric('causeway_running_requests', 1);
    await plane.apply(program);
    await ask(plane.publicPort, get('/app'));
    wire.send('c');
    expect((await wire.message()).start).toBe('HTTP/1.1 200 OK');
    wire.socket.destroy();
    const log = await plane.stopAndReadLog();
    const revisions = Object.fromEntries(log.filter(({ hop }) => hop === 1).map((line) => [line.httpPath, line.configRevision]));
    expect(revisions).toEqual({ '/caller': 1, '/app': 2 });
  });
});
