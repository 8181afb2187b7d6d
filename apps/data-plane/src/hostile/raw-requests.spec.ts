/** Each raw request of the table, on both listeners of a running data plane: refused and closed, or read alike by the backend. */

import { ERROR_TABLE } from '@causeway/contract';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dial, get } from '../testing/client.js';
import { HOST, INTERNAL_HOST } from '../testing/snapshot.js';
import { type Plane, startPlane } from '../testing/start-plane.js';
import { headerOf } from '../testing/wire.js';
import { RAW_REQUESTS, type RawRequest } from './raw-requests.js';
import { type RecordingBackend, startRecordingBackend } from './recording-backend.js';

const LAST = ['Connection: close'];

describe.each(['public', 'internal'] as const)('on the %s listener', (listener) => {
  const host = listener === 'public' ? HOST : INTERNAL_HOST;
  let plane: Plane;
  let backend: RecordingBackend;
  let refusals = 0;

  beforeAll(async () => {
    backend = await startRecordingBackend();
    plane = await startPlane({ program: { apis: [{ backend: { type: 'HTTP', address: backend.address, path: '/*' } }] } });
  });

  afterAll(async () => {
    await plane.untilMetric('causeway_running_requests', 0);
    expect(plane.failures).toEqual([]);
    expect(backend.malformed).toEqual([]);
    // Every one of them is in the log, with its code: what the parser refused too.
    const log = await plane.stopAndReadLog();
    expect(log.filter(({ errorCode }) => errorCode !== undefined).length).toBe(refusals);
    for (const each of log) expect(each).toMatchObject({ listener, clientIp: '127.0.0.1' });
    await backend.close();
  });

  const portOf = () => (listener === 'public' ? plane.publicPort : plane.internalPort);
  const named = (rows: readonly RawRequest[]) => rows.map((row) => [row.name, row] as const);

  it.each(named(RAW_REQUESTS.filter(({ refused }) => refused !== undefined)))('refuses %s', async (_, row) => {
    const code = row.refused!;
    const counter = `causeway_refusals_total{code="${code}"}`;
    const before = await plane.metric(counter);
    backend.take();
    const wire = await dial(portOf());
    wire.send(row.bytes(host) + get('/smuggled', [], host));
    const answer = await wire.message();
    expect(headerOf(answer.lines, 'X-Ca-Error-Code')).toBe(code);
    expect(answer.start.split(' ')[1]).toBe(String(row.status ?? ERROR_TABLE[code].status));
    expect(headerOf(answer.lines, 'X-Ca-Error-Message')).toBeTruthy();
    expect(headerOf(answer.lines, 'X-Ca-Request-Id')).toMatch(/^[0-9A-F-]{36}$/);
    expect(headerOf(answer.lines, 'Content-Length')).toBe('0');
    expect(headerOf(answer.lines, 'Connection')).toBe('close');
    expect(await wire.rest()).toBe('');
    wire.socket.destroy();
    await plane.untilMetric(counter, before + 1);
    expect(backend.take()).toEqual([]);
    refusals++;
  });

  it.each(named(RAW_REQUESTS.filter(({ read }) => read !== undefined)))('reads as its backend does: %s', async (_, row) => {
    backend.take();
    const wire = await dial(portOf());
    wire.send(row.bytes(host) + get('/last', LAST, host));
    const answers = (await wire.rest()).match(/HTTP\/1\.1 \d{3}/g);
    wire.socket.destroy();
    const seen = [...backend.take()];
    // Pipelined requests are passed on at the same time: only what the backend reads counts, not when.
    const lastAt = seen.findIndex((each) => each.target === '/last');
    expect(seen.splice(lastAt, 1).length).toBe(1);
    const texts = seen.map(({ method, target, body }) => `${method} ${target} ${body}`).sort();
    expect(texts).toEqual(row.read!.map(([method, target, body]) => `${method} ${target} ${body.replace('HOST', host)}`).sort());
    expect(answers).toEqual([...row.read!, LAST].map(() => 'HTTP/1.1 200'));
    for (const { method, target, lines } of seen) {
      const text = `${method} ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n`;
      if (row.has !== undefined) expect(text).toMatch(row.has);
      if (row.lacks !== undefined) expect(text).not.toMatch(row.lacks);
    }
  });
});
