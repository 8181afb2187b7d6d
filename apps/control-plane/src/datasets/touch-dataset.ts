/** Keeps a dataset on the instances where a bound plugin names it, and on no others. */
import { chunkKeys } from '@causeway/contract';
import type { EntityManager } from 'typeorm';
import type { Change } from '../change/change.js';

/** For a write on its items, which holds the dataset: what brings a plugin to an instance waits, or came before. */
export async function touchDataset(change: Change, id: string): Promise<void> {
  const rows: { instanceId: string }[] = await change.manager.query(
    `SELECT DISTINCT g.instance_id AS "instanceId" FROM plugin_datasets n JOIN plugin_bindings b ON b.plugin_id = n.plugin_id
     LEFT JOIN apis a ON a.id = b.api_id JOIN groups g ON g.id = coalesce(b.group_id, a.group_id) WHERE n.dataset_id = $1`,
    [id],
  );
  for (const { instanceId } of rows) change.touch(instanceId, chunkKeys.dataset(id));
}

/** Dataset ids by the plugin that names them; a plugin that names none is missing. */
export async function datasetsOfPlugins(manager: EntityManager, pluginIds: readonly string[]): Promise<Map<string, string[]>> {
  const rows: { pluginId: string; ids: string[] }[] = await manager.query(
    `SELECT plugin_id AS "pluginId", array_agg(dataset_id ORDER BY dataset_id) AS ids FROM plugin_datasets
     WHERE plugin_id = ANY($1) GROUP BY plugin_id`,
    [pluginIds],
  );
  return new Map(rows.map(({ pluginId, ids }) => [pluginId, ids]));
}

const PLUGIN = chunkKeys.plugin('');

/**
 * Wherever a plugin comes to, changes or goes from, so may the datasets that it names: the door adds their keys to what a write touches,
 * and holds them, so that no edit of their items misses an instance.
 */
export async function bringDatasets(manager: EntityManager, touched: Map<string, Set<string>>): Promise<void> {
  const plugins = new Set<string>();
  for (const keys of touched.values()) for (const key of keys) if (key.startsWith(PLUGIN)) plugins.add(key.slice(PLUGIN.length));
  if (plugins.size === 0) return;
  const named = await datasetsOfPlugins(manager, [...plugins]);
  if (named.size === 0) return;
  await manager.query('SELECT 1 FROM datasets WHERE id = ANY($1) ORDER BY id FOR KEY SHARE', [
    [...new Set([...named.values()].flat())],
  ]);
  for (const keys of touched.values())
    for (const key of [...keys])
      if (key.startsWith(PLUGIN)) for (const id of named.get(key.slice(PLUGIN.length)) ?? []) keys.add(chunkKeys.dataset(id));
}
