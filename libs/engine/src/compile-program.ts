/** Chunks -> program. Pieces whose chunks did not change are taken from the program before. */
import {
  type ApisChunk,
  type AppsChunk,
  type Chunk,
  chunkKeys,
  type GroupChunk,
  generatedDomain,
  type InstanceChunk,
  type NetworkChunk,
  type PluginChunk,
  sealedPaths,
} from '@causeway/contract';
import { SigningKey } from '@causeway/signature';
import { compileAccessRule } from './access-rule.js';
import { compileCredentials } from './compile-credentials.js';
import { compileDatasets, type Datasets, datasetsNamedBy } from './compile-datasets.js';
import { type BoundGroup, compileDomains, compileHosts } from './compile-hosts.js';
import { type CompiledRoute, compileRoute, type VpcAccesses } from './compile-route.js';
import type { CompileDeps } from './deps.js';
import { groupSettings } from './group-settings.js';
import { HostTable } from './host-table.js';
import { PathTable } from './path-table.js';
import { pluginsInForce } from './plugins-in-force.js';
import type { GroupProgram, Program } from './program.js';
import type { Route } from './route.js';

export interface HashedChunk {
  readonly hash: string;
  readonly chunk: Chunk;
}

type Chunks = ReadonlyMap<string, HashedChunk>;

/** Routes compiled between two pauses. */
const ROUTES_PER_PAUSE = 64;

/**
 * @param previous the running program, whose pieces are used again
 * @throws when the `instance` chunk is missing or its hop key cannot be opened: nothing can run without it
 */
export async function compileProgram(
  at: { readonly epoch: number; readonly revision: number },
  chunks: Chunks,
  deps: CompileDeps,
  previous: Program | null,
): Promise<Program> {
  const { hash: instanceHash = '', chunk: instance } = chunks.get(chunkKeys.instance) ?? {};
  if (instance?.kind !== 'instance') throw new Error('the snapshot has no instance chunk');
  const network = chunks.get(chunkKeys.network)?.chunk;
  const pieces = new Map<string, unknown>();
  const reuse = async <T>(id: string, make: () => T | Promise<T>): Promise<T> => {
    const piece = (previous?.pieces.get(id) as T | undefined) ?? (await make());
    pieces.set(id, piece);
    return piece;
  };
  const base = `${instance.id} ${instance.region} ${instance.suffix}`;

  const parts = sortChunks(chunks);
  const groups: BoundGroup[] = [];
  const quarantine: Array<{ resource: string; message: string }> = [];
  const datasets = await compileDatasets(chunks.values(), deps, reuse, quarantine);
  let size = 0;
  for (const { hash, chunk } of parts.groups) {
    const apis = parts.apis.get(chunk.id) ?? [];
    const used = new Set([
      ...chunk.bindings.map((b) => b.pluginId),
      ...apis.flatMap((a) => a.chunk.apis.flatMap((api) => api.plugins)),
    ]);
    const plugins = [...used].sort().map((id) => ({ id, found: chunks.get(chunkKeys.plugin(id)) }));
    const named = plugins.flatMap(({ found }) => (found?.chunk.kind === 'plugin' ? datasetsNamedBy(found.chunk, deps) : []));
    const vpc = chunks.get(chunkKeys.vpcAccesses(chunk.accountId));
    const id = [
      'group',
      base,
      hash,
      vpc?.hash ?? '',
      ...apis.map((a) => a.hash),
      ...plugins.map((p) => p.found?.hash ?? p.id),
      ...named.map((dataset) => chunks.get(chunkKeys.dataset(dataset))?.hash ?? dataset),
    ].join(' ');
    const found = new Map(plugins.map((p) => [p.id, p.found?.chunk.kind === 'plugin' ? p.found.chunk : undefined]));
    const piece = await reuse(id, () =>
      compileGroup(chunk, apis, found, { vpcAccesses: vpcAccesses(vpc?.chunk), datasets }, instance, deps),
    );
    groups.push({ chunk, program: piece.program, domains: piece.domains });
    quarantine.push(...piece.problems);
    size += piece.size;
  }
  const { credentials, appCodes } = await compileCredentials(parts.apps, deps, reuse, quarantine);
  const unread: string[] = [];
  const mayCome = compileAccessRule(instance.accessLists, unread);
  quarantine.push(...unread.map((message) => ({ resource: `instance:${instance.id}`, message })));
  return {
    epoch: at.epoch,
    revision: at.revision,
    instance: {
      id: instance.id,
      name: instance.name,
      region: instance.region,
      suffix: instance.suffix,
      callsFromGateway: instance.callsFromGateway,
      mayCome,
      trafficLimit: instance.trafficLimit,
      hopIds: instance.hopIds,
      hopKey: new SigningKey(Buffer.from(deps.open(sealedPaths.hopKey, instance.hopKey), 'base64')),
    },
    privateDns: await reuse(`privateDns ${instanceHash}`, () => privateDns(instance)),
    internalDomains: internalDomains(network?.kind === 'network' ? network : null),
    publicHosts: compileHosts(groups, 'public', instance),
    internalHosts: instance.callsFromGateway ? compileHosts(groups, 'internal', instance) : new HostTable(instance.suffix, []),
    movedHosts: new Set(instance.movedGroups.map((id) => generatedDomain('public', id, instance.region, instance.suffix))),
    credentials,
    appCodes,
    size,
    quarantine,
    pieces,
  };
}

