/** One write on its way: what a service may do inside the door's transaction. */
import type { EntityManager } from 'typeorm';

/** Who asks for a write; known from the token. */
export interface Actor {
  readonly accountId: string;
  /** True for the default account, whose admins manage accounts. */
  readonly isDefaultAccount: boolean;
  readonly tokenId: string;
  readonly tokenName: string;
  readonly role: 'admin' | 'editor' | 'publisher' | 'viewer';
  readonly requestId: string;
  /** The attempt that holds the request's `Idempotency-Key`; absent when it came without. */
  readonly idempotentAttempt?: string;
}

/** What is doubtful about a write that was done all the same. */
export interface Warning {
  readonly code: string;
  readonly message: string;
  readonly path?: string;
}

export interface Change {
  /** The transaction's own manager: the only way to the database inside the door. */
  readonly manager: EntityManager;
  readonly actor: Actor;
  /** Names a chunk that this write changes, on one instance or on every one. The door builds and compiles it before it commits. */
  touch(instanceId: string | 'every', chunkKey: string): void;
  /** Says that APIs go away on purpose (offline, migration), so that the nodes' shrink guard lets the revision pass. */
  allowShrink(): void;
  /** The audit row of this write; exactly one per write. `details` holds no secret. */
  audit(action: string, resourceType: string, resourceId: string, details?: Record<string, unknown>): void;
  warn(warning: Warning): void;
}

/** What a write brings back besides its own result. */
export interface Written<T> {
  readonly result: T;
  readonly warnings: readonly Warning[];
  /** The new revision of each touched instance, ascending by instance id. */
  readonly revisions: ReadonlyArray<{ readonly instanceId: string; readonly revision: number }>;
}
