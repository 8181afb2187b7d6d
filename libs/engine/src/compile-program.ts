/** Chunks -> program. What did not change is taken from the program before: a change costs what it touches, whatever else there is. */
import { chunkKeys, generatedDomain, type InstanceChunk, sealedPaths } from '@causeway/contract';
import { SigningKey } from '@causeway/signature';
import { compileAccessRule } from './access-rule.js';
import { changedKeys } from './changed-keys.js';
import { compileCredentials } from './compile-credentials.js';
import { compileDatasets } from './compile-datasets.js';
import { type CompiledGroups, compileGroups } from './compile-groups.js';
import type { Compiled } from './compiled.js';
import type { CompileDeps } from './deps.js';
import type { Chunks, HashedChunk } from './hashed-chunk.js';
import { type HostBinding, HostTable } from './host-table.js';
import type { Program } from './program.js';

const NO_CHUNKS: Chunks = new Map();

/**
 * @param previous the running program
 * @throws when the `instance` chunk is missing or its hop key cannot be opened: nothing can run without it; or when a chunk cannot be read
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

  const changed = changedKeys(before?.chunks ?? NO_CHUNKS, chunks);
  await deps.pause();
  const datasets = compileDatasets(changed, chunks, deps, before?.datasets ?? null);
  const groups = await compileGroups(changed, { chunks, datasets, instance }, deps, before?.groups ?? null);
  const callers = await compileCredentials(changed, chunks, deps, before?.callers ?? null);
  const hosts = await compileHostTables(groups, before, instance, deps);
  const compiled: Compiled = {
    base,
    chunks,
    groups: groups.all,
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
  const quarantine: Array<Program['quarantine'][number]> = [];
  for (const parts of [datasets, groups.all, callers.buckets])
    for (const { problems } of parts.values()) if (problems.length > 0) quarantine.push(...problems);
  for (const message of unread) quarantine.push({ resource: `instance:${instance.id}`, message });
  let size = 0;
  for (const group of groups.all.values()) size += group.size;
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
    quarantine,
    compiled,
  };
}

async function compileHostTables(
  { gone, come }: CompiledGroups,
  before: Compiled | null,
  { suffix }: InstanceChunk,
  { pause }: CompileDeps,
): Promise<Compiled['hosts']> {
  const change = (form: 'public' | 'internal'): Promise<HostTable> => {
    const removed = new Set<HostBinding>(gone.flatMap(({ hosts }) => hosts[form]));
    const added = come.flatMap(({ hosts }) => hosts[form]);
    return (before?.hosts[form] ?? HostTable.empty(suffix)).change(removed, added, pause);
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
