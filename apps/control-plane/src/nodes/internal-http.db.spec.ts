/** What data planes ask of the control plane over HTTP. */

import type { NodeReport } from '@causeway/contract';
import { decodeChunk, decodeManifest } from '@causeway/snapshot';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { CommitBell } from '../change/commit-bell.js';
import { Door } from '../change/door.js';
import { ChunkSources } from '../publish/chunk-sources.js';
import { PublishedManifests } from '../publish/published-manifests.js';
import { startHttpControlPlane } from '../publish/testing/http-control-plane.js';
import {
  createScratchStore,
  insertInstance,
  type ScratchStore,
  testActor,
  testSettings,
} from '../publish/testing/scratch-store.js';
import { seedScenario } from '../publish/testing/seed-scenario.js';
import { AppliedWait } from './applied-wait.js';
import { NodeAccess } from './node-access.js';

let store: ScratchStore;
let app: INestApplication;
let url: string;
const token = testSettings.nodeToken;

beforeAll(async () => {
  store = await createScratchStore();
  await seedScenario(store.dataSource);
  await insertInstance(store.dataSource, 'i2');
  ({ app, url } = await startHttpControlPlane(store.dataSource, testSettings));
  await reached('i2', 0);
});
afterAll(async () => {
  await app.close();
  await store.drop();
});

function get(path: string, headers: Record<string, string> = { authorization: `Bearer ${token}` }): Promise<Response> {
  return fetch(`${url}/internal/v1/${path}`, { headers });
}

function put(report: NodeReport, bearer = token, node = report.node): Promise<Response> {
  const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' };
  return fetch(`${url}/internal/v1/nodes/${node}`, { method: 'PUT', headers, body: JSON.stringify(report) });
}

const report = (instance: string, revision: number, rest: Partial<NodeReport> = {}): NodeReport => ({
  node: 'n1',
  instance,
  epoch: 1,
  revision,
  state: 'applied',
  rejected: null,
  errors: [],
  source: 'http',
  appliedAt: new Date().toISOString(),
  ...rest,
});

async function reached(instance: string, revision: number, epoch = 1): Promise<void> {
  for (;;) {
    const manifest = (await app.get(PublishedManifests).find(instance))?.manifest;
    if (manifest !== undefined && manifest.epoch >= epoch && manifest.revision >= revision) return;
    await new Promise(setImmediate);
  }
}

/** Published when it returns: a node cannot report what nobody could have given it. */
const write = async (instanceId: string) => {
  const written = await app.get(Door).write(testActor, async (change) => {
    change.touch(instanceId, 'instance');
    change.audit('test.write', 'instance', instanceId);
  });
  await reached(instanceId, written.revisions[0]?.revision ?? 0);
  return written;
};

describe('a manifest', () => {
  it('comes by id and by name, whole and signed, with an ETag that spares the second time', async () => {
    const answer = await get('instances/i1-name/manifest');
    const sources = app.get(ChunkSources);
    const manifest = decodeManifest((id) => sources.keysOf(id), 'i1', Buffer.from(await answer.arrayBuffer()));
    for (const hash of Object.values(manifest.chunks)) {
      const chunk = await get(`chunks/${hash}?instance=i1`);
      decodeChunk(hash, Buffer.from(await chunk.arrayBuffer()));
    }
    const etag = answer.headers.get('etag') ?? '';
    const again = await get('instances/i1/manifest', { authorization: `Bearer ${token}`, 'if-none-match': etag });
    expect(again.status).toBe(304);
  });

  it('is for node tokens only: the deployment’s, or that of the very instance', async () => {
    const own = app.get(NodeAccess).tokenFor('i1');
    expect((await get('instances/i1/manifest', { authorization: `Bearer ${own}` })).status).toBe(200);
    for (const headers of [
      {},
      { authorization: 'Bearer wrong' },
      { authorization: `Bearer ${app.get(NodeAccess).tokenFor('i2')}` },
    ]) {
      for (const path of [
        'instances/i1/manifest',
        'instances/i1/events',
        'instances/nobody/manifest',
        `chunks/${'0'.repeat(64)}?instance=i1`,
      ]) {
        expect((await get(path, headers as Record<string, string>)).status).toBe(401);
      }
    }
    expect((await put(report('i1', 0), app.get(NodeAccess).tokenFor('i2'))).status).toBe(401);
  });

  it('of another instance lends none of its chunks', async () => {
    const manifest = (await app.get(PublishedManifests).find('i1'))?.manifest;
    expect((await get(`chunks/${manifest?.chunks.instance}?instance=i2`)).status).toBe(404);
  });
});

