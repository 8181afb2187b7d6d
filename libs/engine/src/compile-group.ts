/** One group of a program: its routes by stage, and the names under which it is served. */
import { type ApisChunk, type Chunk, chunkKeys, type GroupChunk, type InstanceChunk, type PluginChunk } from '@causeway/contract';
import { type CompiledDataset, datasetsNamedBy } from './compile-datasets.js';
import { compileHosts, type Hosts } from './compile-hosts.js';
import { compileRoute, type RoutePlace, type RouteSource, type VpcAccesses } from './compile-route.js';
import type { CompileDeps } from './deps.js';
import { type GroupSettings, groupSettings } from './group-settings.js';
import { type Chunks, type HashedChunk, readChunk } from './hashed-chunk.js';
import { parsePathPattern, type Segment } from './path-pattern.js';
import { type Entry, PathTable } from './path-table.js';
import { pluginsInForce } from './plugins-in-force.js';
import type { GroupProgram } from './program.js';
import type { Route } from './route.js';

type Problem = { readonly resource: string; readonly message: string };

/** What one `apis` chunk was compiled to. */
interface CompiledRoutes {
  readonly source: HashedChunk;
  /** Hashes of all else that its routes depend on. */
  readonly madeOf: string;
  /** Of each of its APIs. */
  readonly routes: readonly Route[];
  /** Ids of the plugins that its APIs name. */
  readonly plugins: ReadonlySet<string>;
  /** Keys of plugins, datasets and named upstreams. */
  readonly uses: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

export interface CompiledGroup {
  readonly program: GroupProgram;
  readonly hosts: Hosts;
  /** By the key of the chunk. */
  readonly routes: ReadonlyMap<string, CompiledRoutes>;
  readonly size: number;
  readonly problems: readonly Problem[];
}

export interface GroupSource {
  readonly group: GroupChunk;
  /** Its `apis` chunks, by key. */
  readonly apis: Chunks;
  readonly instance: InstanceChunk;
  /** Everything, by key, for what the group's plugins and APIs name. */
  readonly chunks: Chunks;
  readonly datasets: ReadonlyMap<string, CompiledDataset>;
}

/** Takes over routes of chunks that did not change, and what is not touched of the tables. @throws when a chunk cannot be read */
export async function compileGroup(source: GroupSource, deps: CompileDeps, before: CompiledGroup | null): Promise<CompiledGroup> {
  const { group } = source;
  const kept = keptRoutes(source, deps, before);
  // When nothing stays, the new tables are made without taking the old ones apart.
  const stages = new Map(kept.size === 0 ? [] : before?.program.stages);
  // All that goes first, then all that comes: an API may have changed its chunk.
  for (const [key, gone] of kept.size === 0 ? [] : (before?.routes ?? [])) {
    if (kept.has(key)) continue;
    const { apis } = readChunk('apis', gone.source);
    change(stages, entriesOf(apis, apis.map(segmentsOf), gone.routes), (table, entries) => table.change(entries, []));
    await deps.pause();
  }
  const settings = groupSettings(group, source.instance);
  const routes = new Map<string, CompiledRoutes>();
  for (const [key, held] of source.apis) {
    const known = kept.get(key);
    routes.set(key, known ?? (await compileChunk(source, held, settings, stages, deps)));
  }
  for (const [stage, table] of stages) if (table.isEmpty) stages.delete(stage);
  const program: GroupProgram = {
    id: group.id,
    basePath: group.basePath === '/' ? '' : group.basePath,
    ownStages: new Set(group.stages.map(({ name }) => name)),
    stages,
  };
  const problems = [...routes.values()].flatMap((each) => each.problems);
  const hosts = compileHosts(group, program, source.instance, problems);
  let size = 0;
  for (const each of routes.values()) size += each.routes.length;
  return { program, hosts, routes, size, problems };
}

function keptRoutes(source: GroupSource, deps: CompileDeps, before: CompiledGroup | null): ReadonlyMap<string, CompiledRoutes> {
  const kept = new Map<string, CompiledRoutes>();
  for (const [key, { hash }] of before === null ? [] : source.apis) {
    const known = before!.routes.get(key);
    if (known?.source.hash !== hash) continue;
    if (known.madeOf === madeOf(source, dependencies(source, known.plugins, deps).uses)) kept.set(key, known);
  }
  return kept;
}

function madeOf({ group, chunks }: GroupSource, uses: ReadonlySet<string>): string {
  return `${routeHash(group)} ${[...uses].map((each) => chunks.get(each)?.hash ?? each).join(' ')}`;
}

/** Where a group is served says nothing of its routes: a large one is not compiled anew for a domain. */
const routeHashes = new WeakMap<GroupChunk, string>();

function routeHash(chunk: GroupChunk): string {
  let text = routeHashes.get(chunk);
  if (text === undefined) {
    text = JSON.stringify({ ...chunk, domains: null, publicDomain: null, internalDomain: null });
    routeHashes.set(chunk, text);
  }
  return text;
}

type Plugins = ReadonlyMap<string, PluginChunk | undefined>;

/** @param own ids of the plugins that the APIs of a chunk name */
function dependencies(
  { group, chunks }: GroupSource,
  own: ReadonlySet<string>,
  deps: CompileDeps,
): { plugins: Plugins; uses: ReadonlySet<string> } {
  const ids = new Set(own);
  for (const { pluginId } of group.bindings) ids.add(pluginId);
  const plugins = new Map<string, PluginChunk | undefined>();
  const uses = new Set([chunkKeys.vpcAccesses(group.accountId)]);
  for (const id of [...ids].sort()) {
    const chunk = chunks.get(chunkKeys.plugin(id))?.chunk;
    const plugin = chunk?.kind === 'plugin' ? chunk : undefined;
    plugins.set(id, plugin);
    uses.add(chunkKeys.plugin(id));
    for (const dataset of plugin === undefined ? [] : datasetsNamedBy(plugin, deps)) uses.add(chunkKeys.dataset(dataset));
  }
  return { plugins, uses };
}

/** Puts into the tables what it compiles. */
async function compileChunk(
  source: GroupSource,
  held: HashedChunk,
  settings: GroupSettings,
  stages: Stages,
  deps: CompileDeps,
): Promise<CompiledRoutes> {
  const { group, instance, chunks, datasets } = source;
  const { apis } = readChunk('apis', held);
  const named = new Set(apis.flatMap((api) => api.plugins));
  const { plugins, uses } = dependencies(source, named, deps);
  const paths = apis.map(segmentsOf);
  const place: RoutePlace = {
    group,
    settings,
    vpcAccesses: vpcAccesses(chunks.get(chunkKeys.vpcAccesses(group.accountId))?.chunk),
    datasets,
    instanceId: instance.id,
    suffix: instance.suffix,
  };
  await deps.pause();
  const problems: Problem[] = [];
  const routes = apis.map((api, at) => {
    const inForce = pluginsInForce(api, group, plugins);
    const compiled = compileRoute({ place, api, segments: paths[at]!, plugins: inForce }, deps);
    if (compiled.problems.length > 0) problems.push(...compiled.problems);
    return compiled.route;
  });
  await deps.pause();
  change(stages, entriesOf(apis, paths, routes), (table, entries) => table.change([], entries));
  await deps.pause();
  return { source: held, madeOf: madeOf(source, uses), routes, plugins: named, uses, problems };
}

function segmentsOf({ definition: { request } }: Api): RouteSource['segments'] {
  return parsePathPattern(request.path, request.escapePath);
}

type Api = ApisChunk['apis'][number];
type Entries = ReadonlyMap<string, readonly Entry<Route>[]>;
type Stages = Map<string, PathTable<Route>>;

/** Stage -> what of a chunk is published there. Made when it is needed: kept, it would take as much memory as the routes. */
function entriesOf(apis: readonly Api[], paths: ReadonlyArray<readonly Segment[] | string>, routes: readonly Route[]): Entries {
  const entries = new Map<string, Entry<Route>[]>();
  for (const [at, { stage, definition }] of apis.entries()) {
    const segments = paths[at]!;
    // No request leads to a path that cannot be read.
    if (typeof segments === 'string') continue;
    const live = entries.get(stage) ?? [];
    entries.set(stage, live);
    live.push({ segments, method: definition.request.method, found: routes[at]! });
  }
  return entries;
}

function change(
  stages: Stages,
  entries: Entries,
  put: (table: PathTable<Route>, entries: readonly Entry<Route>[]) => PathTable<Route>,
): void {
  for (const [stage, own] of entries) stages.set(stage, put(stages.get(stage) ?? PathTable.of([]), own));
}

function vpcAccesses(chunk: Chunk | undefined): VpcAccesses {
  return new Map(chunk?.kind === 'vpc-accesses' ? chunk.accesses.map((access) => [access.name, access]) : []);
}
