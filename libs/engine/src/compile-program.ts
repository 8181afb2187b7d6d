/** Chunks -> program. What did not change is taken from the program before: only what a change touches is compiled. */
import {
  type ApisChunk,
  type AppsChunk,
  chunkKeys,
  type DatasetChunk,
  type GroupChunk,
  generatedDomain,
  type InstanceChunk,
  sealedPaths,
} from '@causeway/contract';
import { SigningKey } from '@causeway/signature';
import { compileAccessRule } from './access-rule.js';
import { compileCredentials } from './compile-credentials.js';
import { compileDatasets } from './compile-datasets.js';
import { type CompiledGroup, compileGroup, type Hashed, isCurrent } from './compile-group.js';
import type { Compiled } from './compiled.js';
import type { CompileDeps } from './deps.js';
import { type HostBinding, HostTable } from './host-table.js';
import type { Program } from './program.js';

export type HashedChunk = Hashed;

type Chunks = ReadonlyMap<string, HashedChunk>;

/**
 * @param previous the running program
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
  const base = `${instance.id} ${instance.region} ${instance.suffix}`;
  const before = previous?.compiled.base === base ? previous.compiled : null;

  const sorted = sortChunks(chunks);
  await deps.pause();
  const datasets = compileDatasets(sorted.datasets, deps, before?.datasets ?? new Map());
  const groups = await compileGroups(sorted, { chunks, datasets, instance }, deps, before);
  const callers = await compileCredentials(sorted.apps, deps, before?.callers ?? null);
  const hosts = await compileHostTables(groups, before, instance, deps);
  const compiled: Compiled = {
    base,
    sharedHashes: sorted.sharedHashes,
    groups,
    datasets,
    callers,
    hosts,
    instance:
      before?.instance.hash === instanceHash
        ? before.instance
        : { hash: instanceHash, privateDns: privateDns(instance), movedHosts: movedHosts(instance) },
    network: compileNetwork(chunks.get(chunkKeys.network), before),
  };

  const unread: string[] = [];
  const mayCome = compileAccessRule(instance.accessLists, unread);
  const problems = [datasets, groups, callers.buckets].flatMap((each) => [...each.values()].flatMap((part) => part.problems));
  let size = 0;
  for (const group of groups.values()) size += group.size;
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
    privateDns: compiled.instance.privateDns,
    internalDomains: compiled.network.internalDomains,
    publicHosts: hosts.public,
    internalHosts: instance.callsFromGateway ? hosts.internal : HostTable.empty(instance.suffix),
    movedHosts: compiled.instance.movedHosts,
    credentials: callers.credentials,
    appCodes: callers.appCodes,
    size,
    quarantine: [...problems, ...unread.map((message) => ({ resource: `instance:${instance.id}`, message }))],
    compiled,
  };
}

interface Sorted {
  readonly groups: readonly Hashed<GroupChunk>[];
  /** Group id -> its `apis` chunks by key. */
  readonly apis: ReadonlyMap<string, ReadonlyMap<string, Hashed<ApisChunk>>>;
  readonly apps: ReadonlyMap<string, Hashed<AppsChunk>>;
  readonly datasets: readonly Hashed<DatasetChunk>[];
  readonly sharedHashes: ReadonlyMap<string, string>;
}

/** The one look at every chunk, some microseconds for a hundred: what grows with more than a change does little for each chunk. */
function sortChunks(chunks: Chunks): Sorted {
  const groups: Hashed<GroupChunk>[] = [];
  const apis = new Map<string, Map<string, Hashed<ApisChunk>>>();
  const apps = new Map<string, Hashed<AppsChunk>>();
  const datasets: Hashed<DatasetChunk>[] = [];
  const sharedHashes = new Map<string, string>();
  for (const [key, { hash, chunk }] of chunks) {
    if (chunk.kind === 'group') groups.push({ hash, chunk });
    else if (chunk.kind === 'apps') apps.set(key, { hash, chunk });
    else if (chunk.kind === 'apis') {
      const own = apis.get(chunk.groupId);
      if (own === undefined) apis.set(chunk.groupId, new Map([[key, { hash, chunk }]]));
      else own.set(key, { hash, chunk });
    } else if (chunk.kind === 'plugin' || chunk.kind === 'dataset' || chunk.kind === 'vpc-accesses') {
      sharedHashes.set(key, hash);
      if (chunk.kind === 'dataset') datasets.push({ hash, chunk });
    }
  }
  return { groups, apis, apps, datasets, sharedHashes };
}

const NO_APIS: ReadonlyMap<string, Hashed<ApisChunk>> = new Map();

async function compileGroups(
  { groups, apis, sharedHashes }: Sorted,
  shared: { readonly chunks: Chunks; readonly datasets: Compiled['datasets']; readonly instance: InstanceChunk },
  deps: CompileDeps,
  before: Compiled | null,
): Promise<ReadonlyMap<string, CompiledGroup>> {
  const changed = changedKeys(before?.sharedHashes ?? new Map(), sharedHashes);
  const compiled = new Map<string, CompiledGroup>();
  for (const group of groups) {
    const source = { ...shared, group, apis: apis.get(group.chunk.id) ?? NO_APIS };
    const known = before?.groups.get(group.chunk.id) ?? null;
    const isKnown = known !== null && isCurrent(known, source, changed);
    compiled.set(group.chunk.id, isKnown ? known : await compileGroup(source, deps, known));
  }
  return compiled;
}

function changedKeys(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): ReadonlySet<string> {
  const changed = new Set<string>();
  for (const [key, hash] of after) if (before.get(key) !== hash) changed.add(key);
  for (const key of before.keys()) if (!after.has(key)) changed.add(key);
  return changed;
}

async function compileHostTables(
  groups: Compiled['groups'],
  before: Compiled | null,
  { suffix }: InstanceChunk,
  { pause }: CompileDeps,
): Promise<Compiled['hosts']> {
  const gone = [...(before?.groups ?? [])].flatMap(([id, group]) => (groups.get(id) === group ? [] : [group.hosts]));
  const come = [...groups].flatMap(([id, group]) => (before?.groups.get(id) === group ? [] : [group.hosts]));
  const change = (form: 'public' | 'internal'): Promise<HostTable> => {
    const removed = new Set<HostBinding>(gone.flatMap((hosts) => hosts[form]));
    return (before?.hosts[form] ?? HostTable.empty(suffix)).change(
      removed,
      come.flatMap((hosts) => hosts[form]),
      pause,
    );
  };
  return { public: await change('public'), internal: await change('internal') };
}

function privateDns({ privateDns: entries }: InstanceChunk): Program['privateDns'] {
  return new Map(
    entries.map(({ host, records }) => [
      host.toLowerCase(),
      records.map(({ address, port, weight }) => ({ address, port: port ?? null, weight })),
    ]),
  );
}

function movedHosts({ movedGroups, region, suffix }: InstanceChunk): ReadonlySet<string> {
  return new Set(movedGroups.map((id) => generatedDomain('public', id, region, suffix)));
}

function compileNetwork(found: HashedChunk | undefined, before: Compiled | null): Compiled['network'] {
  const hash = found?.hash ?? '';
  if (before?.network.hash === hash) return before.network;
  const internalDomains = new Map<string, { instanceId: string; endpoint: string | null }>();
  for (const { id, internalEndpoint, groups } of found?.chunk.kind === 'network' ? found.chunk.instances : [])
    for (const group of groups) internalDomains.set(group, { instanceId: id, endpoint: internalEndpoint });
  return { hash, internalDomains };
}
