/** Rows -> `dataset:<id>` chunks, for the datasets that plugins name which are bound somewhere on the instance. */
import { chunkKeys, type DatasetChunk, type DatasetType, isSecretDataset, sealedPaths } from '@causeway/contract';
import { type ChunkSource, storedPaths } from './chunk-source.js';

interface Row {
  id: string;
  type: DatasetType;
  items: { id: string; value: string; expiresAt: string | null }[];
}

export async function buildDatasetChunks(source: ChunkSource, datasetIds: readonly string[]): Promise<[string, DatasetChunk][]> {
  const rows: Row[] = await source.manager.query(
    `SELECT d.id, d.type,
            (SELECT coalesce(jsonb_agg(jsonb_build_object('id', i.id, 'value', i.value, 'expiresAt', i.expires_at) ORDER BY i.id), '[]')
             FROM dataset_items i WHERE i.dataset_id = d.id AND (i.expires_at IS NULL OR i.expires_at > clock_timestamp())) AS items
     FROM datasets d WHERE d.id = ANY($2) AND EXISTS (
       SELECT 1 FROM plugin_datasets n JOIN plugin_bindings b ON b.plugin_id = n.plugin_id LEFT JOIN apis a ON a.id = b.api_id
       JOIN groups g ON g.id = coalesce(b.group_id, a.group_id)
       WHERE n.dataset_id = d.id AND g.instance_id = $1)`,
    [source.instanceId, datasetIds],
  );
  return rows.map(({ id, type, items }) => [
    chunkKeys.dataset(id),
    {
      kind: 'dataset',
      id,
      type,
      items: items.map((item) => ({
        id: item.id,
        value: isSecretDataset(type)
          ? source.seal(sealedPaths.datasetItem(id, item.id), source.openStored(storedPaths.datasetItem(item.id), item.value))
          : item.value,
        expiresAt: item.expiresAt === null ? null : new Date(item.expiresAt).toISOString(),
      })),
    },
  ]);
}
