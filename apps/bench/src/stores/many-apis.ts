/** A store of any number of anonymous APIs, a hundred at most in a group, all in front of the origin. */
import { APIS_PER_CHUNK, type Chunk, chunkKeys, generatedDomain } from '@causeway/contract';
import { groupChunk, publishedApi, REGION, SUFFIX } from './chunks.js';

const APIS_PER_GROUP = 100;

/** Hosts and paths of all APIs have the same lengths. */
export function hostOf(api: number): string {
  return generatedDomain('public', groupOf(api), REGION, SUFFIX);
}

export function pathOf(api: number): string {
  return `/things/${hexadecimal(api, 8)}/of/7`;
}

/** Key -> chunk, beside those of every store. */
export function manyApis(count: number, originPort: number): Record<string, Chunk> {
  const chunks: Record<string, Chunk> = {};
  for (let first = 0; first < count; first += APIS_PER_GROUP) {
    const groupId = groupOf(first);
    chunks[chunkKeys.group(groupId)] = groupChunk(groupId);
    const end = Math.min(count, first + APIS_PER_GROUP);
    for (let at = first; at < end; at += APIS_PER_CHUNK) {
      const own = Array.from({ length: Math.min(APIS_PER_CHUNK, end - at) }, (_, n) => at + n);
      chunks[chunkKeys.apis(groupId, (at - first) / APIS_PER_CHUNK)] = {
        kind: 'apis',
        groupId,
        apis: own.map((api) => oneApi(api, originPort)),
      };
    }
  }
  return chunks;
}

function oneApi(api: number, originPort: number) {
  const path = `/things/${hexadecimal(api, 8)}/of/[id]`;
  return publishedApi(hexadecimal(api, 32), {
    name: `api_${hexadecimal(api, 8)}`,
    auth: 'ANONYMOUS',
    request: { protocols: ['HTTP'], method: 'GET', path },
    parameters: [{ name: 'id', in: 'path', required: true, backend: { name: 'id', in: 'path' } }],
    backend: { type: 'HTTP', address: `http://127.0.0.1:${originPort}`, path: '/things/[id]', method: 'GET' },
  });
}

function groupOf(api: number): string {
  return hexadecimal(Math.floor(api / APIS_PER_GROUP), 32);
}

function hexadecimal(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0');
}
