/** The scenario of the original document: one API that passes requests on to two others over their internal domains, signed. */
import type { Gateway } from './gateway.js';
import { type RawBackend, startRawBackend } from './raw-backend.js';

export const GROUP_1 = '17ff4c9189004a1d87b557606b767334';
export const GROUP_2 = 'c6e984b2dd784c0fb843f7c2a8878b15';

export interface Scenario {
  /** Host of the distribution API. */
  readonly host: string;
  readonly backends: readonly [RawBackend, RawBackend];
  readonly apiIds: { readonly business1: string; readonly business2: string; readonly distributeAPI: string };
  readonly appId: string;
  readonly routingId: string;
}

export interface ScenarioOptions {
  readonly region?: string;
  readonly domainSuffix?: string;
  /** The instance of both groups. */
  readonly instanceId?: string;
}

export async function createScenario(
  { management, closeAtEnd }: Pick<Gateway, 'management' | 'closeAtEnd'>,
  options: ScenarioOptions = {},
): Promise<Scenario> {
  const { region = 'local', domainSuffix = 'apigw.localhost' } = options;
  const instanceId = options.instanceId ?? (await management.instanceId('default'));
  const backends = [await startRawBackend('one'), await startRawBackend('two')] as const;
  closeAtEnd(...backends);
  await management.call(`PATCH /instances/${instanceId}`, {
    callsFromGateway: true,
    privateDns: backends.map(({ port }, i) => ({
      host: `backend${i + 1}.alicloudapi.com`,
      records: [{ address: '127.0.0.1', port }],
    })),
  });
  for (const [id, name] of [
    [GROUP_1, 'group1'],
    [GROUP_2, 'group2'],
  ]) {
    await management.call('POST /groups', { id, name, instanceId });
    await management.call(`POST /groups/${id}/internal-domain`);
  }
  const business1 = await management.publish(GROUP_1, businessApi(1));
  const business2 = await management.publish(GROUP_2, businessApi(2));
  const { id: appId } = await management.call('POST /apps', { name: 'caller', key: 'TESTKEY', secret: 'TESTSECRET' });
  await management.call('POST /grants', { appId, apiIds: [business1, business2], stage: 'RELEASE' });
  const distributeAPI = await management.publish(GROUP_1, {
    name: 'distributeAPI',
    auth: 'ANONYMOUS',
    request: { protocols: ['HTTP'], method: 'GET', path: '/distributeAPI' },
  });
  const internal = (groupId: string): string => `${groupId}-${region}-intranet.${domainSuffix}`;
  const routingId = await management.bind('routing', routing(internal(GROUP_1), internal(GROUP_2)), [distributeAPI]);
  await management.bind('backendSignature', SIGNATURE, [distributeAPI]);
  return {
    host: `${GROUP_1}-${region}.${domainSuffix}`,
    backends,
    apiIds: { business1, business2, distributeAPI },
    appId,
    routingId,
  };
}

export function businessApi(n: number): Record<string, unknown> {
  return {
    name: `business${n}`,
    auth: 'APP',
    request: { protocols: ['HTTP'], method: 'GET', path: `/business${n}` },
    backend: { type: 'HTTP', address: `http://backend${n}.alicloudapi.com:8080`, path: `/business${n}`, method: 'GET' },
  };
}

/** Addresses are the callees' domains, with scheme and port where the document has none. */
export function routing(address1: string, address2: string): string {
  return `---
parameters:
  target: "Query:target"
routes:
- name: backend1
  condition: "$target = 'resource1'"
  backend:
    type: "HTTP"
    address: "${address1}"
    path: "/business1"
- name: backend2
  condition: "$target = 'resource2'"
  backend:
    type: "HTTP"
    address: "${address2}"
    path: "/business2"
`;
}

export const SIGNATURE = `---
type: APIGW_FRONTEND
key: TESTKEY
secret: TESTSECRET
signatureMethod: HmacSHA256
`;
