/** Keeps what runs in line with the newest snapshot: one look, one installation at a time. */
import { chunkKeys, compareRevisions } from '@causeway/contract';
import { coalesce } from './coalesce.js';
import { type ChunkSource, collectChunks } from './collect-chunks.js';
import type { SyncCounters } from './counters.js';
import type { HeldChunk } from './held-chunk.js';
import type { Candidate, Ladder } from './ladder.js';
import type { Position, SourceName, SyncOptions, SyncStatus } from './options.js';
import { unexplainedLoss } from './shrink-guard.js';
import type { Troubles } from './troubles.js';
import { UnusableSnapshot } from './unusable-snapshot.js';

export interface Running {
  readonly manifest: Candidate['manifest'];
  readonly chunks: ReadonlyMap<string, HeldChunk>;
  readonly source: SourceName;
  /** Live APIs. */
  readonly size: number;
  readonly problems: ReadonlyArray<{ readonly resource: string; readonly message: string }>;
  readonly appliedAt: number;
}

/** What ran here before, and the wall clock when it was known to be the newest, ms. */
export interface Copy {
  readonly candidate: Candidate;
  readonly confirmedAt: number;
}

export interface FollowerEvents {
  /** A snapshot was swapped in. */
  onApplied(running: Running): void;
  /** What a report says has changed. */
  onChange(): void;
}

const TAKING_OVER = 'Taking over a snapshot';

export class Follower {
  running: Running | null = null;
  /** The newest manifest that was refused, with the reason; it is not tried again. */
  rejected: { readonly position: Position; readonly reason: string } | null = null;
  /** The newest that is signed and was looked at. */
  private newest: Position | null = null;
  /** Monotonic ms: a clock that is set says nothing of how long a source was silent. */
  private confirmedMs = performance.now();
  private isControlPlaneWanted = false;
  /** The copies on disk, newest first, until something runs. */
  private copies: readonly Copy[] = [];
  private readonly look = coalesce(() => this.lookOnce());

  constructor(
    private readonly options: SyncOptions,
    private readonly staleAfterMs: number,
    private readonly ladder: Ladder,
    private readonly sources: Record<SourceName, ChunkSource>,
    private readonly troubles: Troubles,
    private readonly events: FollowerEvents,
    private readonly signal: AbortSignal,
    private readonly counters: SyncCounters,
  ) {}

  /**
   * What a start finds on disk: nothing older is taken from elsewhere. That may be a replay, or the database lost what it had: then the
   * control plane learns from this node's report that there was more.
   */
  remember(copies: readonly Copy[]): void {
    this.copies = copies;
  }

  /** The newest copy that is whole; true when it runs now. */
  async installCopy(above: Candidate | null = null): Promise<boolean> {
    for (const { candidate, confirmedAt } of this.copies)
      if ((above === null || isNewer(candidate, above)) && (await this.install(candidate, confirmedAt))) return true;
    return false;
  }

  /** Asks for a look; those asked for while one is under way become one more. Resolves when nothing is left to look at. */
  pull({ askControlPlane = false } = {}): Promise<void> {
    this.isControlPlaneWanted ||= askControlPlane;
    return this.look();
  }

  /**
   * True when the candidate runs now. Never rejects.
   *
   * @param confirmedAt wall clock when a copy was known to be the newest, ms; null: it is just known
   */
  async install(candidate: Candidate, confirmedAt: number | null = null): Promise<boolean> {
    const { manifest } = candidate;
    if (this.newest === null || compareRevisions(this.newest, manifest) < 0) this.newest = manifest;
    const startedMs = performance.now();
    try {
      await this.swap(candidate);
      const knownMs = confirmedAt === null ? 0 : Math.max(0, this.options.clock.now() - confirmedAt);
      this.confirmedMs = performance.now() - knownMs;
      this.counters.applied++;
      this.counters.applyMs = performance.now() - startedMs;
      this.troubles.works(TAKING_OVER);
      return true;
    } catch (error) {
      if (error instanceof UnusableSnapshot) this.reject(candidate, error.message);
      else this.troubles.failed(TAKING_OVER, error);
      return false;
    }
  }

