/** Loads what is measured: the main job of the original document, a plain API, a signed one and its anonymous twin, all in front of the origin. */
import { generatedDomain } from '@causeway/contract';
import { KEY, SECRET } from '../signing.js';
import { call, type Management } from './rest.js';

const REGION = 'local';
const SUFFIX = 'apigw.localhost';
const GROUP_ONE = 'be4c4000000000000000000000000001';
const GROUP_TWO = 'be4c4000000000000000000000000002';

/** Where the public APIs answer. */
export const BENCH_DOMAIN = generatedDomain('public', GROUP_ONE, REGION, SUFFIX);

const BACKEND_HOST = 'backend.bench.example';
const STAGE = 'RELEASE';

interface Instance {
  id: string;
  name: string;
  privateDns?: { host: string }[];
}

export async function loadScenario(management: Management, originPort: number): Promise<void> {
  const send = <T = { id: string }>(method: string, path: string, body?: unknown) => call<T>(management, method, path, body);

  const { items } = await send<{ items: Instance[] }>('GET', '/instances');
  const instance = items.find(({ name }) => name === 'default');
  if (instance === undefined) throw new Error('there is no instance named default');
  await send('PATCH', `/instances/${instance.id}`, {
    callsFromGateway: true,
    privateDns: [
      ...(instance.privateDns ?? []).filter(({ host }) => host !== BACKEND_HOST),
      { host: BACKEND_HOST, records: [{ address: '127.0.0.1', port: originPort }] },
    ],
  });

  for (const [id, name] of [
    [GROUP_ONE, 'bench_one'],
    [GROUP_TWO, 'bench_two'],
  ]) {
    await send('POST', '/groups', { id, name, instanceId: instance.id });
    await send('POST', `/groups/${id}/internal-domain`);
  }

  const publish = async (
    group: string,
    name: string,
    definition: { auth: string; path: string; mode?: string; backend?: boolean },
  ) => {
    const { auth, path, mode = 'MAPPING', backend = true } = definition;
    const { id } = await send('POST', `/groups/${group}/apis`, {
      name,
      auth,
      request: { protocols: ['HTTP'], method: 'GET', path, mode },
      ...(backend ? { backend: { type: 'HTTP', address: `http://${BACKEND_HOST}:8080`, path, method: 'GET' } } : {}),
    });
    await send('POST', `/apis/${id}/deployments`, { stage: STAGE });
    return id;
  };
  const business1 = await publish(GROUP_ONE, 'business1', { auth: 'APP', path: '/business1' });
  const business2 = await publish(GROUP_TWO, 'business2', { auth: 'APP', path: '/business2' });
  const signed = await publish(GROUP_ONE, 'signed', { auth: 'APP', path: '/signed' });
  await publish(GROUP_ONE, 'anonymous', { auth: 'ANONYMOUS', path: '/anonymous' });
  await publish(GROUP_ONE, 'plain', { auth: 'ANONYMOUS', path: '/plain', mode: 'PASSTHROUGH' });
  const distribution = await publish(GROUP_ONE, 'distribution', { auth: 'ANONYMOUS', path: '/distributeAPI', backend: false });

  const app = await send('POST', '/apps', { name: 'bench', key: KEY, secret: SECRET });
  await send('POST', '/grants', { appId: app.id, apiIds: [business1, business2, signed], stage: STAGE });

  for (const [name, type, config] of [
    ['bench_routing', 'routing', ROUTING],
    ['bench_signature', 'backendSignature', SIGNATURE],
  ]) {
    const plugin = await send('POST', '/plugins', { name, type, config });
    await send('POST', `/plugins/${plugin.id}/bindings`, { apiIds: [distribution], stage: STAGE });
  }
}

function route(n: number, group: string): string {
  return `- name: backend${n}
  condition: "$target = 'resource${n}'"
  backend:
    type: "HTTP"
    address: "${generatedDomain('internal', group, REGION, SUFFIX)}"
    path: "/business${n}"
`;
}

const ROUTING = `---
parameters:
  target: "Query:target"
routes:
${route(1, GROUP_ONE)}${route(2, GROUP_TWO)}`;

const SIGNATURE = `---
type: APIGW_FRONTEND
key: ${KEY}
secret: ${SECRET}
signatureMethod: HmacSHA256
`;
