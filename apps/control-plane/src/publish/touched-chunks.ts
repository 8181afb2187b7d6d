/** Builds and compiles what a write touches, inside its transaction. */
import type { Chunk } from '@causeway/contract';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { buildChunks } from './build-chunks.js';
import { type ChunkProblem, checkChunk } from './check-chunk.js';
import { ChunkSources } from './chunk-sources.js';

@Injectable()
export class TouchedChunks {
  constructor(private readonly sources: ChunkSources) {}

  /** All complaints about the touched chunks, save those that what is published already gives cause for. */
  async check(
    manager: EntityManager,
    touched: ReadonlyMap<string, ReadonlySet<string>>,
  ): Promise<{ path: string; message: string }[]> {
    const complaints = new Set<string>();
    const found: { path: string; message: string }[] = [];
    // Buckets of apps hold the same rows on every instance: one of them stands for all.
    const seenBuckets = new Set<string>();
    for (const [instanceId, keys] of touched) {
      const own = [...keys].filter((key) => !seenBuckets.has(key));
      for (const key of own) if (key.startsWith('apps:')) seenBuckets.add(key);
      for (const [key, chunk] of await buildChunks(this.sources.of(manager, instanceId), own)) {
        for (const { resource, path, message } of await this.newProblems(manager, instanceId, key, chunk)) {
          const place = path === '' ? resource : `${resource}/${path}`;
          if (complaints.has(`${place} ${message}`)) continue;
          complaints.add(`${place} ${message}`);
          found.push({ path: place, message });
        }
      }
    }
    return found;
  }

  private async newProblems(
    manager: EntityManager,
    instanceId: string,
    key: string,
    chunk: Chunk | null,
  ): Promise<ChunkProblem[]> {
    const problems = chunk === null ? [] : checkChunk(key, chunk, this.sources.keysOf(instanceId));
    if (problems.length === 0) return problems;
    // A definition that a stricter release no longer takes must not stand in the way of its neighbours in the chunk.
    const published = await this.publishedProblems(manager, instanceId, key);
    return problems.filter(
      ({ resource, message }) => !published.some((old) => old.resource === resource && old.message === message),
    );
  }

  private async publishedProblems(manager: EntityManager, instanceId: string, key: string): Promise<ChunkProblem[]> {
    const [row]: { bytes: Buffer }[] = await manager.query(
      `SELECT c.bytes FROM manifest_chunks m JOIN chunks c ON c.hash = m.hash
       WHERE m.instance_id = $1 AND m.key = $2 AND m.to_revision IS NULL`,
      [instanceId, key],
    );
    if (row === undefined) return [];
    return checkChunk(key, JSON.parse(row.bytes.toString('utf8')), this.sources.keysOf(instanceId));
  }
}
