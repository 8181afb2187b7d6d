/** Dataset chunks -> what plugins look into (plugins, section 4). */
import { type Chunk, type DatasetChunk, isSecretDataset, type PluginChunk, sealedPaths } from '@causeway/contract';
import { type Dataset, type DatasetType, findPlugin } from '@causeway/plugins';
import type { CompileDeps, Open } from './deps.js';
import { openPlugin } from './open-plugin.js';

export type Datasets = ReadonlyMap<string, Dataset>;

/** By id, from the chunks that are datasets; one that cannot be opened is left out, so that its plugins say what they lack. */
export async function compileDatasets(
  chunks: Iterable<{ readonly hash: string; readonly chunk: Chunk }>,
  { open }: Pick<CompileDeps, 'open'>,
  reuse: <T>(id: string, make: () => T | Promise<T>) => Promise<T>,
  quarantine: Array<{ resource: string; message: string }>,
): Promise<Datasets> {
  const made = new Map<string, Dataset>();
  for (const { hash, chunk } of chunks) {
    if (chunk.kind !== 'dataset') continue;
    try {
      made.set(chunk.id, await reuse(`dataset ${hash}`, () => datasetOf(chunk, open)));
    } catch (error) {
      quarantine.push({ resource: `dataset:${chunk.id}`, message: error instanceof Error ? error.message : String(error) });
    }
  }
  return made;
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
export function lookIn(datasets: Datasets): (id: string, type: DatasetType) => Dataset | null {
  return (id, type) => {
    const found = datasets.get(id);
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
