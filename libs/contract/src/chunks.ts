/**
 * The parts of a snapshot: what the control plane writes and the data plane compiles. One schema for both. What may be added to it, and
 * how, is in snapshots, "Formats and releases".
 */
import { z } from 'zod';
import { ApiDefinition } from './api-definition.js';
import { DATASET_ITEMS_AT_MOST, DATASET_TYPES } from './dataset-types.js';
import { GROUP_ID, REGION } from './domains.js';
import { Hints } from './hints.js';
import type { PluginType } from './plugin-types.js';
import { STAGE_NAME } from './stages.js';

const Id = z.string().regex(GROUP_ID, 'must be 32 lower-case hexadecimal digits');
const InstanceId = z.string().min(1).max(128);
const Stage = z.string().regex(STAGE_NAME);

/** Text sealed with the instance's key: `v1.<keyId>.<base64url(iv, ciphertext, tag)>`, bound to its path. */
export const Sealed = z.string().startsWith('v1.').max(8192);

export const PrivateDnsEntry = z.strictObject({
  host: z.string().min(1).max(253),
  records: z
    .array(
      z.strictObject({
        address: z.string().min(1).max(253),
        port: z.int().min(1).max(65_535).optional(),
        weight: z.int().min(1).max(1000).default(1),
      }),
    )
    .min(1)
    .max(64),
});

/** Which clients may come, for one address family: `allow` those in the blocks only, or `deny` those. */
const AccessList = z.strictObject({ mode: z.enum(['allow', 'deny']), blocks: z.array(z.string().max(64)).max(1000) });

/** Requests a second. */
const RateLimit = z.int().min(1).max(10_000_000);

/** HTTP version and TLS floor of a listener (management model 2.2). */
export const HTTPS_POLICIES = ['HTTPS1_1_TLS1_0', 'HTTPS2_TLS1_0', 'HTTPS2_TLS1_2', 'HTTPS2_TLS1_3'] as const;

/** Names, or `*` alone for all of them. */
const LoggedNames = z.array(z.string().min(1).max(128)).max(100);

/** What access logs record of requests beyond what they always say (management model 2.17). */
export const UserLog = z.strictObject({
  requestBody: z.boolean(),
  responseBody: z.boolean(),
  queryString: LoggedNames,
  requestHeaders: LoggedNames,
  responseHeaders: LoggedNames,
  jwtClaims: LoggedNames,
});

/** Key `instance`: what the instance itself is. */
export const InstanceChunk = z.strictObject({
  kind: z.literal('instance'),
  id: InstanceId,
  name: z.string(),
  region: z.string().regex(REGION),
  suffix: z.string(),
  callsFromGateway: z.boolean(),
  /** Own ids of the `Via` header, per listener role (wire contract 9.6). */
  hopIds: z.strictObject({ public: Id, internal: Id, vpc: Id }),
  /** Shared by all instances of a deployment; authenticates `X-Ca-Hop`. Sealed at path `instance/hopKey`; base64 of 32 bytes. */
  hopKey: Sealed,
  privateDns: z.array(PrivateDnsEntry),
  /** Groups that were here and now live on another instance: answered I410GG. */
  movedGroups: z.array(Id),
  /** By address family; null: everybody (wire contract 1.1 rule 8). */
  accessLists: z.strictObject({ ipv4: AccessList.nullable(), ipv6: AccessList.nullable() }),
  /** Of all its groups together; null: none (T429IN). */
  trafficLimit: RateLimit.nullable(),
  /** Of its public listener; absent: HTTPS2_TLS1_2. */
  httpsPolicy: z.enum(HTTPS_POLICIES).optional(),
  hints: Hints,
});

/** Key `network`: where the internal domains of the region are. The same bytes for every instance of a region. */
export const NetworkChunk = z.strictObject({
  kind: z.literal('network'),
  region: z.string().regex(REGION),
  instances: z.array(
    z.strictObject({
      id: InstanceId,
      /** `host:port` of its internal listener, for siblings; null when none is set. */
      internalEndpoint: z.string().nullable(),
      /** Groups whose internal domain was generated and is switched on there. */
      groups: z.array(Id),
    }),
  ),
  hints: Hints,
});

