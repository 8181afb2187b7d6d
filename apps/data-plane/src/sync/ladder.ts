/** Where the newest manifest is: Redis, then the control plane. */
import { setImmediate } from 'node:timers/promises';
import { compareRevisions, type Head, type Manifest } from '@causeway/contract';
import {
  applyChange,
  decodeChange,
  decodeManifest,
  deriveInstanceKeyring,
  InstanceKeys,
  UnreadableFormat,
} from '@causeway/snapshot';
import type { ControlPlaneClient, ManifestAnswer } from './control-plane-client.js';
import type { SyncCounters } from './counters.js';
import type { Position, SourceName, SyncOptions } from './options.js';
import type { RedisFeed } from './redis-feed.js';
import type { Troubles } from './troubles.js';

/** Steps to the newest manifest: beyond this it is less to read as a whole. */
const MOST_CHANGES = 16;

/** A manifest that is signed for this instance, and newer than what it was asked against. */
export interface Candidate {
  readonly manifest: Manifest;
  readonly source: SourceName;
  readonly keys: InstanceKeys;
  /** To ask the control plane for anything newer. */
  readonly etag: string | null;
}

export interface Look {
  readonly candidate: Candidate | null;
  /** True when a source knows nothing newer than what was asked against. */
  readonly isConfirmed: boolean;
  /** The newest that is signed for this instance and of a format that is not read here. */
  readonly unreadable: UnreadableFormat | null;
}

export class Ladder {
  /** The id of the instance; null until a first snapshot of it was accepted. */
  instanceId: string | null = null;
  /** Set when Redis led to another instance than the settings name: anybody who can write Redis can write that key. */
  isNameInRedisWrong = false;
  private etag: string | null = null;
  /** The newest that was dealt with, and its hash where it came from: what changed since is less to read than all of the next. */
  private known: { readonly manifest: Manifest; readonly hash: string } | null = null;
  private readonly derived = new Map<string, InstanceKeys>();

  constructor(
    private readonly options: Pick<SyncOptions, 'instance' | 'keys'>,
    private readonly redis: RedisFeed | null,
    private readonly controlPlane: ControlPlaneClient,
    private readonly troubles: Troubles,
    private readonly counters: SyncCounters,
  ) {}

  /** Never rejects. Redis alone unless it fails, or lags behind `floor`, or `askControlPlane`. */
  async look(floor: Position | null, askControlPlane: boolean): Promise<Look> {
    const fromRedis = this.redis?.isReady === true ? await this.guard('Redis', this.lookInRedis(this.redis, floor)) : null;
    if (fromRedis !== null && !askControlPlane && (fromRedis.candidate !== null || fromRedis.isConfirmed)) return fromRedis;
    const fromControlPlane = await this.guard('The control plane', this.lookAtControlPlane(floor));
    const candidates = [fromRedis?.candidate, fromControlPlane?.candidate].filter((each) => each != null);
    const newest = candidates.sort((a, b) => compareRevisions(b.manifest, a.manifest))[0] ?? null;
    const isConfirmed = fromRedis?.isConfirmed === true || fromControlPlane?.isConfirmed === true;
    const unreadable = [fromRedis?.unreadable, fromControlPlane?.unreadable].filter((each) => each != null);
    unreadable.sort((a, b) => compareRevisions(b.position, a.position));
    return { candidate: newest, isConfirmed, unreadable: unreadable[0] ?? null };
  }

  /** Says that a candidate was dealt with, for better or worse: the same manifest is not sent again. */
  settled({ manifest, etag }: Candidate): void {
    if (etag === null) return;
    this.etag = etag;
    this.known = { manifest, hash: etag.slice(1, -1) };
  }

  /** Throws an Error unless the bytes are a manifest signed for this instance: `UnreadableFormat` when they are. */
  open(packed: Buffer, source: SourceName, etag: string | null): Candidate {
    try {
      const manifest = decodeManifest((id) => this.keysOf(id), this.instanceId, packed);
      return { manifest, source, keys: this.keysOf(manifest.instance), etag };
    } catch (error) {
      this.counters.refused++;
      throw error;
    }
  }

