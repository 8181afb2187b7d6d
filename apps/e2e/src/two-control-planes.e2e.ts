/** Two control planes on one Postgres and one Redis take writes at the same time: every write is kept, in one order, and every node follows. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createScratchDatabase, postgresUrl, redisUrl, type ScratchDatabase } from '@causeway/test-stores';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from './harness/free-port.js';
import { send } from './harness/http-client.js';
import { createManagement, type Management } from './harness/management.js';
import { type Service, startService } from './harness/service.js';

const GROUPS = ['a1', 'b2'].map((each) => each.repeat(16)) as [string, string];
const ROUNDS = 25;
const SECRET = `planted-${randomBytes(8).toString('hex')}`;

interface Head {
  epoch: number;
  revision: number;
}

let database: ScratchDatabase;
let folder: string;
let planes: Array<{ readonly service: Service; readonly management: Management; readonly url: string }>;
let nodes: Array<{ readonly service: Service; readonly port: number; readonly dataDir: string }>;
let apis: string[];
const adminToken = `cwt_${randomBytes(32).toString('base64url')}`;
const nodeToken = `cwn_${randomBytes(32).toString('base64url')}`;
const masterKey = randomBytes(32).toString('base64');

const other = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;

const story = postgresUrl && redisUrl ? describe : describe.skip;

story('two control planes', () => {
  beforeAll(async () => {
    database = await createScratchDatabase();
    folder = await mkdtemp(join(tmpdir(), 'causeway-two-'));
    const shared = {
      CAUSEWAY_MASTER_KEY: `k1:${masterKey}`,
      CAUSEWAY_NODE_TOKEN: nodeToken,
      REDIS_URL: redisUrl ?? '',
      CAUSEWAY_REDIS_PREFIX: `e2e-${randomBytes(6).toString('hex')}`,
      CAUSEWAY_LIMITS_TOKEN_REQUESTS: '0',
    };
    // Both at once, on an empty database.
    planes = await Promise.all([1, 2].map(() => startControlPlane(shared)));
    nodes = await Promise.all(planes.map(({ url }, n) => startNode(shared, url, n)));
    const { management } = planes[0] as (typeof planes)[0];
    for (const [n, id] of GROUPS.entries()) await management.call('POST /groups', { id, name: `group_${n}` });
    apis = await Promise.all(GROUPS.flatMap((id) => [0, 1].map((n) => management.publish(id, definition(n, 'first')))));
  }, 120_000);
  afterAll(async () => {
    await Promise.all([...(nodes ?? []), ...(planes ?? [])].map(({ service }) => service.stop()));
    await database?.drop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }, 60_000);

  it('refuse nothing and lose nothing when both write to the same groups and others at once', async () => {
    const heads = followHeads();
    const writes: Array<Promise<{ revision?: number }>> = [];
    for (let round = 0; round < ROUNDS; round++) {
      for (const { management } of planes) {
        const api = other(apis, round);
        writes.push(
          management.call(`POST /apis/${api}/deployments`, { stage: 'RELEASE', description: `round ${round}` }),
          management.call(`PATCH /groups/${other(GROUPS, round)}`, { description: `round ${round}` }),
          management.call('POST /apps', { name: `app_${randomBytes(6).toString('hex')}`, secret: SECRET }),
          management.call(`POST /groups/${other(GROUPS, round)}/apis`, definition(randomBytes(6).toString('hex'), 'draft')),
        );
      }
    }
    const settled = await Promise.allSettled(writes);
    expect(
      settled.filter(({ status }) => status === 'rejected').map((each) => String((each as PromiseRejectedResult).reason)),
    ).toEqual([]);
    const made = settled.flatMap((each) => (each.status === 'fulfilled' ? (each.value.revision ?? []) : []));
    const last = await untilApplied();

    // One order: no number twice, none left out.
    expect(new Set(made).size).toBe(made.length);
    const revisions = await allRevisions();
    expect(revisions.map(({ revision }) => revision)).toEqual(
      Array.from({ length: revisions.length }, (_, n) => last.revision - n),
    );
    expect(revisions.filter(({ publishedAt }) => publishedAt === null)).toEqual([]);
    for (const seen of await heads.stop()) expect(seen).toEqual([...seen].sort(inOrder));

    const apps = await planes[1]?.management.call<{ items: unknown[] }>('GET /apps?limit=200');
    expect(apps?.items).toHaveLength(2 * ROUNDS);
    for (const { service } of planes)
      expect(
        service
          .output()
          .split('\n')
          .filter((line) => /"level":[56]0/.test(line)),
      ).toEqual([]);
  }, 120_000);

  it('do fifty deployments of one group at once', async () => {
    const drafts = await Promise.all(
      Array.from({ length: 25 }, (_, n) =>
        other(planes, n).management.call<{ id: string }>(`POST /groups/${GROUPS[0]}/apis`, definition(`many${n}`, `value ${n}`)),
      ),
    );
    const deployed = await Promise.allSettled(
      [...drafts, ...drafts].map(({ id }, n) =>
        other(planes, n).management.call(`POST /apis/${id}/deployments`, { stage: 'RELEASE' }),
      ),
    );
    expect(
      deployed.filter(({ status }) => status === 'rejected').map((each) => String((each as PromiseRejectedResult).reason)),
    ).toEqual([]);
    await untilApplied();
    for (const { port } of nodes) {
      const answers = await Promise.all(drafts.map((_, n) => send(port, `${GROUPS[0]}-local.apigw.localhost`, `/many${n}`)));
      expect(answers.map(({ body }) => body)).toEqual(drafts.map((_, n) => `value ${n}`));
    }
  }, 120_000);

  it('go on when one of them is killed between a commit and its publication', async () => {
    const [first, second] = planes as [(typeof planes)[0], (typeof planes)[0]];
    const api = apis[0] ?? '';
    await first.management.call(`PATCH /apis/${api}`, { backend: { type: 'MOCK', statusCode: 200, body: 'after' } });
    await first.management.call(`POST /apis/${api}/deployments`, { stage: 'RELEASE' });
    await first.service.stop('SIGKILL');
    await second.management.call(`PATCH /groups/${GROUPS[1]}?wait=applied&timeout=20000`, { description: 'later' });
    const { body } = await send(nodes[1]?.port ?? 0, `${GROUPS[0]}-local.apigw.localhost`, '/value0');
    expect(body).toBe('after');
  }, 60_000);

  it('leave no secret in clear in what data planes keep on disk and log', async () => {
    const shown: string[] = [];
    let files = 0;
    for (const { dataDir, service } of nodes) {
      const texts = [service.output()];
      for (const entry of await readdir(dataDir, { recursive: true, withFileTypes: true }))
        if (entry.isFile()) texts.push((await readFile(join(entry.parentPath, entry.name))).toString('latin1'));
      files += texts.length - 1;
      for (const secret of [SECRET, adminToken, nodeToken, masterKey])
        if (texts.some((text) => text.includes(secret))) shown.push(secret);
    }
    expect(files).toBeGreaterThan(4);
    expect(shown).toEqual([]);
  });
});

async function startControlPlane(shared: Record<string, string>) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const service = startService('control-plane/dist/main.js', {
    ...shared,
    DATABASE_URL: database.url,
    CAUSEWAY_ADMIN_TOKEN: adminToken,
    CAUSEWAY_MANAGEMENT_HOST: '127.0.0.1',
    CAUSEWAY_MANAGEMENT_PORT: String(port),
  });
  await service.untilReady(`${url}/readyz`);
  return { service, url, management: createManagement(url, adminToken) };
}

/** Each follows a control plane of its own. */
async function startNode(shared: Record<string, string>, url: string, n: number) {
  const [port, internalPort, adminPort] = [await freePort(), await freePort(), await freePort()];
  const dataDir = join(folder, `node-${n}`);
  const service = startService('data-plane/dist/main.js', {
    ...shared,
    CAUSEWAY_NODE_ID: `node-${n}`,
    CAUSEWAY_CONTROL_PLANE_URL: url,
    CAUSEWAY_DATA_DIR: dataDir,
    CAUSEWAY_PUBLIC_HOST: '127.0.0.1',
    CAUSEWAY_PUBLIC_PORT: String(port),
    CAUSEWAY_INTERNAL_PORT: String(internalPort),
    CAUSEWAY_ADMIN_PORT: String(adminPort),
  });
  await service.untilReady(`http://127.0.0.1:${adminPort}/readyz`);
  return { service, port, dataDir };
}

