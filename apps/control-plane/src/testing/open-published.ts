/** Opens what is published sealed, as a data plane of the default instance does, for specs. */
import { ChunkSources } from '../publish/chunk-sources.js';
import type { TestApp } from './test-app.js';

/** @param path one of the contract's `sealedPaths` */
export async function openPublished(app: TestApp, path: string, sealed: string): Promise<string> {
  const [instance]: { id: string }[] = await app.dataSource.query("SELECT id FROM instances WHERE name = 'default'");
  return app
    .get(ChunkSources)
    .keysOf(instance?.id ?? '')
    .open(path, sealed);
}
