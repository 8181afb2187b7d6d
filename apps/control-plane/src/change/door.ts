/** The door: the only way in which anything is saved. */
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, QueryFailedError } from 'typeorm';
import { bringDatasets } from '../datasets/touch-dataset.js';
import { TouchedChunks } from '../publish/touched-chunks.js';
import { EVERY_INSTANCE_LOCK, NEW_INSTANCE_LOCK } from './advisory-locks.js';
import type { Actor, Change, Written } from './change.js';
import { type AuditNote, ChangeDraft } from './change-draft.js';
import { CommitBell } from './commit-bell.js';
import { LostAttempt } from './lost-attempt.js';
import { RefusedChange } from './refused-change.js';
import { WriteCounters } from './write-counters.js';

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';
/** Of a control plane that stood still, whose transaction the database ends soon. */
const LOCK_NOT_AVAILABLE = '55P03';
const ATTEMPTS = 5;

type Revisions = Written<unknown>['revisions'];

@Injectable()
export class Door {
  constructor(
    private readonly dataSource: DataSource,
    private readonly chunks: TouchedChunks,
    private readonly bell: CommitBell,
    private readonly counters: WriteCounters,
  ) {}

  /**
   * Runs `work` in one transaction, compiles the chunks it touched, and commits rows, audit row, revisions and outbox together.
   * `work` may run again when it collides with another write, so it touches nothing but its `change`.
   * Throws `RefusedChange` when a touched chunk does not compile; whatever `work` throws undoes the write.
   */
  async write<T>(actor: Actor, work: (change: Change) => Promise<T>): Promise<Written<T>> {
    const written = await this.untilDone(() =>
      this.dataSource.transaction('READ COMMITTED', (manager) => this.attempt(manager, actor, work)),
    ).catch((error: unknown) => {
      this.counters.undone++;
      throw error;
    });
    this.counters.committed++;
    if (written.revisions.length > 0) this.bell.ring();
    return written;
  }

  /** Does all that a write does before it is recorded, then undoes it: what `write` would refuse is refused, and nothing is saved. */
  async rehearse<T>(actor: Actor, work: (change: Change) => Promise<T>): Promise<Omit<Written<T>, 'revisions'>> {
    return this.untilDone(async () => {
      const runner = this.dataSource.createQueryRunner();
      try {
        await runner.startTransaction('READ COMMITTED');
        const { result, draft } = await this.prepare(runner.manager, actor, work);
        return { result, warnings: draft.warnings };
      } finally {
        if (runner.isTransactionActive) await runner.rollbackTransaction();
        await runner.release();
      }
    });
  }

  /** A write that collided was undone whole and is made again. */
  private async untilDone<T>(attempt: () => Promise<T>): Promise<T> {
    for (let count = 1; ; count++) {
      try {
        return await attempt();
      } catch (error) {
        if (count >= ATTEMPTS || !isCollision(error)) throw error;
        this.counters.collided++;
      }
    }
  }

  private async attempt<T>(manager: EntityManager, actor: Actor, work: (change: Change) => Promise<T>): Promise<Written<T>> {
    const { result, draft, note, touched } = await this.prepare(manager, actor, work);
    await keepIdempotent(draft);
    const revisions = await takeRevisions(manager, [...touched.keys()]);
    await record(draft, note, touched, revisions);
    return { result, warnings: draft.warnings, revisions };
  }

  private async prepare<T>(manager: EntityManager, actor: Actor, work: (change: Change) => Promise<T>) {
    const draft = new ChangeDraft(manager, actor);
    const result = await work(draft);
    const note = draft.note;
    if (note === null) throw new Error('A write must note its audit row');
    const touched = await expand(draft);
    await bringDatasets(manager, touched);
    const problems = await this.chunks.check(manager, touched);
    if (problems.length > 0) throw new RefusedChange(problems);
    return { result, draft, note, touched };
  }
}

