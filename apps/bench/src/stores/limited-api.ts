/** A store of one API that may be called so many times a second, by everybody together. */
import { type Chunk, chunkKeys, generatedDomain } from '@causeway/contract';
import { groupChunk, publishedApi, REGION, SUFFIX } from './chunks.js';

const GROUP = '11317ed'.padEnd(32, '0');
const PLUGIN = '1'.repeat(32);

export const HOST = generatedDomain('public', GROUP, REGION, SUFFIX);
export const PATH = '/limited';
export const LIMIT = 500;

/** Key -> chunk, beside those of every store. Nobody waits for the next second: who has no room is refused. */
export function limitedApi(): Record<string, Chunk> {
  const api = publishedApi('1'.repeat(32), {
    name: 'limited',
    auth: 'ANONYMOUS',
    request: { protocols: ['HTTP'], method: 'GET', path: PATH },
    backend: { type: 'MOCK', statusCode: 200, body: 'x' },
  });
  return {
    [chunkKeys.group(GROUP)]: groupChunk(GROUP),
    [chunkKeys.apis(GROUP, 0)]: { kind: 'apis', groupId: GROUP, apis: [{ ...api, plugins: [PLUGIN] }] },
    [chunkKeys.plugin(PLUGIN)]: {
      kind: 'plugin',
      id: PLUGIN,
      name: 'limit',
      type: 'trafficControl',
      config: { unit: 'SECOND', apiDefault: LIMIT, controlMode: 'FIX_WINDOW' },
    },
  };
}
