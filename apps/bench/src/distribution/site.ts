/** A control plane on a database and a Redis of its own, with one account of many live APIs. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { generatedDomain } from '@causeway/contract';
import { createClient } from '@redis/client';
import type { Bed } from '../bed.js';
import { call, type Management } from '../causeway/rest.js';
import { type ControlPlane, startControlPlane } from '../manage/control-plane.js';
import { createDatabase } from '../manage/database.js';
import { analyze, groupIdOf, seedApis } from '../manage/seed.js';
import { startOwnRedis } from '../servers/redis.js';
import { REGION, SUFFIX } from '../stores/chunks.js';

const IN_A_GROUP = 100;
const INSTANCE = 'distribution';
const BACKEND_HOST = 'backend.bench.example';
/** A Redis user who may read and write everything and hear nothing. */
const DEAF = 'deaf';

export const EDITED_PATH = '/things/edited';
export const FORWARDED_PATH = '/things/forwarded';
/** What the edited API answers, by turns. */
export const STATUSES = [201, 202] as const;

export interface Site {
  apis: number;
  plane: ControlPlane;
  host: string;
  /** A section of what Redis says of itself. */
  info: (section: string) => Promise<string>;
  redisUrl: string;
  deafRedisUrl: string;
  /** Settings of a data plane that follows it. */
  followers: Readonly<Record<string, string>>;
  /** One call of the management API; resolves with the status that traffic sees from now on when it was answered with success. */
  edit: () => { status: number; done: Promise<unknown> };
  close: () => Promise<void>;
}

export async function openSite(bed: Bed, apis: number): Promise<Site> {
  const database = await createDatabase();
  const server = await startOwnRedis(bed.cores, join(bed.workDir, `redis-${apis}`));
  const client = createClient({ url: server.url });
  // Ending its server under an open connection is how Ctrl-C ends.
  client.on('error', () => {});
  const redis = await client.connect();
  await redis.sendCommand(['ACL', 'SETUSER', DEAF, 'on', `>${DEAF}`, '~*', '+@all', 'resetchannels']);
  const plane = await startControlPlane(database.url, { REDIS_URL: server.url });
  const instance = await call<{ id: string }>(plane.management, 'POST', '/instances', { name: INSTANCE });
  const account = { id: randomBytes(16).toString('hex'), instanceId: instance.id };
  await database.client.query('INSERT INTO accounts (id, name) VALUES ($1, $2)', [account.id, INSTANCE]);
  await seedApis(database.client, account, apis / IN_A_GROUP, IN_A_GROUP);
  // What SQL brought is published with the first manifest that is made anew.
  for (const table of ['manifest_chunks', 'published_manifests'])
    await database.client.query(`DELETE FROM ${table} WHERE instance_id = $1`, [instance.id]);
  await analyze(database.client);
  await call(plane.management, 'PATCH', `/instances/${instance.id}`, {
    privateDns: [{ host: BACKEND_HOST, records: [{ address: '127.0.0.1', port: bed.origin.port }] }],
  });
  const { token } = await call<{ token: string }>(plane.management, 'POST', '/tokens', {
    name: INSTANCE,
    role: 'admin',
    accountId: account.id,
  });
  const groupId = groupIdOf(account, Math.floor(apis / IN_A_GROUP / 2));
  return {
    apis,
    plane,
    host: generatedDomain('public', groupId, REGION, SUFFIX),
    info: async (section) => String(await redis.info(section)),
    redisUrl: server.url,
    deafRedisUrl: server.url.replace('://', `://${DEAF}:${DEAF}@`),
    followers: { ...plane.followers, CAUSEWAY_INSTANCE: INSTANCE },
    edit: await addApis({ url: plane.management.url, token }, groupId),
    async close() {
      redis.destroy();
      await plane.stop();
      await server.stop();
      await database.drop();
    },
  };
}

/** One API whose versions are switched, and one in front of the origin. */
async function addApis(management: Management, groupId: string): Promise<Site['edit']> {
  const add = (name: string, path: string, backend: object) =>
    call<{ id: string }>(management, 'POST', `/groups/${groupId}/apis`, {
      name,
      auth: 'ANONYMOUS',
      request: { protocols: ['HTTP'], method: 'GET', path },
      backend,
    });
  const deploy = (id: string, body: object) => call<{ version: string }>(management, 'POST', `/apis/${id}/deployments`, body);
  const forwarded = await add('forwarded', FORWARDED_PATH, {
    type: 'HTTP',
    address: `http://${BACKEND_HOST}:8080`,
    path: FORWARDED_PATH,
    method: 'GET',
  });
  await deploy(forwarded.id, { stage: 'RELEASE' });
  const edited = await add('edited', EDITED_PATH, { type: 'MOCK', statusCode: STATUSES[0] });
  const versions = [(await deploy(edited.id, { stage: 'RELEASE' })).version];
  await call(management, 'PATCH', `/apis/${edited.id}`, { backend: { type: 'MOCK', statusCode: STATUSES[1] } });
  versions.push((await deploy(edited.id, { stage: 'RELEASE' })).version);
  let at = 1;
  return () => {
    at = 1 - at;
    return { status: STATUSES[at] as number, done: deploy(edited.id, { stage: 'RELEASE', version: versions[at] }) };
  };
}
