/** A data plane that was upgraded starts from what the release before left on its disk, with everything else down. */
import { cp, mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SNAPSHOT_FORMATS } from '@causeway/contract';
import { parseKeyring } from '@causeway/snapshot';
import { describe, expect, it } from '@jest/globals';
import { startNode } from './sync/testing/start-node.js';

const { oldestRead, newestRead } = SNAPSHOT_FORMATS;
const formats = Array.from({ length: newestRead - oldestRead + 1 }, (_, n) => oldestRead + n);

describe.each(formats)('a copy on disk of format %d', (format) => {
  const golden = new URL(`../../../libs/snapshot/testing/golden/format-${format}/`, import.meta.url);

  it('is taken over whole, and kept as it is', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'causeway-former-'));
    const folder = join(dataDir, 'snapshots', 'golden');
    await cp(new URL('snapshot/', golden), folder, { recursive: true });
    const names = (await readdir(folder)).sort();
    const keyring = parseKeyring((await readFile(new URL('instance-key', golden), 'utf8')).trim());
    const node = await startNode({ dataDir, instance: 'golden', keys: { kind: 'instance', keyring } });
    try {
      expect(node.sync.status()).toMatchObject({ running: { epoch: 1, revision: 42 }, source: 'disk' });
      expect(node.applied.map(({ chunks }) => chunks.size)).toEqual([names.length - 1]);
      await node.sync.stop();
      expect((await readdir(folder)).sort()).toEqual(names);
      expect(node.logged.filter((line) => line.includes('snapshot'))).toEqual([]);
    } finally {
      await node.remove();
    }
  });
});
