import { type ApisChunk, chunkKeys } from '@causeway/contract';
import { describeOnPostgres } from '@causeway/test-stores';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newName, type Owner, ownerOf } from '../testing/owner.js';
import { publishedChunk } from '../testing/published.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';
import type { BatchAnswer, BatchItem } from './batch-body.js';
import { VERSION } from './version-number.js';

let app: TestApp;
let owner: Owner;
let stranger: Owner;
let group: string;

beforeAll(async () => {
  app = await startTestApp();
  owner = ownerOf(app, app.admin);
  stranger = ownerOf(app, await app.token('admin', await app.account('stranger')));
});
beforeEach(async () => {
  group = await owner.group();
});
afterAll(() => app.close());

const batch = (body: object, query = '') =>
  owner.send(`POST /groups/${group}/deployments${query}`, { stage: 'RELEASE', ...body });
const deploy = (apiIds: string[], more: object = {}) => batch({ action: 'deploy', apiIds, ...more });
const offline = (apiIds: string[]) => batch({ action: 'offline', apiIds });
const apis = (count: number) => Promise.all(Array.from({ length: count }, () => owner.api(group)));

async function live(stage = 'RELEASE'): Promise<string[]> {
  const rows = await app.dataSource.query('SELECT api_id AS id FROM deployments WHERE group_id = $1 AND stage = $2 ORDER BY 1', [
    group,
    stage,
  ]);
  return rows.map(({ id }: { id: string }) => id);
}

async function trace(): Promise<object> {
  const [row] = await app.dataSource.query(
    `SELECT (SELECT count(*) FROM audit_events) AS audits, (SELECT count(*) FROM revisions) AS revisions,
            (SELECT count(*) FROM api_versions) AS versions`,
  );
  return row;
}

const codes = (items: BatchItem[]) => items.map(({ status, problem }) => problem?.code ?? status);

