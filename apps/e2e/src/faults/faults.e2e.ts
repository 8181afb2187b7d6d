/** Every row of what may fail, under traffic and edits: no client notices, no acknowledged edit is lost, and every node comes to run what was written. */
import { postgresUrl } from '@causeway/test-stores';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FAULTS } from './faults.js';
import { hasRedisServer } from './kit/own-redis.js';
import { setScene } from './kit/scene.js';
import { type Scene, tell, withstand } from './kit/withstand.js';

// One connection of the embedded Postgres is not enough for two control planes.
const stories = hasRedisServer && postgresUrl ? describe : describe.skip;

stories('two control planes, two nodes and a Redis, when', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await setScene({ controlPlanes: 2, nodes: 2 });
  }, 120_000);
  afterAll(() => scene?.bed.stop(), 60_000);

  it.each(FAULTS)(
    '$name',
    async (fault) => {
      const seen = await withstand(scene, fault);
      tell(seen);
      expect(seen).toMatchObject({ failures: {}, wrong: [] });
      const inWords = Object.entries(seen.refused).flatMap(([what, count]) => (what.startsWith('no answer') ? [] : [count]));
      if (fault.edits !== 'refused') expect(inWords.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(fault.refusals ?? 0);
    },
    180_000,
  );
});
