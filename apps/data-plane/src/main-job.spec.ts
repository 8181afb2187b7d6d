/** The original document's example, in process and over the wire: the same bytes at the backend and at the client. */
import { readFileSync } from 'node:fs';
import { Chunk } from '@causeway/contract';
import type { HashedChunk } from '@causeway/engine';
import { encodeChunk, InstanceKeys, parseKeyring } from '@causeway/snapshot';
import { afterEach, describe, expect, it } from '@jest/globals';
import { answering, type Backend, ok, startBackend } from './testing/backend.js';
import { ask, get } from './testing/client.js';
import { type Plane, startPlane } from './testing/start-plane.js';
import { headerOf, type Message } from './testing/wire.js';

interface Golden {
  readonly instanceKey: string;
  readonly chunks: Readonly<Record<string, unknown>>;
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('../../../libs/contract/test-data/scenario-snapshot.json', import.meta.url), 'utf8'),
);
const keys = new InstanceKeys(parseKeyring(golden.instanceKey));
const HOST = '17ff4c9189004a1d87b557606b767334-cn-huhehaote.alicloudapi.com';

/** The golden chunks; private DNS leads the document's backends to ours. */
function chunks(port: number, change: (chunk: Chunk) => Chunk = (chunk) => chunk): Map<string, HashedChunk> {
  const records = [{ address: '127.0.0.1', port, weight: 1 }];
  const privateDns = ['backend1', 'backend2'].map((name) => ({ host: `${name}.alicloudapi.com`, records }));
  return new Map(
    Object.entries(golden.chunks).map(([key, value]) => {
      const parsed = Chunk.parse(value);
      const chunk = change(parsed.kind === 'instance' ? { ...parsed, privateDns } : parsed);
      return [key, { hash: encodeChunk(chunk).hash, chunk }];
    }),
  );
}

/** What is said for the connection, and when, is not the answer's. The order of different names means nothing. */
function withoutOwn({ lines }: Message): readonly string[] {
  return lines.filter((line) => !/^(?:Date|Connection|Keep-Alive|X-Ca-Request-Id):/.test(line)).sort();
}

describe.each(['inprocess', 'wire'])('calling an API by another, %s', (way) => {
  let plane: Plane;
  let backend: Backend;

  async function start(
    change?: (chunk: Chunk) => Chunk,
    text: string = ok('done', ['Content-Type: text/plain', 'X-Ca-Error-Code: X']),
  ) {
    backend = await startBackend(answering(text));
    plane = await startPlane({
      program: chunks(backend.port, change),
      open: (path, sealed) => keys.open(path, sealed),
      environment: { CAUSEWAY_INTERNAL_CALLS: way },
    });
  }

  afterEach(async () => {
    await plane.stop();
    await backend.close();
    expect(plane.failures).toEqual([]);
  });

  it('gives the backend and the client the bytes of the contract', async () => {
    await start();
    const client = await ask(
      plane.publicPort,
      get('/distributeAPI?target=resource1', ['User-Agent: curl/7.64.1', 'Accept: */*'], HOST),
    );
    const id = headerOf(client.lines, 'X-Ca-Request-Id');
    expect(backend.requests.map(({ text }) => text)).toEqual([
      'GET /business1 HTTP/1.1\r\nhost: backend1.alicloudapi.com:8080\r\nconnection: keep-alive\r\nUser-Agent: curl/7.64.1\r\n' +
        'Via: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\nContent-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n' +
        'X-Forwarded-Proto: http\r\nX-Forwarded-For: 127.0.0.1, 127.0.0.1\r\n' +
        `X-Ca-Request-Id: ${id}\r\nVia: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\r\n\r\n`,
    ]);
    expect([client.start, ...withoutOwn(client), client.body]).toEqual([
      'HTTP/1.1 200 OK',
      'Content-Length: 4',
      'Content-Type: text/plain',
      'done',
    ]);
    await plane.untilMetric('causeway_nested_calls', 0);
  });

  it('chooses the callee by the query, and has nothing to call without a match', async () => {
    await start();
    await ask(plane.publicPort, get('/distributeAPI?target=resource2', [], HOST));
    expect(backend.requests[0]!.start).toBe('GET /business2 HTTP/1.1');
    const none = await ask(plane.publicPort, get('/distributeAPI?target=other', [], HOST));
    expect(headerOf(none.lines, 'X-Ca-Error-Code')).toBe('I504RB');
  });

  it('passes the refusal of the callee on to the client', async () => {
    await start((chunk) =>
      chunk.kind === 'apps' ? { ...chunk, apps: chunk.apps.map((app) => ({ ...app, grants: [] })) } : chunk,
    );
    const answer = await ask(plane.publicPort, get('/distributeAPI?target=resource1', [], HOST));
    expect([answer.start, ...withoutOwn(answer)]).toEqual([
      'HTTP/1.1 403 Forbidden',
      'Content-Length: 0',
      'X-Ca-Error-Code: I403AA',
      'X-Ca-Error-Message: Unauthorized',
    ]);
    expect(backend.requests.length).toBe(0);
  });

  it.each([
    ['of the instance', (chunk: Chunk) => (chunk.kind === 'instance' ? { ...chunk, callsFromGateway: false } : chunk)],
    ['of the group', (chunk: Chunk) => (chunk.kind === 'group' ? { ...chunk, internalDomain: false } : chunk)],
  ])('is I404DO while the switch %s is off', async (_, change) => {
    await start(change);
    const answer = await ask(plane.publicPort, get('/distributeAPI?target=resource1', [], HOST));
    expect(headerOf(answer.lines, 'X-Ca-Error-Code')).toBe('I404DO');
  });

  it('logs each hop with an id of its own and the first one’s, and no secret', async () => {
    await start();
    const answer = await ask(plane.publicPort, get('/distributeAPI?target=resource1&password=hidden', [], HOST));
    const id = headerOf(answer.lines, 'X-Ca-Request-Id');
    const log = await plane.stopAndReadLog();
    const outer = log.find(({ listener }) => listener === 'public')!;
    const inner = log.find(({ listener }) => listener === 'internal')!;
    expect(log.length).toBe(2);
    expect(outer).toMatchObject({
      requestId: id,
      initialRequestId: '',
      apiName: 'distributeAPI',
      statusCode: 200,
      routeName: 'backend1',
    });
    expect(inner).toMatchObject({
      initialRequestId: id,
      apiName: 'business1',
      consumerAppId: '1001',
      consumerAppKey: 'TESTKEY',
      clientIp: '127.0.0.1',
      hopChain: outer.apiId,
      statusCode: 200,
      responseSize: 4,
    });
    expect(inner.requestId).not.toBe(id);
    expect(JSON.stringify(log)).not.toMatch(/hidden|TESTSECRET/i);
  });
});
