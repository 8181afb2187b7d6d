/** Rows -> `apis:<group>:<n>` chunks: what is deployed, with the plugins bound to it. */
import { type ApisChunk, chunkKeys } from '@causeway/contract';
import type { ChunkSource } from './chunk-source.js';

interface Row {
  group_id: string;
  chunk_number: number;
  apis: ApisChunk['apis'];
}

export interface ApisPlace {
  readonly groupId: string;
  readonly n: number;
}

export async function buildApisChunks(source: ChunkSource, places: readonly ApisPlace[]): Promise<[string, ApisChunk][]> {
  const rows: Row[] = await source.manager.query(
    `SELECT d.group_id, d.chunk_number,
            jsonb_agg(jsonb_build_object('id', d.api_id, 'stage', d.stage, 'version', d.version, 'definition', v.definition,
              'plugins', (SELECT coalesce(jsonb_agg(b.plugin_id ORDER BY b.plugin_id), '[]')
                          FROM plugin_bindings b WHERE b.api_id = d.api_id AND b.stage = d.stage)
            ) ORDER BY d.api_id, d.stage) AS apis
     FROM unnest($2::text[], $3::integer[]) AS place(group_id, n)
     JOIN groups g ON g.id = place.group_id AND g.instance_id = $1
     -- Chunk by chunk: a join may take what is deployed in a whole group for the few of one chunk.
     CROSS JOIN LATERAL (SELECT * FROM deployments WHERE group_id = g.id AND chunk_number = place.n OFFSET 0) d
     JOIN api_versions v ON v.api_id = d.api_id AND v.version = d.version
     GROUP BY d.group_id, d.chunk_number`,
    [source.instanceId, places.map(({ groupId }) => groupId), places.map(({ n }) => n)],
  );
  return rows.map(({ group_id, chunk_number, apis }) => [
    chunkKeys.apis(group_id, chunk_number),
    { kind: 'apis', groupId: group_id, apis },
  ]);
}