/** Key `group:<id>`: domains, settings and group-wide bindings. */
export const GroupChunk = z.strictObject({
  kind: z.literal('group'),
  id: Id,
  accountId: z.string(),
  name: z.string(),
  basePath: z.string(),
  /** Served on its generated public domain. */
  publicDomain: z.boolean(),
  /** Served on its generated VPC domain, on the VPC listener; absent: it is not. */
  vpcDomain: z.boolean().optional(),
  /** VPCs that may call on the VPC listener (A403VN); absent: all. */
  vpcIds: z.array(z.string().max(64)).min(1).max(100).optional(),
  /** Internal domain generated and switched on (the instance's switch is in `instance`). */
  internalDomain: z.boolean(),
  /** Custom domains, wildcards among them (wire contract 1.1). */
  domains: z.array(
    z.strictObject({
      /** Lower case; `*.` first in a wildcard. */
      domain: z.string().max(253),
      /** `intranet`: served on the VPC listener only. */
      type: z.enum(['internet', 'intranet']),
      /** The stage that it always leads to; null: as `X-Ca-Stage` says. */
      stage: Stage.nullable(),
      /** Of a wildcard: texts such as `{svc}.x.com` whose names conditions read as `Host:svc`. */
      patterns: z.array(z.string().max(253)).max(10),
      /** Of the chunk `certificate:<id>` that TLS serves it with; absent: none. */
      certificateId: Id.optional(),
    }),
  ),
  /** The domain whose certificate TLS clients without SNI get; absent: none. */
  defaultDomain: z.string().max(253).optional(),
  /** Own stages, and the variables of each stage that has any. */
  stages: z.array(z.strictObject({ name: Stage, variables: z.record(z.string(), z.string()) })),
  passthroughHeaders: z.array(z.string()),
  /** Where an AppCode may come, for APIs that leave it to the group; null place: nowhere (wire contract 3). */
  appCode: z.strictObject({
    in: z.enum(['header', 'query']).nullable(),
    name: z.string().nullable(),
    keepForBackend: z.boolean(),
  }),
  /** Server-sent events: the backend timeout is the time between two pieces (wire contract 12). */
  sse: z.boolean(),
  /** Answers `X-Ca-Request-Mode: debug` (wire contract 11.3). */
  debug: z.boolean(),
  /** Drops the backend's `Server` header. */
  removeServerHeader: z.boolean(),
  /** Null: none (T429GR). */
  trafficLimit: RateLimit.nullable(),
  /** Absent: nothing beyond what every line says. */
  userLog: UserLog.optional(),
  /** Where the client says what stands as `customTraceId` in the access log; absent: nowhere. */
  customTrace: z.strictObject({ in: z.enum(['header', 'query']), name: z.string().min(1).max(128) }).optional(),
  /** Plugins bound to the whole group. */
  bindings: z.array(z.strictObject({ pluginId: Id, stage: Stage })),
  hints: Hints,
});

/** Key `apis:<groupId>:<n>`: at most 64 published versions, each with the plugins bound to it. */
export const ApisChunk = z.strictObject({
  kind: z.literal('apis'),
  groupId: Id,
  apis: z
    .array(
      z.strictObject({
        id: Id,
        stage: Stage,
        version: z.string(),
        definition: ApiDefinition,
        plugins: z.array(Id),
        hints: Hints,
      }),
    )
    .max(64),
});

/** Key `plugin:<id>`: a plugin that is bound somewhere on this instance. */
export const PluginChunk = z.strictObject({
  kind: z.literal('plugin'),
  id: Id,
  name: z.string(),
  /** A data plane quarantines a plugin whose type or configuration it does not know, and what it is bound to: the rest goes on. */
  type: z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,63}$/) as unknown as z.ZodType<PluginType, PluginType>,
  /** The configuration as an object; secret values are sealed at path `plugin:<id>/<field path>`. */
  config: z.record(z.string(), z.unknown()),
  hints: Hints,
});

/** Key `dataset:<id>`: a dataset that a plugin names which is bound somewhere on the instance. */
export const DatasetChunk = z.strictObject({
  kind: z.literal('dataset'),
  id: Id,
  type: z.enum(DATASET_TYPES),
  items: z
    .array(
      z.strictObject({
        id: Id,
        /** Of type BASIC_AUTH_ACCESS sealed at path `dataset:<id>/<item id>`. */
        value: z.string().max(8192),
        /** From then on it is as if it were not there; null: never. */
        expiresAt: z.iso.datetime().nullable(),
      }),
    )
    .max(DATASET_ITEMS_AT_MOST),
  hints: Hints,
});

/** Key `vpc-accesses:<accountId>`: the named upstreams of an account that has groups on the instance. */
export const VpcAccessesChunk = z.strictObject({
  kind: z.literal('vpc-accesses'),
  accountId: z.string(),
  accesses: z.array(
    z.strictObject({
      name: z.string(),
      /** A name or an address, IPv6 in brackets, and a port. */
      address: z.string(),
      /** `Host` and the name that a certificate must hold; null: that of the address. */
      hostHeader: z.string().nullable(),
      hints: Hints,
    }),
  ),
});

