/** What a large account costs whoever manages it, on a real Postgres. */
import { randomBytes } from 'node:crypto';
import type { Bed } from '../bed.js';
import { call } from '../causeway/rest.js';
import { batchLines, batchVerdicts, measureBatches, sum } from '../manage/batches.js';
import { type ControlPlane, startControlPlane } from '../manage/control-plane.js';
import { createDatabase, databaseServer, type ScratchDatabase } from '../manage/database.js';
import { deployLines, deployVerdicts, measureDeploys, type Site, timesOf } from '../manage/deploys.js';
import { listLines, listVerdicts, longLists, measureLists } from '../manage/lists.js';
import { percentile } from '../manage/percentile.js';
import { analyze, groupIdOf, seedApis, seedApps } from '../manage/seed.js';
import type { Finding } from './list.js';

const SMALL_APIS = 100;
const IN_A_GROUP = 100;

interface Sizes {
  apis: number;
  batch: number;
  deploys: number;
  lists: number;
}

export async function measureManage(_: Bed, quick: boolean, progress: (line: string) => void): Promise<Finding> {
  if (databaseServer() === '')
    return { section: 'manage', lines: ['  skipped: no DATABASE_URL of a Postgres server'], figures: {}, verdicts: [] };
  const database = await createDatabase();
  try {
    const plane = await startControlPlane(database.url);
    const sizes = quick
      ? { apis: 10_000, batch: 1000, deploys: 20, lists: 2 }
      : { apis: 100_000, batch: 10_000, deploys: 50, lists: 10 };
    const finding = await measure(database, plane, sizes, progress);
    await plane.stop();
    return finding;
  } finally {
    await database.drop();
  }
}

async function measure(
  { client }: ScratchDatabase,
  plane: ControlPlane,
  { apis, batch, deploys, lists }: Sizes,
  progress: (line: string) => void,
): Promise<Finding> {
  // On a database that holds nothing else.
  const batches = await measureBatches(plane.management, plane.pid, batch, progress);
  progress('filling accounts');
  const small = await site(client, plane, 'in a small account', SMALL_APIS / IN_A_GROUP, IN_A_GROUP);
  const many = await site(client, plane, 'in many groups', apis / IN_A_GROUP, IN_A_GROUP);
  const one = await site(client, plane, 'in one group', 1, apis);
  const sites = [small, many, one].map((each) => each.site);
  await seedApps(client, one.account, apis);
  await analyze(client);
  progress('deploying one by one');
  const times = await measureDeploys(client, sites, deploys);
  progress('listing');
  const pages = await measureLists(client, one.site.management, await longLists(client, one.account.id, one.site.groupId), lists);
  return {
    section: 'manage',
    lines: [...batchLines(batches), ...deployLines(sites, times), ...listLines(pages)],
    figures: {
      'batch.createSeconds': sum(batches.createMs) / 1000,
      'batch.deploySeconds': sum(batches.deployMs) / 1000,
      'batch.peakBytes': batches.peakBytes,
      ...Object.fromEntries(
        sites.flatMap(({ name }) =>
          Object.entries(timesOf(times, name)).map(([which, ms]) => [`deploy.${name}.${which}`, percentile(ms, 0.5)]),
        ),
      ),
      ...Object.fromEntries(
        [...pages].flatMap(([name, page]) =>
          Object.entries(page).map(([which, ms]) => [`list.${name}.${which}.p95`, percentile(ms, 0.95)]),
        ),
      ),
    },
    verdicts: [...batchVerdicts(batches), ...deployVerdicts(sites, times), ...listVerdicts(pages)],
  };
}

/** An account of its own, on an instance of its own, filled by SQL but for the API that is deployed. */
async function site(
  client: ScratchDatabase['client'],
  { management }: ControlPlane,
  name: string,
  groups: number,
  apisInEach: number,
): Promise<{ site: Site; account: { id: string; instanceId: string } }> {
  const label = name.replaceAll(' ', '-');
  const instance = await call<{ id: string }>(management, 'POST', '/instances', { name: label });
  const accountId = randomBytes(16).toString('hex');
  await client.query('INSERT INTO accounts (id, name) VALUES ($1, $2)', [accountId, label]);
  const { token } = await call<{ token: string }>(management, 'POST', '/tokens', { name: label, role: 'admin', accountId });
  const account = { id: accountId, instanceId: instance.id };
  await seedApis(client, account, groups, apisInEach);
  // What SQL brought is published with the first manifest that is made anew.
  for (const table of ['manifest_chunks', 'published_manifests'])
    await client.query(`DELETE FROM ${table} WHERE instance_id = $1`, [instance.id]);
  const own = { url: management.url, token };
  const groupId = groupIdOf(account, Math.floor(groups / 2));
  const api = await call<{ id: string }>(own, 'POST', `/groups/${groupId}/apis`, {
    name: 'deployed',
    request: { method: 'GET', path: '/things/deployed' },
    backend: { type: 'HTTP', address: 'http://backend.example.com:8080', path: '/', method: 'GET' },
  });
  const apis = groups * apisInEach;
  return { site: { name, management: own, instanceId: instance.id, groupId, apiId: api.id, apis }, account };
}
