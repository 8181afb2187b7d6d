/** One group of a program: its routes by stage, and the names under which it is served. */
import { type ApisChunk, type Chunk, chunkKeys, type GroupChunk, type InstanceChunk, type PluginChunk } from '@causeway/contract';
import { type CompiledDataset, datasetsNamedBy } from './compile-datasets.js';
import { compileHosts, type Hosts } from './compile-hosts.js';
import { compileRoute, type RouteSource, type VpcAccesses } from './compile-route.js';
import type { CompileDeps } from './deps.js';
import { type GroupSettings, groupSettings } from './group-settings.js';
import { parsePathPattern } from './path-pattern.js';
import { type Entry, PathTable } from './path-table.js';
import { pluginsInForce } from './plugins-in-force.js';
import type { GroupProgram } from './program.js';
import type { Route } from './route.js';

export interface Hashed<T = Chunk> {
  readonly hash: string;
  readonly chunk: T;
}

type Problem = { readonly resource: string; readonly message: string };

/** What one `apis` chunk was compiled to. */
interface CompiledRoutes {
  readonly hash: string;
  /** Hashes of all else that its routes depend on. */
  readonly madeOf: string;
  readonly chunk: ApisChunk;
  /** Of each of its APIs. */
  readonly routes: readonly Route[];
  /** Keys of plugins, datasets and named upstreams. */
  readonly uses: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

export interface CompiledGroup {
  readonly hash: string;
  readonly program: GroupProgram;
  readonly hosts: Hosts;
  /** By the key of the chunk. */
  readonly routes: ReadonlyMap<string, CompiledRoutes>;
  readonly size: number;
  readonly problems: readonly Problem[];
}

export interface GroupSource {
  readonly group: Hashed<GroupChunk>;
  /** Its `apis` chunks, by key. */
  readonly apis: ReadonlyMap<string, Hashed<ApisChunk>>;
  readonly instance: InstanceChunk;
  /** Everything, by key, for what the group's plugins and APIs name. */
  readonly chunks: ReadonlyMap<string, Hashed>;
  readonly datasets: ReadonlyMap<string, CompiledDataset>;
}

/** True when what was compiled before is what would be compiled now. `changed` are keys of plugins, datasets and named upstreams. */
export function isCurrent(before: CompiledGroup, { group, apis }: GroupSource, changed: ReadonlySet<string>): boolean {
  if (before.hash !== group.hash || before.routes.size !== apis.size) return false;
  for (const [key, { hash }] of apis) {
    const routes = before.routes.get(key);
    if (routes?.hash !== hash || overlap(changed, routes.uses)) return false;
  }
  return true;
}

function overlap(changed: ReadonlySet<string>, uses: ReadonlySet<string>): boolean {
  for (const key of changed) if (uses.has(key)) return true;
  return false;
}

/** Takes over routes of chunks that did not change, and what is not touched of the tables. Never throws. */
export async function compileGroup(source: GroupSource, deps: CompileDeps, before: CompiledGroup | null): Promise<CompiledGroup> {
  const { chunk } = source.group;
  const routes = await compileAll(source, deps, before);
  const stages = await changeStages(routes, before, deps);
  const program: GroupProgram = {
    id: chunk.id,
    basePath: chunk.basePath === '/' ? '' : chunk.basePath,
    ownStages: new Set(chunk.stages.map(({ name }) => name)),
    stages,
  };
  const problems = [...routes.values()].flatMap((each) => each.problems);
  const hosts = compileHosts(chunk, program, source.instance, problems);
  let size = 0;
  for (const {
    chunk: { apis },
  } of routes.values())
    size += apis.length;
  return { hash: source.group.hash, program, hosts, routes, size, problems };
}

async function compileAll(
  source: GroupSource,
  deps: CompileDeps,
  before: CompiledGroup | null,
): Promise<ReadonlyMap<string, CompiledRoutes>> {
  const { group, apis, chunks, instance } = source;
  const settings = groupSettings(group.chunk, instance);
  const own = routeHash(group);
  const made = new Map<string, CompiledRoutes>();
  for (const [key, { hash, chunk }] of apis) {
    const { plugins, uses } = dependencies(source, chunk, deps);
    const madeOf = `${own} ${[...uses].map((each) => chunks.get(each)?.hash ?? each).join(' ')}`;
    const known = before?.routes.get(key);
    if (known?.hash === hash && known.madeOf === madeOf) {
      made.set(key, known);
      continue;
    }
    made.set(key, { hash, madeOf, chunk, uses, ...compileChunk(source, chunk, plugins, settings, deps) });
    await deps.pause();
  }
  return made;
}

/** Where a group is served says nothing of its routes: a large one is not compiled anew for a domain. */
const routeHashes = new WeakMap<GroupChunk, string>();

function routeHash({ chunk }: Hashed<GroupChunk>): string {
  let text = routeHashes.get(chunk);
  if (text === undefined) {
    text = JSON.stringify({ ...chunk, domains: null, publicDomain: null, internalDomain: null });
    routeHashes.set(chunk, text);
  }
  return text;
}

type Plugins = ReadonlyMap<string, PluginChunk | undefined>;

function dependencies(
  { group, chunks }: GroupSource,
  { apis }: ApisChunk,
  deps: CompileDeps,
): { plugins: Plugins; uses: ReadonlySet<string> } {
  const ids = new Set(group.chunk.bindings.map(({ pluginId }) => pluginId));
  for (const api of apis) for (const id of api.plugins) ids.add(id);
  const plugins = new Map<string, PluginChunk | undefined>();
  const uses = new Set([chunkKeys.vpcAccesses(group.chunk.accountId)]);
  for (const id of [...ids].sort()) {
    const chunk = chunks.get(chunkKeys.plugin(id))?.chunk;
    const plugin = chunk?.kind === 'plugin' ? chunk : undefined;
    plugins.set(id, plugin);
    uses.add(chunkKeys.plugin(id));
    for (const dataset of plugin === undefined ? [] : datasetsNamedBy(plugin, deps)) uses.add(chunkKeys.dataset(dataset));
  }
  return { plugins, uses };
}

function compileChunk(
  { group, instance, chunks, datasets }: GroupSource,
  { apis }: ApisChunk,
  plugins: Plugins,
  settings: GroupSettings,
  deps: CompileDeps,
): Pick<CompiledRoutes, 'routes' | 'problems'> {
  const problems: Problem[] = [];
  const shared: Omit<RouteSource, 'api' | 'plugins'> = {
    group: group.chunk,
    settings,
    vpcAccesses: vpcAccesses(chunks.get(chunkKeys.vpcAccesses(group.chunk.accountId))?.chunk),
    datasets,
    instanceId: instance.id,
    suffix: instance.suffix,
  };
  const routes = apis.map((api) => {
    const compiled = compileRoute({ ...shared, api, plugins: pluginsInForce(api, group.chunk, plugins) }, deps);
    problems.push(...compiled.problems);
    return compiled.route;
  });
  return { routes, problems };
}

/** Stage -> what of a chunk is published there. Made when it is needed: kept, it would take as much memory as the routes. */
function entriesOf({ chunk: { apis }, routes }: CompiledRoutes): ReadonlyMap<string, readonly Entry<Route>[]> {
  const entries = new Map<string, Entry<Route>[]>();
  for (const [at, { stage, definition }] of apis.entries()) {
    const { method, path, escapePath } = definition.request;
    const segments = parsePathPattern(path, escapePath);
    // No request leads to a path that cannot be read.
    if (typeof segments === 'string') continue;
    const live = entries.get(stage) ?? [];
    entries.set(stage, live);
    live.push({ segments, method, found: routes[at]! });
  }
  return entries;
}

/** All that goes first, then all that comes: an API may have changed its chunk. */
async function changeStages(
  after: ReadonlyMap<string, CompiledRoutes>,
  before: CompiledGroup | null,
  deps: CompileDeps,
): Promise<GroupProgram['stages']> {
  const gone = [...(before?.routes ?? [])].filter(([key, routes]) => after.get(key) !== routes);
  const come = [...after].filter(([key, routes]) => before?.routes.get(key) !== routes);
  // When nothing stays, the new tables are made without taking the old ones apart.
  const isAnew = before === null || gone.length === before.routes.size;
  const stages = new Map(isAnew ? [] : before.program.stages);
  const change = async (
    all: typeof gone,
    put: (table: PathTable<Route>, entries: readonly Entry<Route>[]) => PathTable<Route>,
  ) => {
    for (const [, routes] of all) {
      for (const [stage, own] of entriesOf(routes)) stages.set(stage, put(stages.get(stage) ?? PathTable.of([]), own));
      await deps.pause();
    }
  };
  if (!isAnew) await change(gone, (table, entries) => table.change(entries, []));
  await change(come, (table, entries) => table.change([], entries));
  for (const [stage, table] of stages) if (table.isEmpty) stages.delete(stage);
  return stages;
}

function vpcAccesses(chunk: Chunk | undefined): VpcAccesses {
  return new Map(chunk?.kind === 'vpc-accesses' ? chunk.accesses.map((access) => [access.name, access]) : []);
}
