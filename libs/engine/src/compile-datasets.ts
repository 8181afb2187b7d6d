/** Dataset chunks -> what plugins look into (plugins, section 4). */
import { chunkKeys, chunkKind, type DatasetChunk, isSecretDataset, type PluginChunk, sealedPaths } from '@causeway/contract';
import { type Dataset, type DatasetType, findPlugin } from '@causeway/plugins';
import type { CompileDeps, Open } from './deps.js';
import { type Chunks, readChunk } from './hashed-chunk.js';
import { openPlugin } from './open-plugin.js';

/** A dataset as its chunk has it; one that cannot be opened is null, so that its plugins say what they lack. */
export interface CompiledDataset {
  readonly hash: string;
  readonly dataset: Dataset | null;
  readonly problems: ReadonlyArray<{ readonly resource: string; readonly message: string }>;
}

/** By id, as routes look for them. */
export type OpenDatasets = ReadonlyMap<string, Pick<CompiledDataset, 'dataset'>>;

/** By id. @param changed keys of chunks of any kind; datasets that are not among them are taken from `before` */
export function compileDatasets(
  changed: readonly string[],
  chunks: Chunks,
  { open }: Pick<CompileDeps, 'open'>,
  before: ReadonlyMap<string, CompiledDataset> | null,
): ReadonlyMap<string, CompiledDataset> {
  const keys = changed.filter((key) => chunkKind(key) === 'dataset');
  if (keys.length === 0 && before !== null) return before;
  const datasets = new Map(before);
  for (const key of keys) {
    const held = chunks.get(key);
    if (held === undefined) datasets.delete(key.slice(DATASET.length));
    else {
      const chunk = readChunk('dataset', held);
      datasets.set(chunk.id, { hash: held.hash, ...compileDataset(chunk, open) });
    }
  }
  return datasets;
}

const DATASET = chunkKeys.dataset('');

function compileDataset(chunk: DatasetChunk, open: Open): Pick<CompiledDataset, 'dataset' | 'problems'> {
  try {
    return { dataset: datasetOf(chunk, open), problems: [] };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { dataset: null, problems: [{ resource: `dataset:${chunk.id}`, message }] };
  }
}

/** @throws when a secret value cannot be opened */
export function datasetOf({ id, type, items }: DatasetChunk, open: Open): Dataset {
  const read = isSecretDataset(type)
    ? (itemId: string, sealed: string) => open(sealedPaths.datasetItem(id, itemId), sealed)
    : (_: string, plain: string) => plain;
  return {
    id,
    type,
    items: new Map(
      items.map((item) => {
        const value = read(item.id, item.value);
        return [value, { value, expiresAtMs: item.expiresAt === null ? null : Date.parse(item.expiresAt) }];
      }),
    ),
  };
}

/** What `CompileContext.dataset` answers. */
export function lookIn(datasets: OpenDatasets): (id: string, type: DatasetType) => Dataset | null {
  return (id, type) => {
    const found = datasets.get(id)?.dataset;
    return found?.type === type ? found : null;
  };
}

const NONE: readonly string[] = [];
/** A plugin's text never changes under its chunk. */
const named = new WeakMap<PluginChunk, readonly string[]>();

/** Ids of the datasets that a plugin's configuration names; none for one that cannot be read. */
export function datasetsNamedBy(plugin: PluginChunk, deps: CompileDeps): readonly string[] {
  const datasetsOf = findPlugin(plugin.type)?.datasetsOf;
  if (datasetsOf === undefined) return NONE;
  let ids = named.get(plugin);
  if (ids === undefined) {
    ids = idsIn(plugin, datasetsOf, deps);
    named.set(plugin, ids);
  }
  return ids;
}

function idsIn(
  plugin: PluginChunk,
  datasetsOf: NonNullable<NonNullable<ReturnType<typeof findPlugin>>['datasetsOf']>,
  deps: CompileDeps,
): readonly string[] {
  try {
    const config = openPlugin(plugin, deps);
    return typeof config === 'string' ? NONE : datasetsOf(config).map(({ id }) => id);
  } catch {
    return NONE;
  }
}
