/** What data planes are given, for specs. */
import type { TestApp } from './test-app.js';

/** The content of a chunk of the default instance once `revision` is published; null where nothing stands under the key. */
export async function publishedChunk<T>({ dataSource }: TestApp, revision: number, key: string): Promise<T | null> {
  for (;;) {
    const [head]: { id: string; published: boolean }[] = await dataSource.query(
      `SELECT i.id, coalesce(p.revision >= $1, false) AS published
       FROM instances i LEFT JOIN published_manifests p ON p.instance_id = i.id WHERE i.name = 'default'`,
      [revision],
    );
    if (head?.published) return readChunk(dataSource, head.id, key);
    await new Promise(setImmediate);
  }
}

async function readChunk<T>(dataSource: TestApp['dataSource'], instanceId: string, key: string): Promise<T | null> {
  const [row]: { text: string }[] = await dataSource.query(
    `SELECT convert_from(c.bytes, 'UTF8') AS text FROM manifest_chunks m JOIN chunks c ON c.hash = m.hash
     WHERE m.instance_id = $1 AND m.key = $2 AND m.to_revision IS NULL`,
    [instanceId, key],
  );
  return row === undefined ? null : (JSON.parse(row.text) as T);
}
