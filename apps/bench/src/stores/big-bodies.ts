/** A store whose public APIs call others by internal domain, which take and give big bodies. */
import { type Chunk, chunkKeys, generatedDomain } from '@causeway/contract';
import { groupChunk, publishedApi, REGION, SUFFIX } from './chunks.js';

export const GROUP = 'b0d1e5'.padEnd(32, '0');
export const HOST = generatedDomain('public', GROUP, REGION, SUFFIX);
export const MOST_BYTES = 1024 ** 3;

/** The paths of the public APIs. */
export const UPLOAD = '/upload';
export const DOWNLOAD = '/download';

const INTERNAL = `http://${generatedDomain('internal', GROUP, REGION, SUFFIX)}`;
/** Of the whole call: the most that an API may ask for. */
const TIMEOUT_MS = 120_000;

/** Key -> chunk, beside those of every store. Queries go through, to an origin that gives as many bytes as `?bytes=` says. */
export function bigBodies(originPort: number): Record<string, Chunk> {
  const origin = `http://127.0.0.1:${originPort}`;
  const api = (n: number, method: 'GET' | 'POST', path: string, address: string, backendPath: string) =>
    publishedApi(String(n).padStart(32, '0'), {
      name: `api_${n}`,
      auth: 'ANONYMOUS',
      request: { protocols: ['HTTP'], method, path, mode: 'PASSTHROUGH', maxBodyBytes: MOST_BYTES },
      backend: { type: 'HTTP', address, path: backendPath, method, timeoutMs: TIMEOUT_MS },
    });
  return {
    [chunkKeys.group(GROUP)]: groupChunk(GROUP),
    [chunkKeys.apis(GROUP, 0)]: {
      kind: 'apis',
      groupId: GROUP,
      apis: [
        api(1, 'POST', UPLOAD, INTERNAL, '/take'),
        api(2, 'POST', '/take', origin, '/take'),
        api(3, 'GET', DOWNLOAD, INTERNAL, '/give'),
        api(4, 'GET', '/give', origin, '/give'),
      ],
    },
  };
}
