/** A node that follows an origin of a spec, and what it has applied so far. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HeldChunk } from '../held-chunk.js';
import type { Outcome, SyncOptions } from '../options.js';
import { startSync } from '../sync.js';
import { INSTANCE, KEYRING, NODE_TOKEN } from './origin.js';

export interface Applied {
  readonly revision: number;
  readonly chunks: ReadonlyMap<string, HeldChunk>;
}

type Problems = Pick<Outcome, 'problems'>;

export async function startNode(
  options: Partial<SyncOptions> & { readonly outcome?: (revision: number) => Problems | Promise<Problems> },
) {
  const applied: Applied[] = [];
  const logged: string[] = [];
  const log = (fields: object, message: string) => logged.push(`${message} ${JSON.stringify(fields)}`);
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'causeway-sync-')));
  const sync = await startSync({
    instance: INSTANCE,
    node: 'n1',
    keys: { kind: 'instance', keyring: KEYRING },
    redisUrl: null,
    redisPrefix: 'causeway-test',
    controlPlaneUrl: 'http://127.0.0.1:1',
    nodeToken: NODE_TOKEN,
    logger: { info: log, warn: log },
    clock: { now: Date.now, random: Math.random },
    timing: { pollMs: 40, askMs: 200, heartbeatMs: 50 },
    ...options,
    dataDir,
    async apply({ revision }, chunks) {
      const { problems } = (await options.outcome?.(revision)) ?? { problems: [] };
      applied.push({ revision, chunks });
      let size = 0;
      for (const { chunk } of chunks.values()) if (chunk.kind === 'apis') size += chunk.apis.length;
      return { problems, size };
    },
  });
  return {
    sync,
    dataDir,
    applied,
    logged,
    /** Resolves when the revision runs. */
    async runs(revision: number): Promise<void> {
      while (sync.status().running?.revision !== revision) await new Promise(setImmediate);
    },
    async remove(): Promise<void> {
      await sync.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
