/** Rows -> chunks: what stands under each key of an instance's manifest. */
import type { Chunk } from '@causeway/contract';
import { type ApisPlace, buildApisChunks } from './chunks/apis-chunks.js';
import { buildAppsChunks } from './chunks/apps-chunks.js';
import { buildCertificateChunks } from './chunks/certificate-chunks.js';
import type { ChunkSource } from './chunks/chunk-source.js';
import { buildDatasetChunks } from './chunks/dataset-chunks.js';
import { buildGroupChunks } from './chunks/group-chunks.js';
import { buildInstanceChunk } from './chunks/instance-chunk.js';
import { buildNetworkChunk } from './chunks/network-chunk.js';
import { buildPluginChunks } from './chunks/plugin-chunks.js';
import { buildVpcAccessesChunks } from './chunks/vpc-accesses-chunks.js';

/** One query a kind, however many keys. Null under a key says that nothing stands there (any more). */
export async function buildChunks(source: ChunkSource, keys: Iterable<string>): Promise<Map<string, Chunk | null>> {
  const built = new Map<string, Chunk | null>();
  const wanted = {
    groups: [] as string[],
    apis: [] as ApisPlace[],
    plugins: [] as string[],
    datasets: [] as string[],
    buckets: [] as number[],
    accounts: [] as string[],
    certificates: [] as string[],
  };
  for (const key of keys) {
    built.set(key, null);
    const [kind, id = '', n] = key.split(':');
    if (kind === 'instance') built.set(key, await buildInstanceChunk(source));
    else if (kind === 'network') built.set(key, await buildNetworkChunk(source));
    else if (kind === 'group') wanted.groups.push(id);
    else if (kind === 'apis') wanted.apis.push({ groupId: id, n: Number(n) });
    else if (kind === 'plugin') wanted.plugins.push(id);
    else if (kind === 'dataset') wanted.datasets.push(id);
    else if (kind === 'vpc-accesses') wanted.accounts.push(id);
    else if (kind === 'certificate') wanted.certificates.push(id);
    else if (kind === 'apps') wanted.buckets.push(Number(id));
    else throw new Error(`No chunk stands under a key such as ${key}`);
  }
  const lists: [string, Chunk][][] = [
    wanted.groups.length > 0 ? await buildGroupChunks(source, wanted.groups) : [],
    wanted.apis.length > 0 ? await buildApisChunks(source, wanted.apis) : [],
    wanted.plugins.length > 0 ? await buildPluginChunks(source, wanted.plugins) : [],
    wanted.datasets.length > 0 ? await buildDatasetChunks(source, wanted.datasets) : [],
    wanted.accounts.length > 0 ? await buildVpcAccessesChunks(source, wanted.accounts) : [],
    wanted.certificates.length > 0 ? await buildCertificateChunks(source, wanted.certificates) : [],
    wanted.buckets.length > 0 ? await buildAppsChunks(source, wanted.buckets) : [],
  ];
  for (const [key, chunk] of lists.flat()) built.set(key, chunk);
  return built;
}