  status(): SyncStatus {
    const { running, rejected } = this;
    const unconfirmedMs = performance.now() - this.confirmedMs;
    const isStale = unconfirmedMs > this.staleAfterMs;
    const calm = running !== null && running.problems.length > 0 ? 'partial' : 'applied';
    return {
      running: running === null ? null : { epoch: running.manifest.epoch, revision: running.manifest.revision },
      rejected: rejected?.position ?? null,
      state: rejected !== null ? 'rejected' : isStale || running === null ? 'stale' : calm,
      source: running?.source ?? null,
      appliedAt: running?.appliedAt ?? null,
      unconfirmedMs,
      lag: this.lag(),
      counters: this.counters,
    };
  }

  /** Revisions of another epoch are not counted on: the newer epoch alone is one behind. */
  private lag(): number {
    if (this.running === null || this.newest === null) return 0;
    const { epoch, revision } = this.running.manifest;
    return this.newest.epoch === epoch ? Math.max(0, this.newest.revision - revision) : Number(this.newest.epoch > epoch);
  }

  private async lookOnce(): Promise<void> {
    if (this.signal.aborted) return;
    const askControlPlane = this.isControlPlaneWanted;
    this.isControlPlaneWanted = false;
    const { candidate, isConfirmed, unreadable } = await this.ladder.look(this.floor(), askControlPlane);
    if (isConfirmed) this.confirmedMs = performance.now();
    if (candidate !== null && !(await this.installCopy(candidate))) await this.install(candidate);
    if (unreadable !== null) this.refuse(unreadable.position, unreadable.message);
  }

  /** The newest that was dealt with: only what lies above is of interest. */
  private floor(): Position | null {
    const positions = [this.running?.manifest, this.rejected?.position].filter((each) => each != null);
    return positions.sort((a, b) => compareRevisions(b, a))[0] ?? null;
  }

  private async swap(candidate: Candidate): Promise<void> {
    const { manifest, source, keys } = candidate;
    const order = [source, ...(['redis', 'http', 'disk'] as const).filter((each) => each !== source)];
    const collected = await collectChunks(
      manifest,
      this.running,
      order.map((each) => this.sources[each]),
      this.counters,
    );
    const { chunks } = collected;
    this.expectOwnInstance(candidate, chunks);
    if (this.running !== null) {
      const loss = await unexplainedLoss(this.running, manifest, collected);
      if (loss !== null) throw new UnusableSnapshot(loss);
    }
    if (this.signal.aborted) return;
    const { size, problems } = await this.compile(candidate, chunks, keys);
    this.ladder.instanceId = manifest.instance;
    this.ladder.settled(candidate);
    if (this.rejected !== null && compareRevisions(this.rejected.position, manifest) < 0) this.rejected = null;
    this.copies = [];
    this.running = { manifest, chunks, source, size, problems, appliedAt: this.options.clock.now() };
    this.events.onApplied(this.running);
    this.events.onChange();
  }

  private async compile({ manifest }: Candidate, chunks: ReadonlyMap<string, HeldChunk>, keys: Candidate['keys']) {
    try {
      return await this.options.apply(manifest, chunks, (path, sealed) => keys.open(path, sealed));
    } catch (error) {
      throw new UnusableSnapshot(error instanceof Error ? error.message : String(error));
    }
  }

  /** Before the first snapshot the way from the setting to an instance may have been tampered with. */
  private expectOwnInstance({ manifest, source }: Candidate, chunks: ReadonlyMap<string, HeldChunk>): void {
    if (this.ladder.instanceId !== null) return;
    const own = chunks.get(chunkKeys.instance)?.chunk;
    const wanted = this.options.instance;
    if (own?.kind === 'instance' && own.id === manifest.instance && (own.id === wanted || own.name === wanted)) return;
    if (source === 'redis') this.ladder.isNameInRedisWrong = true;
    throw new Error(`the snapshot from ${source} is not of the instance ${wanted}`);
  }

  private reject(candidate: Candidate, reason: string): void {
    this.counters.refused++;
    this.ladder.settled(candidate);
    this.refuse(candidate.manifest, reason);
  }

  private refuse({ epoch, revision }: Position, reason: string): void {
    const position = { epoch, revision };
    const floor = this.floor();
    if (floor !== null && compareRevisions(position, floor) <= 0) return;
    if (this.newest === null || compareRevisions(this.newest, position) < 0) this.newest = position;
    this.rejected = { position, reason };
    this.options.logger.warn({ epoch, revision, reason }, 'a snapshot was refused; what ran before goes on');
    this.events.onChange();
  }
}

/** Of the same instance: one of another tells nothing. */
function isNewer({ manifest }: Candidate, than: Candidate): boolean {
  return manifest.instance === than.manifest.instance && compareRevisions(manifest, than.manifest) > 0;
}
