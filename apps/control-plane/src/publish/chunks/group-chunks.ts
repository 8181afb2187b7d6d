/** Rows -> `group:<id>` chunks, for the groups that live on the instance. */
import { chunkKeys, type GroupChunk } from '@causeway/contract';
import type { ChunkSource } from './chunk-source.js';

interface Row {
  id: string;
  account_id: string;
  name: string;
  base_path: string;
  network: { internet: boolean; publicDomain: boolean };
  internal_domain: boolean;
  passthrough_headers: string[];
  bindings: GroupChunk['bindings'];
}

export async function buildGroupChunks(source: ChunkSource, groupIds: readonly string[]): Promise<[string, GroupChunk][]> {
  const rows: Row[] = await source.manager.query(
    `SELECT g.id, g.account_id, g.name, g.base_path, g.network, g.passthrough_headers,
            g.internal_generated AND g.internal_enabled AS internal_domain,
            (SELECT coalesce(jsonb_agg(jsonb_build_object('pluginId', b.plugin_id, 'stage', b.stage) ORDER BY b.stage, b.plugin_id), '[]')
             FROM plugin_bindings b WHERE b.group_id = g.id) AS bindings
     FROM groups g WHERE g.instance_id = $1 AND g.id = ANY($2)`,
    [source.instanceId, groupIds],
  );
  return rows.map((row) => [
    chunkKeys.group(row.id),
    {
      kind: 'group',
      id: row.id,
      accountId: row.account_id,
      name: row.name,
      basePath: row.base_path,
      publicDomain: row.network.internet && row.network.publicDomain,
      internalDomain: row.internal_domain,
      passthroughHeaders: row.passthrough_headers,
      bindings: row.bindings,
    },
  ]);
}