type Hashed<T> = { readonly hash: string; readonly chunk: T };

function sortChunks(chunks: Chunks) {
  const groups: Hashed<GroupChunk>[] = [];
  const apis = new Map<string, Hashed<ApisChunk>[]>();
  const apps: Hashed<AppsChunk>[] = [];
  for (const { hash, chunk } of chunks.values()) {
    if (chunk.kind === 'group') groups.push({ hash, chunk });
    else if (chunk.kind === 'apps') apps.push({ hash, chunk });
    else if (chunk.kind === 'apis') {
      const list = apis.get(chunk.groupId);
      if (list === undefined) apis.set(chunk.groupId, [{ hash, chunk }]);
      else list.push({ hash, chunk });
    }
  }
  return { groups, apis, apps };
}

async function compileGroup(
  group: GroupChunk,
  apis: readonly Hashed<ApisChunk>[],
  plugins: ReadonlyMap<string, PluginChunk | undefined>,
  { vpcAccesses, datasets }: { readonly vpcAccesses: VpcAccesses; readonly datasets: Datasets },
  instance: InstanceChunk,
  deps: CompileDeps,
) {
  const settings = groupSettings(group, instance);
  const stages = new Map<string, PathTable<Route>>();
  const problems: Array<CompiledRoute['problems'][number]> = [];
  let size = 0;
  for (const { chunk } of apis) {
    for (const api of chunk.apis) {
      const compiled = compileRoute(
        {
          api,
          group,
          settings,
          vpcAccesses,
          plugins: pluginsInForce(api, group, plugins),
          datasets,
          instanceId: instance.id,
          suffix: instance.suffix,
        },
        deps,
      );
      problems.push(...compiled.problems);
      size++;
      if (size % ROUTES_PER_PAUSE === 0) await deps.pause();
      if (compiled.segments === null) continue;
      const table = stages.get(api.stage) ?? new PathTable<Route>();
      stages.set(api.stage, table);
      table.add(compiled.segments, compiled.method, compiled.route);
    }
  }
  const program: GroupProgram = {
    id: group.id,
    basePath: group.basePath === '/' ? '' : group.basePath,
    ownStages: new Set(group.stages.map(({ name }) => name)),
    stages,
  };
  const domains = compileDomains(group, program, instance.suffix, problems);
  return { program, domains, problems, size };
}

function vpcAccesses(chunk: Chunk | undefined): VpcAccesses {
  return new Map(chunk?.kind === 'vpc-accesses' ? chunk.accesses.map((access) => [access.name, access]) : []);
}

function privateDns({ privateDns: entries }: InstanceChunk): Program['privateDns'] {
  return new Map(
    entries.map(({ host, records }) => [
      host.toLowerCase(),
      records.map(({ address, port, weight }) => ({ address, port: port ?? null, weight })),
    ]),
  );
}

function internalDomains(network: NetworkChunk | null): Program['internalDomains'] {
  const found = new Map<string, { instanceId: string; endpoint: string | null }>();
  for (const { id, internalEndpoint, groups } of network?.instances ?? [])
    for (const group of groups) found.set(group, { instanceId: id, endpoint: internalEndpoint });
  return found;
}
