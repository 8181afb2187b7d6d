/** Rows -> `vpc-accesses:<accountId>` chunks: the named upstreams of accounts that have groups on the instance. */
import { chunkKeys, type VpcAccessesChunk } from '@causeway/contract';
import type { ChunkSource } from './chunk-source.js';

interface Row {
  account_id: string;
  accesses: VpcAccessesChunk['accesses'];
}

export async function buildVpcAccessesChunks(
  source: ChunkSource,
  accountIds: readonly string[],
): Promise<[string, VpcAccessesChunk][]> {
  const rows: Row[] = await source.manager.query(
    `SELECT v.account_id,
            jsonb_agg(jsonb_build_object('name', v.name, 'address', v.address, 'hostHeader', v.host_header) ORDER BY v.name) AS accesses
     FROM unnest($2::text[]) AS a (id) JOIN vpc_accesses v ON v.account_id = a.id
     WHERE $1 IN (SELECT instances_of(a.id))
     GROUP BY v.account_id`,
    [source.instanceId, accountIds],
  );
  return rows.map(({ account_id, accesses }) => [
    chunkKeys.vpcAccesses(account_id),
    { kind: 'vpc-accesses', accountId: account_id, accesses },
  ]);
}