function definition(n: number | string, body: string): Record<string, unknown> {
  const name = typeof n === 'number' ? `value${n}` : /^\d/.test(n) ? `d${n}` : n;
  return {
    name,
    auth: 'ANONYMOUS',
    request: { protocols: ['HTTP'], method: 'GET', path: `/${name}` },
    backend: { type: 'MOCK', statusCode: 200, body },
  };
}

/** Every manifest that each control plane serves, in the order in which it does. */
function followHeads() {
  const stop = new AbortController();
  const following = planes.map(async ({ url }) => {
    const seen: Head[] = [];
    while (!stop.signal.aborted) {
      const response = await fetch(`${url}/internal/v1/instances/default/manifest`, {
        headers: { authorization: `Bearer ${nodeToken}` },
      });
      const { epoch, revision } = (await response.json()) as Head;
      seen.push({ epoch, revision });
    }
    return seen;
  });
  return {
    async stop() {
      stop.abort();
      return Promise.all(following);
    },
  };
}

const inOrder = (a: Head, b: Head) => a.epoch - b.epoch || a.revision - b.revision;

/** Both nodes run what was written last, asked of both control planes. */
async function untilApplied(): Promise<Head> {
  let last = 0;
  for (const { management } of planes) {
    const written = await management.call<{ revision: number; applied: { timedOut?: true; nodes: Array<{ state: string }> } }>(
      `PATCH /groups/${GROUPS[0]}?wait=applied&timeout=30000`,
      { description: randomBytes(4).toString('hex') },
    );
    expect(written.applied).toMatchObject({ nodes: [{ state: 'applied' }, { state: 'applied' }] });
    expect(written.applied.timedOut).toBeUndefined();
    last = written.revision;
  }
  return { epoch: 1, revision: last };
}

async function allRevisions(): Promise<Array<{ revision: number; publishedAt: string | null }>> {
  const all: Array<{ revision: number; publishedAt: string | null }> = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: { items: typeof all; next: string | null } = await (planes[0] as (typeof planes)[0]).management.call(
      `GET /revisions?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    all.push(...page.items);
    cursor = page.next;
  }
  return all;
}