/** Instance id -> chunk keys, with `every` spelled out. */
async function expand({ manager, touched }: ChangeDraft): Promise<Map<string, Set<string>>> {
  const named = new Map([...touched].filter(([id]) => id !== 'every'));
  const everywhere = touched.get('every');
  if (await hasNewborn(manager, [...named.keys()])) await manager.query(NEW_INSTANCE_LOCK);
  else if (everywhere !== undefined) await manager.query(EVERY_INSTANCE_LOCK);
  if (everywhere === undefined) return named;
  const instances: { id: string }[] = await manager.query('SELECT id FROM instances');
  for (const { id } of instances) named.set(id, new Set([...(named.get(id) ?? []), ...everywhere]));
  return named;
}

async function hasNewborn(manager: EntityManager, ids: string[]): Promise<boolean> {
  if (ids.length === 0) return false;
  const rows: unknown[] = await manager.query('SELECT 1 FROM instances WHERE id = ANY($1) AND revision = 0', [ids]);
  return rows.length > 0;
}

/** In the write's own transaction: a repetition after a crash is told that it was done, and never does it twice. */
async function keepIdempotent({ manager, actor }: ChangeDraft): Promise<void> {
  if (actor.idempotentAttempt === undefined) return;
  const [, held]: [unknown, number] = await manager.query('UPDATE idempotency_keys SET committed = true WHERE attempt = $1', [
    actor.idempotentAttempt,
  ]);
  if (held === 0) throw new LostAttempt();
}

/** Locks the instance rows, in one order for all writes and last before commit, and raises each revision by one. */
async function takeRevisions(manager: EntityManager, instanceIds: string[]): Promise<Revisions> {
  const revisions: { instanceId: string; revision: number }[] = [];
  for (const instanceId of instanceIds.sort()) {
    const [rows]: [{ revision: string }[], number] = await manager.query(
      'UPDATE instances SET revision = revision + 1 WHERE id = $1 RETURNING revision',
      [instanceId],
    );
    const row = rows[0];
    if (row !== undefined) revisions.push({ instanceId, revision: Number(row.revision) });
  }
  return revisions;
}

async function record(
  draft: ChangeDraft,
  note: AuditNote,
  touched: ReadonlyMap<string, Set<string>>,
  revisions: Revisions,
): Promise<void> {
  const { manager, actor } = draft;
  const taken = JSON.stringify(revisions);
  if (revisions.length > 0) {
    await manager.query(
      `INSERT INTO revisions (instance_id, revision, actor, action, account_id, resource_type, resource_id)
       SELECT r."instanceId", r.revision, $2, $3, $4, $5, $6 FROM jsonb_to_recordset($1) AS r("instanceId" text, revision bigint)`,
      [taken, actor.tokenName, note.action, actor.accountId, note.resourceType, note.resourceId],
    );
    const pending = revisions.map((each) => ({ ...each, keys: [...(touched.get(each.instanceId) ?? [])].sort() }));
    await manager.query(
      `INSERT INTO outbox (instance_id, revision, chunk_keys, allow_shrink)
       SELECT r."instanceId", r.revision, r.keys, $2 FROM jsonb_to_recordset($1) AS r("instanceId" text, revision bigint, keys jsonb)`,
      [JSON.stringify(pending), draft.shrinkAllowed],
    );
  }
  await manager.query(
    `WITH noted AS (
       INSERT INTO audit_events (account_id, token_id, token_name, request_id, action, resource_type, resource_id, details, revisions)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id)
     INSERT INTO audit_unchained SELECT id FROM noted`,
    [
      actor.accountId,
      actor.tokenId,
      actor.tokenName,
      actor.requestId,
      note.action,
      note.resourceType,
      note.resourceId,
      JSON.stringify(note.details),
      taken,
    ],
  );
}

/** Two writes that got in each other's way; one of them was undone whole and may try again. */
function isCollision(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const code = (error.driverError as { code?: unknown }).code;
  return code === SERIALIZATION_FAILURE || code === DEADLOCK_DETECTED || code === LOCK_NOT_AVAILABLE;
}
