/** Spreads what a group has deployed over chunks of bounded size. */
import { APIS_PER_CHUNK } from '@causeway/contract';
import type { EntityManager } from 'typeorm';

/** The lowest numbers in the group whose chunks have room, one for each of several deployments that come together. The group is locked. */
export async function freeChunkNumbers(manager: EntityManager, groupId: string, count: number): Promise<number[]> {
  if (count === 0) return [];
  const [row]: { begun: number; open: { n: number; size: number }[] }[] = await manager.query(
    `SELECT coalesce(max(chunk_number) + 1, 0) AS begun,
            (SELECT coalesce(jsonb_agg(jsonb_build_object('n', o.chunk_number, 'size', o.size) ORDER BY o.chunk_number), '[]')
             FROM (SELECT chunk_number, size FROM apis_chunks WHERE group_id = $1 AND size < $2 ORDER BY chunk_number LIMIT $3) o) AS open
     FROM apis_chunks WHERE group_id = $1`,
    [groupId, APIS_PER_CHUNK, count],
  );
  const free: number[] = [];
  const take = (n: number, size: number) => {
    const room = Math.min(APIS_PER_CHUNK - size, count - free.length);
    for (let taken = 0; taken < room; taken++) free.push(n);
  };
  for (const { n, size } of row?.open ?? []) take(n, size);
  for (let n = row?.begun ?? 0; free.length < count; n++) take(n, 0);
  return free;
}
