/** The original document's scenario as rows: a distribution API that routes to two business APIs and signs its calls. */
import { ApiDefinition, appBucket } from '@causeway/contract';
import { storedPaths } from '../chunks/chunk-source.js';
import { storedSeal } from './scratch-store.js';

interface Rows {
  query(sql: string, values: unknown[]): Promise<unknown>;
}

const RESOURCE_1 = '17ff4c9189004a1d87b557606b767334';
const RESOURCE_2 = 'c6e984b2dd784c0fb843f7c2a8878b15';

export const scenario = {
  instance: 'i1',
  groups: [RESOURCE_1, RESOURCE_2],
  apis: { business1: 'a1'.repeat(16), business2: 'a2'.repeat(16), distribute: 'a3'.repeat(16) },
  plugins: { routing: 'b1'.repeat(16), signature: 'b2'.repeat(16) },
  app: '1001',
} as const;

const ROUTING = `---
parameters:
  target: "Query:target"
routes:
- name: backend1
  condition: "$target = 'resource1'"
  backend:
    type: "HTTP"
    address: "${RESOURCE_1}-cn-huhehaote-intranet.alicloudapi.com"
    path: "/business1"
- name: backend2
  condition: "$target = 'resource2'"
  backend:
    type: "HTTP"
    address: "${RESOURCE_2}-cn-huhehaote-intranet.alicloudapi.com"
    path: "/business2"
`;

const SIGNATURE = `---
type: APIGW_FRONTEND
key: TESTKEY
secret: TESTSECRET
signatureMethod: HmacSHA256
`;

/** All keys that the scenario fills on its instance. */
export const scenarioKeys = [
  'instance',
  'network',
  ...scenario.groups.map((id) => `group:${id}`),
  ...scenario.groups.map((id) => `apis:${id}:0`),
  ...Object.values(scenario.plugins).map((id) => `plugin:${id}`),
  `apps:${appBucket(scenario.app)}`,
];

export async function seedScenario(rows: Rows): Promise<void> {
  for (const [index, id] of scenario.groups.entries()) await insertGroup(rows, id, `business_group_${index + 1}`);
  for (const [index, id] of [scenario.apis.business1, scenario.apis.business2].entries()) {
    const path = `/business${index + 1}`;
    const backend = { type: 'HTTP', address: `http://backend${index + 1}.alicloudapi.com:8080`, path, method: 'GET' };
    const definition = {
      name: `business${index + 1}`,
      auth: 'APP',
      request: { protocols: ['HTTP'], method: 'GET', path },
      backend,
    };
    await insertDeployedApi(rows, id, scenario.groups[index] ?? '', definition);
  }
  await insertDeployedApi(rows, scenario.apis.distribute, RESOURCE_1, {
    name: 'distributeAPI',
    auth: 'ANONYMOUS',
    request: { protocols: ['HTTP'], method: 'GET', path: '/distributeAPI', mode: 'PASSTHROUGH' },
  });
  await insertBoundPlugin(rows, scenario.plugins.routing, 'routing', ROUTING, scenario.apis.distribute);
  await insertBoundPlugin(rows, scenario.plugins.signature, 'backendSignature', SIGNATURE, scenario.apis.distribute);
  await insertApp(rows);
}

export async function insertGroup(rows: Rows, id: string, name: string, instanceId: string = scenario.instance): Promise<void> {
  await rows.query(
    `INSERT INTO groups (id, account_id, instance_id, name, network, internal_generated, internal_enabled)
     VALUES ($1, 'acc', $2, $3, '{"internet": true, "publicDomain": true, "vpc": false}', true, true)`,
    [id, instanceId, name],
  );
}

export async function insertDeployedApi(
  rows: Rows,
  id: string,
  groupId: string,
  definition: unknown,
  chunkNumber = 0,
): Promise<void> {
  const stored = JSON.stringify(ApiDefinition.parse(definition));
  const { name } = ApiDefinition.parse(definition);
  const version = '20260101000000000';
  await rows.query(`INSERT INTO apis (id, account_id, group_id, name, definition) VALUES ($1, 'acc', $2, $3, $4)`, [
    id,
    groupId,
    name,
    stored,
  ]);
  await rows.query(`INSERT INTO api_versions (api_id, version, stage, definition) VALUES ($1, $2, 'RELEASE', $3)`, [
    id,
    version,
    stored,
  ]);
  await rows.query(
    `INSERT INTO deployments (api_id, stage, group_id, version, chunk_number) VALUES ($1, 'RELEASE', $2, $3, $4)`,
    [id, groupId, version, chunkNumber],
  );
}

async function insertBoundPlugin(rows: Rows, id: string, type: string, config: string, apiId: string): Promise<void> {
  const sealed = storedSeal(storedPaths.pluginConfig(id), config);
  await rows.query(`INSERT INTO plugins (id, account_id, name, type, config) VALUES ($1, 'acc', $2, $3, $4)`, [
    id,
    `${type}_plugin`,
    type,
    sealed,
  ]);
  await rows.query(`INSERT INTO plugin_bindings (id, plugin_id, type, stage, api_id) VALUES ($1, $2, $3, 'RELEASE', $4)`, [
    `${id.slice(0, 30)}ff`,
    id,
    type,
    apiId,
  ]);
}

async function insertApp(rows: Rows): Promise<void> {
  await rows.query(`INSERT INTO apps (id, account_id, name) VALUES ($1, 'acc', 'test_app')`, [scenario.app]);
  await rows.query('INSERT INTO app_keys (key, app_id, secret) VALUES ($1, $2, $3)', [
    'TESTKEY',
    scenario.app,
    storedSeal(storedPaths.appSecret('TESTKEY'), 'TESTSECRET'),
  ]);
  for (const [id, apiId, expiresAt] of [
    ['g1', scenario.apis.business1, null],
    ['g2', scenario.apis.business2, '2099-01-01T00:00:00Z'],
  ]) {
    await rows.query(
      `INSERT INTO grants (id, account_id, app_account_id, app_id, api_id, stage, expires_at) VALUES ($1, 'acc', 'acc', $2, $3, 'RELEASE', $4)`,
      [id, scenario.app, apiId, expiresAt],
    );
  }
}
