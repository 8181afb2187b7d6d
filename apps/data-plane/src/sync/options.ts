/** What following an instance needs, and what it gives. */
import type { Manifest, NodeReport } from '@causeway/contract';
import type { Keyring } from '@causeway/snapshot';
import type { SyncCounters } from './counters.js';
import type { HeldChunk } from './held-chunk.js';

/** Opens text sealed with the instance's key; throws when it was altered or the key is not here. */
export type Open = (path: string, sealed: string) => string;

export interface Outcome {
  /** Live APIs. */
  readonly size: number;
  /** What was quarantined; the rest runs. */
  readonly problems: ReadonlyArray<{ readonly resource: string; readonly message: string }>;
}

/** Compiles and swaps. What it throws refuses the revision, and what ran goes on running. */
export type Apply = (manifest: Manifest, chunks: ReadonlyMap<string, HeldChunk>, open: Open) => Outcome | Promise<Outcome>;

export interface SyncLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface SyncOptions {
  /** Id or name of the instance to follow (`CAUSEWAY_INSTANCE`). */
  readonly instance: string;
  /** How this node is called in reports. */
  readonly node: string;
  /** `instance`: the instance's own keys; `master`: the deployment's, from which they are derived. */
  readonly keys: { readonly kind: 'instance' | 'master'; readonly keyring: Keyring };
  readonly redisUrl: string | null;
  readonly redisPrefix: string;
  readonly controlPlaneUrl: string;
  readonly nodeToken: string;
  readonly dataDir: string;
  /** Whether this process writes the copy on disk. Of workers that share the folder one does: `keepCopy` makes it this one. */
  readonly keepsCopy?: boolean;
  readonly apply: Apply;
  readonly logger: SyncLogger;
  readonly clock: Clock;
  readonly timing?: Partial<Timing>;
}

export interface Clock {
  /** Wall clock, ms. */
  now(): number;
  /** In [0, 1). */
  random(): number;
}

export interface Timing {
  /** Between two looks at the head, +-30 %. */
  readonly pollMs: number;
  /** Between two questions to the control plane while Redis answers. */
  readonly askMs: number;
  /** Between two reports; a node is live for 10 s after one. */
  readonly heartbeatMs: number;
  /** No source confirmed what runs for this long: the node calls itself stale. */
  readonly staleAfterMs: number;
}

export const TIMING: Timing = { pollMs: 3000, askMs: 30_000, heartbeatMs: 3000, staleAfterMs: 15_000 };

export type SourceName = NodeReport['source'];

export type Position = Pick<Manifest, 'epoch' | 'revision'>;

export interface SyncStatus {
  /** Null until a first snapshot runs. */
  readonly running: Position | null;
  readonly rejected: Position | null;
  readonly state: NodeReport['state'];
  /** Where the running snapshot came from. */
  readonly source: SourceName | null;
  /** Wall clock, ms; null until a first snapshot runs. */
  readonly appliedAt: number | null;
  /** For how long no source has said that there is nothing newer, or gave what is newer, ms. */
  readonly unconfirmedMs: number;
  /** Revisions between what runs and the newest that is signed and was seen. */
  readonly lag: number;
  readonly counters: Readonly<SyncCounters>;
}

export interface Sync {
  status(): SyncStatus;
  /** Writes the copy on disk from now on, beginning with what runs. */
  keepCopy(): void;
  /** Ends connections, timers and waits; what runs goes on running. */
  stop(): Promise<void>;
}
