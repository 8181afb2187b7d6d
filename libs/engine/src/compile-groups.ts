/** All groups of a program: those that a change touches are compiled, the others taken over. */
import { chunkKeys, chunkKind, groupOfApis, type InstanceChunk } from '@causeway/contract';
import type { CompiledDataset } from './compile-datasets.js';
import { type CompiledGroup, compileGroup } from './compile-group.js';
import type { CompileDeps } from './deps.js';
import { type Chunks, type HashedChunk, readChunk } from './hashed-chunk.js';

export interface CompiledGroups {
  /** By id. */
  readonly all: ReadonlyMap<string, CompiledGroup>;
  /** What was compiled before and is not there any more, replaced or without a successor. */
  readonly gone: readonly CompiledGroup[];
  readonly come: readonly CompiledGroup[];
}

export interface GroupsSource {
  readonly chunks: Chunks;
  readonly datasets: ReadonlyMap<string, CompiledDataset>;
  readonly instance: InstanceChunk;
}

/** @param changed keys of chunks of any kind */
export async function compileGroups(
  changed: readonly string[],
  source: GroupsSource,
  deps: CompileDeps,
  before: ReadonlyMap<string, CompiledGroup> | null,
): Promise<CompiledGroups> {
  const touched = touchedGroups(changed, before);
  const [gone, come]: [CompiledGroup[], CompiledGroup[]] = [[], []];
  if (touched.size === 0 && before !== null) return { all: before, gone, come };
  const all = new Map(before);
  const apisOf = apisByGroup(touched, changed, source.chunks, before);
  for (const id of touched) {
    const known = before?.get(id);
    if (known !== undefined) gone.push(known);
    const held = source.chunks.get(chunkKeys.group(id));
    if (held === undefined) {
      all.delete(id);
      continue;
    }
    const compiled = await compileGroup({ ...source, group: readChunk('group', held), apis: apisOf(id) }, deps, known ?? null);
    all.set(id, compiled);
    come.push(compiled);
  }
  return { all, gone, come };
}

/** Ids of groups that changed, or have APIs that did, or use something that did. */
function touchedGroups(changed: readonly string[], before: ReadonlyMap<string, CompiledGroup> | null): ReadonlySet<string> {
  const touched = new Set<string>();
  const used: string[] = [];
  for (const key of changed) {
    const kind = chunkKind(key);
    if (kind === 'group') touched.add(key.slice(GROUP.length));
    else if (kind === 'apis') touched.add(groupOfApis(key));
    else if (kind === 'plugin' || kind === 'dataset' || kind === 'vpc-accesses') used.push(key);
  }
  if (used.length > 0 && before !== null) for (const [id, group] of before) if (uses(group, used)) touched.add(id);
  return touched;
}

const GROUP = chunkKeys.group('');

function uses({ routes }: CompiledGroup, keys: readonly string[]): boolean {
  for (const each of routes.values()) if (keys.some((key) => each.uses.has(key))) return true;
  return false;
}

/** The `apis` chunks of a group, by key. What is known of one is changed; all there is is looked through only for groups that are new. */
function apisByGroup(
  touched: ReadonlySet<string>,
  changed: readonly string[],
  chunks: Chunks,
  before: ReadonlyMap<string, CompiledGroup> | null,
): (id: string) => Chunks {
  const found = new Map<string, Map<string, HashedChunk>>();
  let hasNew = false;
  for (const id of touched) {
    const known = before?.get(id);
    hasNew ||= known === undefined;
    found.set(id, new Map([...(known?.routes ?? [])].map(([key, { source }]) => [key, source])));
  }
  for (const key of changed) if (chunkKind(key) === 'apis') found.get(groupOfApis(key))?.delete(key);
  for (const key of hasNew ? chunks.keys() : changed) {
    const held = chunks.get(key);
    if (held !== undefined && chunkKind(key) === 'apis') found.get(groupOfApis(key))?.set(key, held);
  }
  return (id) => found.get(id) ?? NO_APIS;
}

const NO_APIS: Chunks = new Map();
