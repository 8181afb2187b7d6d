/** Snapshots for specs, from the few words that a spec cares about. Secrets stand in plain text. */
import {
  ApiDefinition,
  type Chunk,
  chunkKeys,
  type DatasetType,
  GroupChunk,
  InstanceChunk,
  PLUGIN_TYPES,
} from '@causeway/contract';
import type { HashedChunk } from '@causeway/engine';
import { z } from 'zod';

export const REGION = 'local';
export const SUFFIX = 'gw.test';
export const GROUP = '0123456789abcdef0123456789abcdef';
export const HOP_IDS = { public: 'a'.repeat(32), internal: 'b'.repeat(32), vpc: 'c'.repeat(32) };
export const HOP_KEY = Buffer.alloc(32, 7);
export const HOST = `${GROUP}-${REGION}.${SUFFIX}`;
export const INTERNAL_HOST = `${GROUP}-${REGION}-intranet.${SUFFIX}`;

/** Secrets carry the prefix of sealed text, so that they fit the schema, and nothing else. */
const PLAIN = 'v1.';
export const open = (_: string, sealed: string): string => sealed.slice(PLAIN.length);

type DefinitionInput = z.input<typeof ApiDefinition>;

export interface ApiInput extends Omit<DefinitionInput, 'name' | 'request'> {
  readonly id?: string;
  readonly stage?: string;
  readonly plugins?: readonly string[];
  readonly path?: string;
  readonly method?: DefinitionInput['request']['method'];
  readonly request?: Partial<DefinitionInput['request']>;
}

export interface PluginInput {
  readonly id: string;
  readonly type: (typeof PLUGIN_TYPES)[number];
  readonly config: Readonly<Record<string, unknown>>;
}

/** A value ends at its time, where there is one. */
export interface DatasetInput {
  readonly id: string;
  readonly type: DatasetType;
  readonly values: ReadonlyArray<string | { readonly value: string; readonly expiresAt: string }>;
}

export interface SnapshotInput {
  readonly apis: readonly ApiInput[];
  readonly plugins?: readonly PluginInput[];
  readonly datasets?: readonly DatasetInput[];
  readonly group?: Partial<GroupChunk>;
  readonly instance?: Partial<InstanceChunk>;
  /** Key pairs of one application that may call everything, key -> secret. */
  readonly keys?: Readonly<Record<string, string>>;
}

/** An id of 32 digits, from a short one. */
export function idOf(short: string): string {
  return Buffer.from(short, 'utf8').toString('hex').padEnd(32, '0').slice(0, 32);
}

/** The chunks of one instance with one group, keyed as in a manifest. */
export function snapshot({
  apis,
  plugins = [],
  datasets = [],
  group,
  instance,
  keys = {},
}: SnapshotInput): Map<string, HashedChunk> {
  const chunks: Record<string, Chunk> = {
    [chunkKeys.instance]: {
      kind: 'instance',
      id: 'i1',
      name: 'one',
      region: REGION,
      suffix: SUFFIX,
      callsFromGateway: true,
      hopIds: HOP_IDS,
      hopKey: PLAIN + HOP_KEY.toString('base64'),
      privateDns: [],
      movedGroups: [],
      accessLists: { ipv4: null, ipv6: null },
      trafficLimit: null,
      ...instance,
    },
    [chunkKeys.network]: {
      kind: 'network',
      region: REGION,
      instances: [{ id: 'i1', internalEndpoint: null, groups: [GROUP] }],
    },
    [chunkKeys.group(GROUP)]: {
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
      ...group,
    },
    [chunkKeys.apis(GROUP, 0)]: { kind: 'apis', groupId: GROUP, apis: apis.map(published) },
  };
  for (const { id, type, config } of plugins)
    chunks[chunkKeys.plugin(idOf(id))] = { kind: 'plugin', id: idOf(id), name: id, type, config: { ...config } };
  for (const { id, type, values } of datasets) {
    const items = values.map((each, n) => ({
      id: idOf(`${id}${n}`),
      ...(typeof each === 'string' ? { value: each, expiresAt: null } : each),
    }));
    chunks[chunkKeys.dataset(idOf(id))] = { kind: 'dataset', id: idOf(id), type, items };
  }
  chunks[chunkKeys.apps(1)] = {
    kind: 'apps',
    bucket: 1,
    apps: [
      {
        id: '1',
        name: 'app',
        accountId: 'acc',
        disabled: false,
        extend: '',
        keys: Object.entries(keys).map(([key, secret]) => ({ key, secret: PLAIN + secret, previous: null })),
        appCodes: [],
        grants: apis.map((api, at) => ({ apiId: apiId(api, at), stage: api.stage ?? 'RELEASE', expiresAt: null })),
      },
    ],
  };
  return new Map(Object.entries(chunks).map(([key, chunk]) => [key, { hash: JSON.stringify(chunk), chunk }]));
}

/** Seals nothing: the form that `open` reads. */
export function plainSecret(secret: string): string {
  return PLAIN + secret;
}

function apiId(api: ApiInput, at: number): string {
  return idOf(api.id ?? `api${at}`);
}

function published(api: ApiInput, at: number) {
  const { id: _, stage, plugins, path, method, request, ...rest } = api;
  const definition = ApiDefinition.parse({
    auth: 'ANONYMOUS',
    ...rest,
    name: `api_${at}`,
    request: { path: path ?? '/*', method: method ?? 'ANY', mode: 'PASSTHROUGH', protocols: ['HTTP'], ...request },
  });
  return {
    id: apiId(api, at),
    stage: stage ?? 'RELEASE',
    version: '1',
    plugins: (plugins ?? []).map(idOf),
    definition,
  };
}
