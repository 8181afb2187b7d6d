/** Chunks -> program. What did not change is taken from the program before: only what a change touches is compiled. */
import {
  chunkKeys,
  chunkKind,
  type DatasetChunk,
  type GroupChunk,
  generatedDomain,
  groupOfApis,
  type InstanceChunk,
  sealedPaths,
} from '@causeway/contract';
import { SigningKey } from '@causeway/signature';
import { compileAccessRule } from './access-rule.js';
import { compileCredentials } from './compile-credentials.js';
import { compileDatasets } from './compile-datasets.js';
import { type CompiledGroup, compileGroup, isCurrent, type Parsed } from './compile-group.js';
import type { Compiled } from './compiled.js';
import type { CompileDeps } from './deps.js';
import { type HashedChunk, readChunk } from './hashed-chunk.js';
import { type HostBinding, HostTable } from './host-table.js';
import type { Program } from './program.js';

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
  readonly groups: ReadonlyArray<Parsed<GroupChunk>>;
  /** Group id -> its `apis` chunks by key. */
  readonly apis: ReadonlyMap<string, Chunks>;
  readonly apps: Chunks;
  readonly datasets: ReadonlyArray<Parsed<DatasetChunk>>;
  readonly sharedHashes: ReadonlyMap<string, string>;
}

/** The one look at every chunk, some microseconds for a hundred: what grows with more than a change does little for each chunk. */
function sortChunks(chunks: Chunks): Sorted {
  const groups: Parsed<GroupChunk>[] = [];
  const apis = new Map<string, Map<string, HashedChunk>>();
  const apps = new Map<string, HashedChunk>();
  const datasets: Parsed<DatasetChunk>[] = [];
  const sharedHashes = new Map<string, string>();
  for (const [key, held] of chunks) {
    const kind = chunkKind(key);
    if (kind === 'group') groups.push({ hash: held.hash, chunk: readChunk('group', held) });
    else if (kind === 'apps') apps.set(key, held);
    else if (kind === 'apis') {
      const groupId = groupOfApis(key);
      const own = apis.get(groupId);
      if (own === undefined) apis.set(groupId, new Map([[key, held]]));
      else own.set(key, held);
    } else if (kind === 'plugin' || kind === 'dataset' || kind === 'vpc-accesses') {
      sharedHashes.set(key, held.hash);
      if (kind === 'dataset') datasets.push({ hash: held.hash, chunk: readChunk('dataset', held) });
    }
  }
  return { groups, apis, apps, datasets, sharedHashes };
}

const NO_APIS: Chunks = new Map();

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