/** Key `certificate:<id>`: a certificate that a domain of a group on the instance names. */
export const CertificateChunk = z.strictObject({
  kind: z.literal('certificate'),
  id: Id,
  /** PEM: the leaf first, each issued by the one behind it. */
  certificate: z.string().max(65_536),
  /** PKCS #8 in PEM. Sealed at path `certificate:<id>/privateKey`. */
  privateKey: Sealed,
  /** Mutual TLS: PEM of the CAs whose clients may come, and how many CAs may stand in a client's chain; null: clients show no certificate. */
  clientCa: z.strictObject({ certificate: z.string().max(65_536), verifyDepth: z.int().min(1).max(9) }).nullable(),
  /** Hands the client's subject to the backend as `X-Client-S-Dn`. */
  passClientSubject: z.boolean(),
  hints: Hints,
});

/** Key `apps:<0-255>`: all apps of the deployment whose id is n modulo 256, with keys and grants. */
export const AppsChunk = z.strictObject({
  kind: z.literal('apps'),
  bucket: z.int().min(0).max(255),
  apps: z.array(
    z.strictObject({
      id: z.string().regex(/^[1-9][0-9]{0,15}$/),
      name: z.string(),
      accountId: z.string(),
      disabled: z.boolean(),
      extend: z.string(),
      keys: z.array(
        z.strictObject({
          key: z.string(),
          /** Sealed at path `app/<key>/secret`. */
          secret: Sealed,
          /** The secret before the last rotation, good until then; sealed at path `app/<key>/previous-secret`. */
          previous: z.strictObject({ secret: Sealed, until: z.iso.datetime() }).nullable(),
        }),
      ),
      /** Sealed at path `app/<appId>/code/<id>`. */
      appCodes: z.array(z.strictObject({ id: z.string(), code: Sealed })),
      grants: z.array(z.strictObject({ apiId: Id, stage: Stage, expiresAt: z.iso.datetime().nullable() })),
      hints: Hints,
    }),
  ),
});

export const Chunk = z.discriminatedUnion('kind', [
  InstanceChunk,
  NetworkChunk,
  GroupChunk,
  ApisChunk,
  PluginChunk,
  DatasetChunk,
  VpcAccessesChunk,
  CertificateChunk,
  AppsChunk,
]);

export type UserLog = z.infer<typeof UserLog>;
export type InstanceChunk = z.infer<typeof InstanceChunk>;
export type NetworkChunk = z.infer<typeof NetworkChunk>;
export type GroupChunk = z.infer<typeof GroupChunk>;
export type ApisChunk = z.infer<typeof ApisChunk>;
export type PluginChunk = z.infer<typeof PluginChunk>;
export type DatasetChunk = z.infer<typeof DatasetChunk>;
export type VpcAccessesChunk = z.infer<typeof VpcAccessesChunk>;
export type CertificateChunk = z.infer<typeof CertificateChunk>;
export type AppsChunk = z.infer<typeof AppsChunk>;
export type Chunk = z.infer<typeof Chunk>;

/** The keys under which chunks stand in a manifest. */
export const chunkKeys = {
  instance: 'instance',
  network: 'network',
  group: (groupId: string) => `group:${groupId}`,
  apis: (groupId: string, n: number) => `apis:${groupId}:${n}`,
  plugin: (pluginId: string) => `plugin:${pluginId}`,
  dataset: (datasetId: string) => `dataset:${datasetId}`,
  vpcAccesses: (accountId: string) => `vpc-accesses:${accountId}`,
  certificate: (certificateId: string) => `certificate:${certificateId}`,
  apps: (bucket: number) => `apps:${bucket}`,
} as const;

/** The kind of the chunk that stands under a key. */
export function chunkKind(key: string): string {
  const end = key.indexOf(':');
  return end < 0 ? key : key.slice(0, end);
}

/** The group whose APIs stand under a key of kind `apis`. */
export function groupOfApis(key: string): string {
  return key.slice('apis:'.length, key.lastIndexOf(':'));
}

/** The bucket that holds an app. Ids are decimal text of at most 2^53. */
export function appBucket(appId: string): number {
  return Number(BigInt(appId) & 255n);
}

/** Published versions in one `apis` chunk. */
export const APIS_PER_CHUNK = 64;

/** Where a sealed value belongs: sealing binds it to this path, so that it cannot be moved to another place. */
export const sealedPaths = {
  hopKey: 'instance/hopKey',
  pluginField: (pluginId: string, field: string) => `plugin:${pluginId}/${field}`,
  certificateKey: (certificateId: string) => `certificate:${certificateId}/privateKey`,
  datasetItem: (datasetId: string, itemId: string) => `dataset:${datasetId}/${itemId}`,
  appSecret: (key: string) => `app/${key}/secret`,
  previousAppSecret: (key: string) => `app/${key}/previous-secret`,
  appCode: (appId: string, codeId: string) => `app/${appId}/code/${codeId}`,
} as const;