describe('a batch', () => {
  it('deploys what it names in one revision, with one audit row, and takes it offline again', async () => {
    const ids = await apis(3);
    const { body } = await deploy(ids, { description: 'all of it' }).expect(200);
    expect(body).toEqual({
      items: ids.map((apiId) => ({
        apiId,
        status: 'done',
        version: expect.stringMatching(VERSION),
        deployedAt: expect.any(String),
      })),
      next: null,
      revision: expect.any(Number),
    });
    const chunk = await publishedChunk<ApisChunk>(app, body.revision, chunkKeys.apis(group, 0));
    expect(chunk?.apis.map(({ id, version }) => [id, version]).sort()).toEqual(
      body.items.map(({ apiId, version }: BatchItem) => [apiId, version]).sort(),
    );
    const [event] = (await owner.send(`GET /audit-events?resourceId=${group}&limit=1`)).body.items;
    expect(event).toMatchObject({
      action: 'group.deploy',
      resourceType: 'group',
      details: {
        stage: 'RELEASE',
        description: 'all of it',
        apis: body.items.map(({ apiId, version }: BatchItem) => ({ apiId, version })),
      },
    });
    const { body: whole } = await owner.send(`GET /apis/${ids[1]}/deployments/RELEASE`).expect(200);
    expect(whole).toMatchObject({ version: body.items[1].version, description: 'all of it' });

    const { body: gone } = await offline(ids).expect(200);
    expect(gone).toMatchObject({
      items: body.items.map(({ apiId, version }: BatchItem) => ({ apiId, status: 'done', version })),
    });
    expect(gone.revision).toBe(body.revision + 1);
    expect(await live()).toEqual([]);
    expect(await publishedChunk(app, gone.revision, chunkKeys.apis(group, 0))).toBeNull();
    const [row] = await app.dataSource.query(
      'SELECT allow_shrink FROM published_manifests, LATERAL (SELECT manifest -> $1 AS allow_shrink) m',
      ['allowShrink'],
    );
    expect(row.allow_shrink).toMatchObject({ revision: gone.revision });
  });

  it('judges each on its own: one that is refused stops no other', async () => {
    const [first, second] = await apis(2);
    const elsewhere = await owner.api(await owner.group());
    const foreign = await stranger.api(await stranger.group());
    const lacking = await owner.api(group, { backend: { type: 'HTTP', address: 'http://#host#:80', path: '/' } });
    const bare = await owner.api(group, { backend: undefined });
    const { body } = await deploy([first!, elsewhere, lacking, foreign, second!, 'f'.repeat(32), bare]).expect(200);
    expect(codes(body.items)).toEqual([
      'done',
      'NotFoundApi',
      'NotFoundStageVariable',
      'NotFoundApi',
      'done',
      'NotFoundApi',
      'done',
    ]);
    expect(body.items[2].problem).toMatchObject({ status: 422, errors: [{ path: 'backend.address' }] });
    expect(body.items.map(({ warnings }: BatchItem) => warnings?.map(({ code }) => code))).toEqual([
      ...Array(6).fill(undefined),
      ['NoBackend'],
    ]);
    expect(await live()).toEqual([first, second, bare].sort());
    expect(
      await app.dataSource.query('SELECT 1 FROM api_versions WHERE api_id = ANY($1)', [[lacking, elsewhere, foreign]]),
    ).toEqual([]);
  });

  it('leaves no trace when all of it is refused', async () => {
    const ids = await apis(2);
    const before = await trace();
    const { body } = await offline(ids).expect(200);
    expect(codes(body.items)).toEqual(['NotFoundStage', 'NotFoundStage']);
    expect(body).not.toHaveProperty('revision');
    expect(await trace()).toEqual(before);
  });

  it('keeps two APIs from one route, also two of the batch', async () => {
    const at = (path: string) => ({ request: { method: 'GET', path } });
    const old = await owner.api(group, at('/a/[x]'));
    await owner.deploy(old);
    await owner.send(`PATCH /apis/${old}`, at('/left')).expect(200);
    const taken = await owner.api(group, at('/a/[y]'));
    const { body } = await deploy([taken, old]).expect(200);
    expect(codes(body.items)).toEqual(['RepeatedApi', 'done']);
    expect(body.items[0].problem.detail).toContain(old);
    expect(codes((await deploy([taken])).body.items)).toEqual(['done']);
    await owner.send(`PATCH /apis/${taken}`, at('/%62')).expect(200);
    const twin = await owner.api(group, at('/[z]'));
    await deploy([taken, twin]).expect(200);
    await owner.send(`PATCH /apis/${taken}`, at('/elsewhere')).expect(200);
    await owner.send(`PATCH /apis/${twin}`, at('/b')).expect(200);
    expect(codes((await deploy([twin, taken])).body.items)).toEqual(['RepeatedApi', 'done']);
  });

  it('refuses those that close a loop and deploys the others', async () => {
    await app.dataSource.query('UPDATE instances SET calls_from_gateway = true');
    const { body: made } = await owner.send(`POST /groups/${group}/internal-domain`).expect(201);
    const to = (path: string, own: string) => ({
      request: { method: 'GET', path: own },
      backend: { type: 'HTTP', address: `http://${made.domain}`, path, method: 'GET' },
    });
    const good = await apis(5);
    const there = await owner.api(group, to('/back', '/there'));
    const back = await owner.api(group, to('/there', '/back'));
    const before = await owner.api(group, to('/there', '/before'));
    const { body } = await deploy([...good.slice(0, 2), there, ...good.slice(2), back, before]).expect(200);
    expect(codes(body.items)).toEqual(['done', 'done', 'done', 'done', 'done', 'done', 'RoutingCycle', 'done']);
    expect(body.items[6].problem).toMatchObject({
      status: 422,
      errors: [{ path: 'apiIds', message: expect.stringContaining(back) }],
    });
    expect(await live()).toEqual([...good, there, before].sort());
  });

  it('is done once for an Idempotency-Key', async () => {
    const ids = await apis(2);
    const again = () => deploy(ids).set('Idempotency-Key', `batch-${group}`).expect(200);
    const { body: first } = await again();
    const before = await trace();
    expect((await again()).body).toEqual(first);
    expect(await trace()).toEqual(before);
  });

  it('tells who has applied it', async () => {
    const { body } = await batch({ action: 'deploy', apiIds: await apis(1) }, '?wait=applied').expect(200);
    expect(body.applied).toEqual({ revision: body.revision, nodes: [] });
  });

  it.each([
    ['stage', { stage: '' }],
    ['stage', { stage: 7 }],
    ['action', { action: 'destroy' }],
    ['apiIds', { apiIds: undefined }],
    ['apiIds', { apiIds: [] }],
    ['apiIds', { apiIds: Array.from({ length: 101 }, (_, n) => n.toString(16).padStart(32, '0')) }],
    ['apiIds', { apiIds: ['a'.repeat(32), 'a'.repeat(32)] }],
    ['apiIds', { apiIds: ["' OR true --"] }],
    ['apiIds', { apiIds: 'a'.repeat(32) }],
    ['all', { all: true }],
    ['all', { apiIds: undefined, all: false }],
    ['description', { description: 'x'.repeat(181) }],
    ['description', { description: 'x', action: 'offline' }],
    ['colour', { colour: 'red' }],
  ])('says what is wrong with %s: %j', async (path, wrong) => {
    const { body } = await batch({ action: 'deploy', apiIds: ['a'.repeat(32)], ...wrong }).expect(400);
    expect(body.errors.map((error: { path: string }) => error.path)).toContain(path);
  });

  it('takes a cursor only with all, and only one that it gave', async () => {
    await batch({ action: 'deploy', apiIds: ['a'.repeat(32)] }, '?cursor=MTI').expect(400);
    await batch({ action: 'deploy', all: true }, '?cursor=*').expect(400);
  });

  it('is refused whole in a stage that the group lacks, for another account, and for a viewer', async () => {
    const apiIds = await apis(1);
    const { body } = await deploy(apiIds, { stage: 'GRAY' }).expect(422);
    expect(body).toMatchObject({ code: 'NotFoundStage' });
    const asOther = await stranger.send(`POST /groups/${group}/deployments`, { stage: 'RELEASE', action: 'deploy', apiIds });
    expect(asOther.body).toMatchObject({ status: 404, code: 'NotFoundApiGroup' });
    const viewer = ownerOf(app, await app.token('viewer'));
    await viewer.send(`POST /groups/${group}/deployments`, { stage: 'RELEASE', action: 'deploy', apiIds }).expect(403);
    expect(await live()).toEqual([]);
  });
});

