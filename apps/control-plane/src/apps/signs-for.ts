/** The plugins that sign as an app, for people. */
import type { EntityManager } from 'typeorm';

/** Plugins named in a message; more are counted. */
const NAMED = 10;

/** Such as `sign_calls (<id>), other (<id>)`; null without any. They are of the app's account. */
export async function signsFor(manager: EntityManager, appId: string): Promise<string | null> {
  const rows: { text: string; total: string }[] = await manager.query(
    `SELECT name || ' (' || id || ')' AS text, count(*) OVER () AS total FROM plugins WHERE app_id = $1 ORDER BY name LIMIT $2`,
    [appId, NAMED],
  );
  const total = Number(rows[0]?.total ?? 0);
  const named = rows.map(({ text }) => text).join(', ');
  if (total === 0) return null;
  return total > NAMED ? `${named} and ${total - NAMED} more` : named;
}
