/** What is stored, in brief: two equal digests mean that nothing was written between them. */
import type { TestApp } from '../test-app.js';

/** Filled by what runs beside the requests, or about the request itself rather than what it asks for. */
const BESIDE = new Set([
  'outbox',
  'chunks',
  'manifest_chunks',
  'published_manifests',
  'audit_unchained',
  'audit_chain',
  'idempotency_keys',
]);
/** Columns that are stamped later: rows of these tables are counted. */
const COUNTED = new Set(['revisions', 'audit_events']);

export async function digestOf({ dataSource }: TestApp): Promise<Record<string, string>> {
  const tables: { name: string }[] = await dataSource.query(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1",
  );
  const digest: Record<string, string> = {};
  for (const { name } of tables) {
    if (BESIDE.has(name)) continue;
    // A token notes when it was used last.
    const rows = "md5(string_agg((to_jsonb(t) - 'last_used_at')::text, '' ORDER BY (to_jsonb(t) - 'last_used_at')::text))";
    const [row] = await dataSource.query(`SELECT ${COUNTED.has(name) ? 'count(*)::text' : rows} AS digest FROM "${name}" t`);
    digest[name] = row.digest;
  }
  return digest;
}
