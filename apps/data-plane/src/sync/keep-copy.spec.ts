/** Of workers that share a folder one writes the copy on disk. */
import { readdir } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { makeSnapshot } from './testing/origin.js';
import { originPerTest } from './testing/origin-per-test.js';

const bed = originPerTest();

/** Stops the node, which waits for what is being written. */
async function manifestsAfter(node: Awaited<ReturnType<typeof bed.start>>): Promise<string[]> {
  await node.sync.stop();
  const files = await readdir(node.dataDir, { recursive: true });
  return files.filter((file) => file.includes('manifest-'));
}

it('a worker that does not keep the copy writes nothing', async () => {
  bed.http.publish(makeSnapshot({ revision: 1 }));
  const node = await bed.start({ keepsCopy: false });
  bed.http.publish(makeSnapshot({ revision: 2 }));
  await node.runs(2);
  expect(await manifestsAfter(node)).toEqual([]);
});

it('one that is to keep it writes what runs, at once', async () => {
  bed.http.publish(makeSnapshot({ revision: 1 }));
  const node = await bed.start({ keepsCopy: false });
  node.sync.keepCopy();
  expect(await manifestsAfter(node)).toEqual([expect.stringContaining('-0000000000000001.json')]);
});
