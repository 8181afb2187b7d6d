/** Chunks of an instance as the control plane publishes them, from the few words that a measurement cares about. */
import { ApiDefinition, type ApisChunk, type Chunk, chunkKeys, type GroupChunk } from '@causeway/contract';
import type { InstanceKeys } from '@causeway/snapshot';
import type { z } from 'zod';

export const INSTANCE = 'bench';
export const REGION = 'local';
export const SUFFIX = 'apigw.localhost';

const ACCOUNT = 'bench';
const HOP_IDS = { public: 'a'.repeat(32), internal: 'b'.repeat(32), vpc: 'c'.repeat(32) };

/** @param groups those whose internal domain is on */
export function instanceChunks(keys: InstanceKeys, groups: readonly string[]): Record<string, Chunk> {
  return {
    [chunkKeys.instance]: {
      kind: 'instance',
      id: INSTANCE,
      name: INSTANCE,
      region: REGION,
      suffix: SUFFIX,
      callsFromGateway: true,
      hopIds: HOP_IDS,
      hopKey: keys.seal('instance/hopKey', Buffer.alloc(32, 1).toString('base64')),
      privateDns: [],
      movedGroups: [],
      accessLists: { ipv4: null, ipv6: null },
      trafficLimit: null,
    },
    [chunkKeys.network]: {
      kind: 'network',
      region: REGION,
      instances: [{ id: INSTANCE, internalEndpoint: null, groups: [...groups] }],
    },
    // a node is ready only once it knows the apps
    [chunkKeys.apps(0)]: { kind: 'apps', bucket: 0, apps: [] },
  };
}

export function groupChunk(id: string): GroupChunk {
  return {
    kind: 'group',
    id,
    accountId: ACCOUNT,
    name: `group_${id}`,
    basePath: '/',
    publicDomain: true,
    internalDomain: true,
    domains: [],
    stages: [],
    passthroughHeaders: [],
    appCode: { in: null, name: null, keepForBackend: false },
    sse: false,
    debug: false,
    removeServerHeader: false,
    trafficLimit: null,
    bindings: [],
  };
}

export function publishedApi(id: string, definition: z.input<typeof ApiDefinition>): ApisChunk['apis'][number] {
  return { id, stage: 'RELEASE', version: '20260101000000000', plugins: [], definition: ApiDefinition.parse(definition) };
}
