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
  app_id: string | null;
  app_key: string | null;
  app_secret: string | null;
}

export async function buildPluginChunks(source: ChunkSource, pluginIds: readonly string[]): Promise<[string, PluginChunk][]> {
  const rows: Row[] = await source.manager.query(
    `SELECT p.id, p.name, p.type, p.config, p.app_id, k.key AS app_key, k.secret AS app_secret
     FROM plugins p LEFT JOIN LATERAL (
       SELECT key, secret FROM app_keys WHERE app_id = p.app_id ORDER BY created_at DESC, key DESC LIMIT 1) k ON true
     WHERE p.id = ANY($2) AND EXISTS (
       SELECT 1 FROM plugin_bindings b LEFT JOIN apis a ON a.id = b.api_id
       JOIN groups g ON g.id = coalesce(b.group_id, a.group_id)
       WHERE b.plugin_id = p.id AND g.instance_id = $1)`,
    [source.instanceId, pluginIds],
  );
  return rows.map((row) => {
    const { id, name, type } = row;
    const parsed = parseConfigText(source.openStored(storedPaths.pluginConfig(id), row.config));
    if ('problems' in parsed) throw new Error(parsed.problems.map(({ message }) => message).join('; '));
    const sealed = mapSecrets(withKeyPair(source, row, parsed.config), secretPathsOf(type), (field, text) =>
      source.seal(sealedPaths.pluginField(id, field), text),
    );
    return [chunkKeys.plugin(id), { kind: 'plugin', id, name, type, config: sealed }];
  });
}

/** The newest key pair in place of the app that is named: a data plane reads the same either way (plugins 5.3). */
function withKeyPair(
  source: ChunkSource,
  { app_id, app_key, app_secret }: Row,
  config: Record<string, unknown>,
): Record<string, unknown> {
  if (app_id === null) return config;
  if (app_key === null || app_secret === null) throw new Error(`app ${app_id} has no key pair`);
  const { app: _, ...own } = config;
  return { ...own, key: app_key, secret: source.openStored(storedPaths.appSecret(app_key), app_secret) };
}
