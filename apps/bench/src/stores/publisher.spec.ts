import { Manifest } from '@causeway/contract';
import { decodeChunk, unpack } from '@causeway/snapshot';
import { afterAll, describe, expect, it } from '@jest/globals';
import { bigBodies, GROUP } from './big-bodies.js';
import { instanceChunks } from './chunks.js';
import { publish } from './publisher.js';

describe('the publisher of one snapshot', () => {
  const stop = new AbortController();
  afterAll(() => stop.abort());

  it('offers a manifest and every chunk that it names, to who has the token', async () => {
    const environment = await publish((keys) => ({ ...instanceChunks(keys, [GROUP]), ...bigBodies(9000) }));
    const { CAUSEWAY_CONTROL_PLANE_URL: url, CAUSEWAY_NODE_TOKEN: token } = environment;
    const ask = (path: string, headers: Record<string, string>) =>
      fetch(`${url}/internal/v1/${path}`, { headers: { connection: 'close', ...headers }, signal: stop.signal });
    const authorization = `Bearer ${token}`;

    expect((await ask('instances/bench/manifest', {})).status).toBe(401);
    const answer = await ask('instances/bench/manifest', { authorization });
    const manifest = Manifest.parse(JSON.parse(unpack(Buffer.from(await answer.arrayBuffer())).toString()));
    const kinds = await Promise.all(
      Object.values(manifest.chunks).map(async (hash) => {
        const chunk = await ask(`chunks/${hash}?instance=bench`, { authorization });
        return decodeChunk(hash, Buffer.from(await chunk.arrayBuffer())).kind;
      }),
    );
    expect(kinds.sort()).toEqual(['apis', 'apps', 'group', 'instance', 'network']);

    const known = await ask('instances/bench/manifest', { authorization, 'if-none-match': answer.headers.get('etag') ?? '' });
    expect(known.status).toBe(304);
    expect((await ask(`chunks/${'0'.repeat(64)}`, { authorization })).status).toBe(404);
  });
});
