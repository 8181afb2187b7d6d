/** Rows -> the `network` chunk: where the region's internal domains are, the same bytes for each of its instances. */
import type { NetworkChunk } from '@causeway/contract';
import type { ChunkSource } from './chunk-source.js';

interface Row {
  id: string;
  region: string;
  internal_endpoint: string | null;
  groups: string[];
}

export async function buildNetworkChunk(source: ChunkSource): Promise<NetworkChunk | null> {
  const rows: Row[] = await source.manager.query(
    `SELECT i.id, i.region, i.internal_endpoint,
            ARRAY(SELECT g.id FROM groups g WHERE i.calls_from_gateway AND g.instance_id = i.id
                    AND g.internal_generated AND g.internal_enabled ORDER BY g.id) AS groups
     FROM instances i WHERE i.region = (SELECT region FROM instances WHERE id = $1) ORDER BY i.id`,
    [source.instanceId],
  );
  const first = rows[0];
  if (first === undefined) return null;
  return {
    kind: 'network',
    region: first.region,
    instances: rows.map(({ id, internal_endpoint, groups }) => ({ id, internalEndpoint: internal_endpoint, groups })),
  };
}
