/** A data plane's life: before its first program, through swaps, to its end; and what it tells operators. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { answering, type Backend, ok, startBackend } from './testing/backend.js';
import { ask, dial, get } from './testing/client.js';
import type { SnapshotInput } from './testing/snapshot.js';
import { type Plane, startPlane } from './testing/start-plane.js';
import { until } from './testing/until.js';
import { headerOf } from './testing/wire.js';

const mock = (body: string): SnapshotInput => ({ apis: [{ backend: { type: 'MOCK', body } }] });

describe('a data plane', () => {
  let plane: Plane;
  let backend: Backend | null = null;

  afterEach(async () => {
    await plane.stop();
    await backend?.close();
    backend = null;
    expect(plane.failures).toEqual([]);
  });

  it('is alive but not ready before its first program, and answers X503BZ', async () => {
    plane = await startPlane({ program: null });
    expect(await plane.admin('/livez')).toMatchObject({ status: 200, text: 'ok\n' });
    expect((await plane.admin('/readyz')).status).toBe(503);
    const answer = await ask(plane.publicPort, get('/a'));
    expect(headerOf(answer.lines, 'X-Ca-Error-Code')).toBe('X503BZ');
    expect(headerOf(answer.lines, 'X-Ca-Request-Id')).toMatch(/^[0-9A-F-]{36}$/);
    await plane.apply(mock('x'));
    expect((await plane.admin('/readyz')).status).toBe(200);
    expect((await plane.admin('/other')).status).toBe(404);
  });

  it('refuses traffic when what runs was not confirmed for too long, where the settings ask for it, and until it is', async () => {
    plane = await startPlane({ program: mock('1'), environment: { CAUSEWAY_MAX_STALENESS: '60' } });
    const code = async () => headerOf((await ask(plane.publicPort, get('/a'))).lines, 'X-Ca-Error-Code');
    let unconfirmedMs = 59_000;
    const counters = { applied: 3, refused: 2, applyMs: 500 };
    const running = {
      running: { epoch: 1, revision: 1 },
      rejected: null,
      state: 'applied',
      source: 'disk',
      appliedAt: 0,
    } as const;
    plane.follow(() => ({ ...running, unconfirmedMs, lag: 4, counters }));
    expect(await code()).toBeUndefined();
    unconfirmedMs = 61_000;
    await until(async () => (await code()) === 'X503BZ', 'traffic is refused');
    expect((await plane.admin('/readyz')).status).toBe(503);
    await plane.apply(mock('2'));
    expect(await code()).toBe('X503BZ');
    expect(await plane.metric('causeway_config_age_seconds')).toBe(61);
    expect(await plane.metric('causeway_config_lag_revisions')).toBe(4);
    expect(await plane.metric('causeway_config_apply_seconds')).toBe(0.5);
    expect(await plane.metric('causeway_config_source{source="disk"}')).toBe(1);
    expect(await plane.metric('causeway_config_snapshots_total{outcome="refused"}')).toBe(2);
    unconfirmedMs = 0;
    await until(async () => (await code()) === undefined, 'traffic is served');
    expect((await ask(plane.publicPort, get('/a'))).body).toBe('2');
  });

  it('swaps its program under load without a request that fails', async () => {
    backend = await startBackend(answering(ok('x')));
    const { address } = backend;
    const program = (name: string): SnapshotInput => ({ apis: [{ backend: { type: 'HTTP', address, path: `/${name}` } }] });
    plane = await startPlane({ program: program('0') });
    let running = true;
    const clients = Array.from({ length: 8 }, async () => {
      const wire = await dial(plane.publicPort);
      let good = 0;
      while (running) {
        wire.send(get('/a'));
        const answer = await wire.message();
        if (answer.start !== 'HTTP/1.1 200 OK') throw new Error(answer.text);
        good++;
      }
      wire.socket.destroy();
      return good;
    });
    const seen = () => backend!.requests.length;
    for (let swap = 1; swap <= 30; swap++) {
      const before = seen();
      await plane.apply(program(String(swap)));
      await until(() => seen() > before + 10, 'requests on the new program');
    }
    running = false;
    await Promise.all(clients);
    expect(backend.requests.at(-1)!.start).toBe('GET /30 HTTP/1.1');
    expect(await plane.metric('causeway_config_revision')).toBe(31);
  });

  it('lets a running request finish on the program it began with, though its API is gone', async () => {
    let release: () => void = () => {};
    backend = await startBackend(async (wire) => {
      await wire.message();
      await new Promise<void>((resolve) => (release = resolve));
      wire.send(ok('old'));
    });
    plane = await startPlane({ program: { apis: [{ backend: { type: 'HTTP', address: backend.address } }] } });
    const wire = await dial(plane.publicPort);
    wire.send(get('/a'));
    await until(() => backend!.connections.length === 1, 'it is at the backend');
    await plane.apply(mock('new'));
    expect((await ask(plane.publicPort, get('/a'))).body).toBe('new');
    release();
    expect((await wire.message()).body).toBe('old');
    wire.socket.destroy();
  });

  it.each(['inprocess', 'wire'])('finishes what runs when it is stopped, refuses what is new, and ends, %s', async (way) => {
    let release: () => void = () => {};
    backend = await startBackend(async (wire, self) => {
      self.requests.push(await wire.message());
      await new Promise<void>((resolve) => (release = resolve));
      wire.send(ok('finished'));
    });
    plane = await startPlane({
      program: { apis: [{ backend: { type: 'HTTP', address: backend.address, path: '/*' } }] },
      environment: { CAUSEWAY_INTERNAL_CALLS: way },
    });
    const idle = await dial(plane.publicPort);
    idle.send(get('/a', [], 'unknown.test'));
    await idle.message();
    const running = await dial(plane.publicPort);
    running.send(get('/a'));
    await until(() => backend!.requests.length === 1, 'it is at the backend');
    const stopped = plane.stop();
    await idle.end();
    await expect(dial(plane.publicPort)).rejects.toThrow('ECONNREFUSED');
    expect((await plane.admin('/readyz')).text).toBe('stopping\n');
    release();
    const answer = await running.message();
    expect(answer.body).toBe('finished');
    expect(headerOf(answer.lines, 'Connection')).toBe('close');
    expect(await running.rest()).toBe('');
    running.socket.end();
    await stopped;
  });

  it('breaks off what does not finish in time', async () => {
    backend = await startBackend(async (wire, self) => {
      self.requests.push(await wire.message());
      await wire.end();
    });
    plane = await startPlane({
      program: { apis: [{ backend: { type: 'HTTP', address: backend.address } }] },
      environment: { CAUSEWAY_DRAIN_MS: '50' },
    });
    const wire = await dial(plane.publicPort);
    wire.send(get('/a'));
    await until(() => backend!.requests.length === 1, 'it is at the backend');
    const log = await plane.stopAndReadLog();
    expect(log[0]).toMatchObject({ errorCode: 'N502RE' });
    expect(await wire.rest()).toBe('');
  });

  it('writes one JSON object per line, whatever a client sends', async () => {
    plane = await startPlane({ program: { ...mock('x'), keys: { K: 'S3CRET' } } });
    const hostile = ['/a"%22\\b', "/a'{}<script>", '/%0a%0d%00', `/${'q'.repeat(5000)}`, '/a?secret=S3CRET'];
    for (const target of hostile) await ask(plane.publicPort, get(target, ['X-Ca-Key: "\\', 'User-Agent: \xff"']));
    await ask(plane.publicPort, get('/a', [], 'ho"st\\'));
    const log = await plane.stopAndReadLog();
    expect(log.length).toBe(6);
    expect(log.map(({ httpPath }) => httpPath)).toEqual([...hostile.slice(0, 3), `/${'q'.repeat(2047)}`, '/a', '/a']);
    for (const each of log) {
      expect(each).toMatchObject({ event: 'request', nodeId: 'node-1', instanceId: 'i1', configRevision: 1, httpMethod: 'GET' });
      expect(each.requestId).toMatch(/^[0-9A-F-]{36}$/);
      expect(typeof each.totalLatency).toBe('number');
    }
    expect(log[5]).toMatchObject({ domain: '', statusCode: 400, errorCode: 'I400HD' });
    expect(JSON.stringify(log)).not.toContain('S3CRET');
  });

  it('gives metrics in the text format', async () => {
    plane = await startPlane({ program: mock('x') });
    await ask(plane.publicPort, get('/a'));
    await ask(plane.publicPort, get('/a', [], 'other.test'));
    const { text, type, status } = await plane.admin('/metrics');
    expect([status, type]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    expect(text.endsWith('\n')).toBe(true);
    const line =
      /^(?:# (?:HELP|TYPE) [a-zA-Z_:][\w:]* .+|[a-zA-Z_:][\w:]*(?:\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\.)*",?)*\})? (?:[-+]?[\d.]+(?:e[-+]?\d+)?|nan|[-+]inf)|)$/i;
    expect(text.split('\n').filter((each) => !line.test(each))).toEqual([]);
    const names = text.split('\n').flatMap((each) => /^# TYPE (\S+)/.exec(each)?.[1] ?? []);
    expect(new Set(names).size).toBe(names.length);
    expect(await plane.metric('causeway_requests_total{listener="public",status="200"}')).toBe(1);
    expect(await plane.metric('causeway_refusals_total{code="I404DO"}')).toBe(1);
    expect(await plane.metric('causeway_request_duration_seconds_bucket{listener="public",le="+Inf"}')).toBe(2);
    expect(await plane.metric('causeway_request_duration_seconds_count{listener="public"}')).toBe(2);
  });
});
