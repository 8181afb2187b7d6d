/** Rows -> `plugin:<id>` chunks, for the plugins bound somewhere on the instance, their secrets sealed anew. */
import { chunkKeys, type PluginChunk, type PluginType, sealedPaths } from '@causeway/contract';
import { mapSecrets, secretPathsOf } from '@causeway/plugins';
import { parseConfigText } from '../../plugins/config-text.js';
import { type ChunkSource, storedPaths } from './chunk-source.js';

interface Row {
  id: string;
  name: string;
  type: PluginType;
  config: string;
}

export async function buildPluginChunks(source: ChunkSource, pluginIds: readonly string[]): Promise<[string, PluginChunk][]> {
  const rows: Row[] = await source.manager.query(
    `SELECT p.id, p.name, p.type, p.config FROM plugins p
     WHERE p.id = ANY($2) AND EXISTS (
       SELECT 1 FROM plugin_bindings b LEFT JOIN apis a ON a.id = b.api_id
       JOIN groups g ON g.id = coalesce(b.group_id, a.group_id)
       WHERE b.plugin_id = p.id AND g.instance_id = $1)`,
    [source.instanceId, pluginIds],
  );
  return rows.map(({ id, name, type, config }) => {
    const parsed = parseConfigText(source.openStored(storedPaths.pluginConfig(id), config));
    if ('problems' in parsed) throw new Error(parsed.problems.map(({ message }) => message).join('; '));
    const sealed = mapSecrets(parsed.config, secretPathsOf(type), (field, text) =>
      source.seal(sealedPaths.pluginField(id, field), text),
    );
    return [chunkKeys.plugin(id), { kind: 'plugin', id, name, type, config: sealed }];
  });
}
