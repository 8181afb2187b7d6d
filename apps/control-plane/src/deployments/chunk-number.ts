/** Spreads what a group has deployed over chunks of bounded size. */
import { APIS_PER_CHUNK } from '@causeway/contract';
import type { EntityManager } from 'typeorm';

/** The lowest number in the group whose chunk has room. The group is locked. */
export async function freeChunkNumber(manager: EntityManager, groupId: string): Promise<number> {
  const chunks: { n: number; size: number }[] = await manager.query(
    'SELECT chunk_number AS n, count(*)::integer AS size FROM deployments WHERE group_id = $1 GROUP BY chunk_number',
    [groupId],
  );
  const full = new Set(chunks.filter(({ size }) => size >= APIS_PER_CHUNK).map(({ n }) => n));
  let n = 0;
  while (full.has(n)) n++;
  return n;
}
