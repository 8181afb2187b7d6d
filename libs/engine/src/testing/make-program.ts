/** Programs compiled from chunks, for specs. Secrets stand in the clear behind `v1.`. */
import { ApiDefinition, type Chunk, chunkKeys, type GroupChunk, type InstanceChunk, type PluginType } from '@causeway/contract';
import { NO_SERVICES } from '@causeway/plugins';
import { compileProgram } from '../compile-program.js';
import type { CompileDeps } from '../deps.js';
import type { Program } from '../program.js';

export const GROUP = 'a'.repeat(32);
export const HOP_IDS = { public: 'b'.repeat(32), internal: 'c'.repeat(32), vpc: 'd'.repeat(32) };
export const PUBLIC_HOST = `${GROUP}-local.apigw.localhost`;
export const INTERNAL_HOST = `${GROUP}-local-intranet.apigw.localhost`;

export const deps: CompileDeps = {
  open: (_, sealed) => {
    if (sealed === 'v1.closed') throw new Error('cannot be opened');
    return sealed.slice('v1.'.length);
  },
  now: () => 1_700_000_000_000,
  random: () => 0.5,
  pause: async () => {},
  services: NO_SERVICES,
};

export function instanceChunk(changed: Partial<InstanceChunk> = {}): Chunk {
  return {
    kind: 'instance',
    id: 'i1',
    name: 'default',
    region: 'local',
    suffix: 'apigw.localhost',
    callsFromGateway: true,
    hopIds: HOP_IDS,
    hopKey: `v1.${Buffer.alloc(32).toString('base64')}`,
    privateDns: [],
    movedGroups: [],
    accessLists: { ipv4: null, ipv6: null },
    trafficLimit: null,
    ...changed,
  };
}

export function groupChunk(changed: Partial<GroupChunk> = {}): Chunk & { kind: 'group' } {
  return {
    kind: 'group',
    id: GROUP,
    accountId: 'acc',
    name: 'group',
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
    ...changed,
  };
}

export interface MadeApi {
  readonly path: string;
  readonly method?: string;
  readonly stage?: string;
  readonly plugins?: string[];
  /** Anything else of the definition. */
  readonly definition?: object;
}

/** Ids count up from 1, as 32 digits. */
export function apisChunk(apis: readonly MadeApi[], groupId: string = GROUP): Chunk {
  return {
    kind: 'apis',
    groupId,
    apis: apis.map(({ path, method = 'GET', stage = 'RELEASE', plugins = [], definition = {} }, index) => ({
      id: apiId(index + 1),
      stage,
      version: '1',
      plugins,
      definition: defineApi({ auth: 'ANONYMOUS', backend: { type: 'MOCK' }, request: { method, path }, ...definition }),
    })),
  };
}

export function apiId(number: number): string {
  return String(number).padStart(32, '0');
}

export function defineApi(definition: object): ApiDefinition {
  return ApiDefinition.parse({ name: 'some_api', ...definition });
}

export function pluginChunk(id: string, type: PluginType, config: Record<string, unknown>): Chunk {
  return { kind: 'plugin', id, name: `name of ${id.slice(0, 2)}`, type, config };
}

/** Under the keys that a manifest would give them; the hash of a chunk is its text. */
export function chunkMap(chunks: readonly Chunk[]): Map<string, { hash: string; chunk: Chunk }> {
  const apisOf = new Map<string, number>();
  return new Map(
    chunks.map((chunk) => {
      const number = chunk.kind === 'apis' ? (apisOf.get(chunk.groupId) ?? 0) : 0;
      if (chunk.kind === 'apis') apisOf.set(chunk.groupId, number + 1);
      return [keyOf(chunk, number), { hash: JSON.stringify(chunk), chunk }];
    }),
  );
}

function keyOf(chunk: Chunk, number: number): string {
  switch (chunk.kind) {
    case 'group':
      return chunkKeys.group(chunk.id);
    case 'apis':
      return chunkKeys.apis(chunk.groupId, number);
    case 'plugin':
      return chunkKeys.plugin(chunk.id);
    case 'dataset':
      return chunkKeys.dataset(chunk.id);
    case 'apps':
      return chunkKeys.apps(chunk.bucket);
    case 'vpc-accesses':
      return chunkKeys.vpcAccesses(chunk.accountId);
    case 'certificate':
      return chunkKeys.certificate(chunk.id);
    default:
      return chunk.kind;
  }
}

export function makeProgram(chunks: readonly Chunk[], previous: Program | null = null): Promise<Program> {
  const given = chunks.some(({ kind }) => kind === 'instance') ? chunks : [instanceChunk(), ...chunks];
  return compileProgram({ epoch: 1, revision: 1 }, chunkMap(given), deps, previous);
}