describe('the event stream', () => {
  it('says where the instance stands, and each time it moves on', async () => {
    const before = (await app.get(PublishedManifests).find('i1'))?.manifest.revision ?? 0;
    const answer = await get('instances/i1/events');
    const reader = (answer.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
    let seen = (await reader.read()).value ?? '';
    await write('i1');
    while (!seen.includes(`"revision":${before + 1}`)) seen += (await reader.read()).value ?? '';
    expect(seen).toContain(`data: {"epoch":1,"revision":${before}}`);
    await reader.cancel();
  });
});

describe('a report', () => {
  it('is kept, and ends the wait for the revision it names', async () => {
    await put(report('i2', 0));
    const { revisions } = await write('i2');
    const waiting = app.get(AppliedWait).wait(revisions, 20_000);
    expect((await put(report('i2', revisions[0]?.revision ?? 0))).status).toBe(204);
    expect(await waiting).toEqual({
      revision: revisions[0]?.revision,
      nodes: [{ node: 'n1', state: 'applied', revision: revisions[0]?.revision }],
    });
  });

  it('of a refusal ends the wait too: that node will not take it later', async () => {
    const { revisions } = await write('i2');
    const refused = revisions[0]?.revision ?? 0;
    await put(report('i2', refused - 1, { state: 'rejected', rejected: { epoch: 1, revision: refused } }));
    const applied = await app.get(AppliedWait).wait(revisions, 20_000);
    expect(applied).toEqual({ revision: refused, nodes: [{ node: 'n1', state: 'rejected', revision: refused - 1 }] });
  });

  it('that does not come is told when the time is up', async () => {
    const { revisions } = await write('i2');
    expect(await app.get(AppliedWait).wait(revisions, 50)).toMatchObject({ timedOut: true, nodes: [{ node: 'n1' }] });
  });

  it('is not waited for where no node lives', async () => {
    await store.dataSource.query("UPDATE nodes SET reported_at = now() - interval '11 seconds'");
    const { revisions } = await write('i2');
    expect(await app.get(AppliedWait).wait(revisions, 20_000)).toEqual({ revision: revisions[0]?.revision, nodes: [] });
  });

  it('ends with the node that leaves, and with no other; whoever waits is told', async () => {
    const leave = (node: string, instance: string, bearer = token) =>
      fetch(`${url}/internal/v1/nodes/${node}?instance=${instance}`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${bearer}` },
      });
    await put(report('i2', 0, { node: 'stays' }));
    await put(report('i2', 0, { node: 'goes' }));
    const { revisions } = await write('i2');
    const waiting = app.get(AppliedWait).wait(revisions, 20_000);
    expect((await leave('goes', 'i2', app.get(NodeAccess).tokenFor('i1'))).status).toBe(401);
    expect((await leave('goes', '')).status).toBe(400);
    expect((await leave('goes', 'i2')).status).toBe(204);
    await put(report('i2', revisions[0]?.revision ?? 0, { node: 'stays' }));
    expect((await waiting).nodes.map(({ node }) => node)).toEqual(['stays']);
    expect((await leave('stays', 'i2')).status).toBe(204);
  });

  it('of more than the database holds begins a new epoch, in which everything is published again', async () => {
    let rings = 0;
    app.get(CommitBell).listen(() => rings++);
    await put(report('i2', 1000));
    await reached('i2', 0, 2);
    await reached('i1', 0, 2);
    expect(rings).toBe(1);
    expect(await store.dataSource.query('SELECT epoch FROM deployment_state')).toEqual([{ epoch: '2' }]);
  });

  it('is refused when it is not one, or names another node than its address', async () => {
    expect((await put({ ...report('i1', 0), state: 'fine' } as unknown as NodeReport)).status).toBe(400);
    expect((await put(report('i1', 0), token, 'other')).status).toBe(400);
    expect((await put(report('nobody', 0))).status).toBe(404);
  });
});