  private async lookInRedis(redis: RedisFeed, floor: Position | null): Promise<Look> {
    if (this.instanceId === null && this.isNameInRedisWrong) return NOTHING;
    const id = this.instanceId ?? (await redis.instanceId(this.options.instance)) ?? this.options.instance;
    const head = await redis.head(id);
    const order = head === null ? -1 : floor === null ? 1 : compareRevisions(head, floor);
    if (head === null || order <= 0) return { ...NOTHING, isConfirmed: order === 0 };
    const candidate = (await this.follow(redis, head)) ?? (await this.openWhole(redis, id, head));
    return { ...NOTHING, candidate: candidate !== null && isNewer(candidate.manifest, floor) ? candidate : null };
  }

  private async openWhole(redis: RedisFeed, id: string, { hash }: Head): Promise<Candidate | null> {
    const packed = await redis.manifest(id);
    return packed === null ? null : this.open(packed, 'redis', `"${hash}"`);
  }

  /**
   * The manifest of the head, made of the known one and what changed since; null when that does not lead there. Whoever can write
   * Redis can write changes: only a signature that is right on what they make says that they are.
   */
  private async follow(redis: RedisFeed, head: Head): Promise<Candidate | null> {
    if (this.known === null) return null;
    let { manifest, hash } = this.known;
    for (let step = 0; step < MOST_CHANGES && hash !== head.hash; step++) {
      const packed = await redis.change(manifest.instance, hash);
      if (packed === null) return null;
      try {
        const change = decodeChange(packed);
        manifest = applyChange(manifest, change);
        hash = change.hash;
        // Thousands of keys were copied, and are signed next: traffic comes between.
        await setImmediate();
      } catch {
        this.counters.refused++;
        return null;
      }
    }
    const keys = this.keysOf(this.known.manifest.instance);
    const isRight = compareRevisions(manifest, head) === 0 && manifest.instance === this.known.manifest.instance;
    if (isRight && keys.verify(manifest)) return { manifest, source: 'redis', keys, etag: `"${head.hash}"` };
    this.counters.refused++;
    return null;
  }

  private async lookAtControlPlane(floor: Position | null): Promise<Look> {
    const answer = await this.controlPlane.manifest(this.instanceId ?? this.options.instance, this.etag);
    if (answer === 'unchanged') return { ...NOTHING, isConfirmed: true };
    const candidate = this.openAnswer(answer);
    if (isNewer(candidate.manifest, floor)) return { ...NOTHING, candidate };
    this.settled(candidate);
    return { ...NOTHING, isConfirmed: floor !== null && compareRevisions(candidate.manifest, floor) === 0 };
  }

  private openAnswer({ packed, etag }: ManifestAnswer): Candidate {
    try {
      return this.open(packed, 'http', etag);
    } catch (error) {
      // Dealt with: the same manifest is not sent again.
      if (error instanceof UnreadableFormat && this.instanceId !== null) this.etag = etag;
      throw error;
    }
  }

  private async guard(what: string, look: Promise<Look>): Promise<Look | null> {
    try {
      const found = await look;
      this.troubles.works(what);
      return found;
    } catch (error) {
      // Before a first snapshot nobody knows whether it is of the instance that the settings name.
      if (error instanceof UnreadableFormat && this.instanceId !== null) return { ...NOTHING, unreadable: error };
      this.troubles.failed(what, error);
      return null;
    }
  }

  private keysOf(instanceId: string): InstanceKeys {
    const { kind, keyring } = this.options.keys;
    const name = kind === 'master' ? instanceId : '';
    const known = this.derived.get(name);
    if (known !== undefined) return known;
    const keys = new InstanceKeys(kind === 'master' ? deriveInstanceKeyring(keyring, instanceId) : keyring);
    this.derived.set(name, keys);
    return keys;
  }
}

const NOTHING: Look = { candidate: null, isConfirmed: false, unreadable: null };

function isNewer(manifest: Manifest, floor: Position | null): boolean {
  return floor === null || compareRevisions(manifest, floor) > 0;
}