describe('all of a group', () => {
  it('goes page by page, each in a revision of its own, until next is null', async () => {
    const model = await owner.api(group);
    await copies(model, 204);
    for (const action of ['deploy', 'offline']) {
      const seen: string[] = [];
      const sizes: number[] = [];
      for (let next: string | null = ''; next !== null; ) {
        const answer = await batch({ action, all: true }, next === '' ? '' : `?cursor=${next}`).expect(200);
        const body: BatchAnswer = answer.body;
        expect(new Set(codes(body.items))).toEqual(new Set(['done']));
        sizes.push(body.items.length);
        seen.push(...body.items.map(({ apiId }: BatchItem) => apiId));
        next = body.next;
      }
      expect(sizes).toEqual([100, 100, 5]);
      expect(new Set(seen).size).toBe(205);
      expect((await live()).length).toBe(action === 'deploy' ? 205 : 0);
      const chunks = await app.dataSource.query('SELECT size FROM apis_chunks WHERE group_id = $1 ORDER BY chunk_number', [
        group,
      ]);
      expect(chunks.map(({ size }: { size: number }) => size)).toEqual(action === 'deploy' ? [64, 64, 64, 13] : [0, 0, 0, 0]);
    }
  });

  it('of a group without APIs is nothing', async () => {
    expect((await batch({ action: 'deploy', all: true }).expect(200)).body).toEqual({ items: [], next: null });
  });
});

describeOnPostgres('batches at once', () => {
  it('on one group wait for each other, and none is lost', async () => {
    const ids = await apis(12);
    const answers = await Promise.all(
      ids.flatMap((id, at) => [deploy([id, ids[(at + 5) % 12]!]).expect(200), owner.deploy(id)]).map((each) => each),
    );
    expect(new Set(answers.map((answer) => ('body' in answer ? answer.body.revision : answer.revision))).size).toBe(24);
    expect(await live()).toEqual([...ids].sort());
    const [row] = await app.dataSource.query('SELECT sum(size)::integer AS size FROM apis_chunks WHERE group_id = $1', [group]);
    expect(row.size).toBe(12);
  });
});

async function copies(apiId: string, count: number): Promise<void> {
  await app.dataSource.query(
    `INSERT INTO apis (id, account_id, group_id, name, definition)
     SELECT md5($1 || n), account_id, group_id, $3 || n,
            definition || jsonb_build_object('name', $3 || n, 'request', definition -> 'request' || jsonb_build_object('path', '/copy/' || n))
     FROM apis, generate_series(1, $2::integer) AS n WHERE id = $1`,
    [apiId, count, newName()],
  );
}
