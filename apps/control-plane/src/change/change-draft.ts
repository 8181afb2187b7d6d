/** What a write collects while it runs: the door's own side of a `Change`. */
import type { EntityManager } from 'typeorm';
import type { Actor, Change, Warning } from './change.js';

export interface AuditNote {
  readonly action: string;
  readonly resourceType: string;
  readonly resourceId: string;
  readonly details: Record<string, unknown>;
}

export class ChangeDraft implements Change {
  readonly warnings: Warning[] = [];
  /** Chunk keys by instance id; `every` stands for all instances. */
  readonly touched = new Map<string, Set<string>>();
  shrinkAllowed = false;
  note: AuditNote | null = null;

  constructor(
    readonly manager: EntityManager,
    readonly actor: Actor,
  ) {}

  touch(instanceId: string, chunkKey: string): void {
    const keys = this.touched.get(instanceId);
    if (keys === undefined) this.touched.set(instanceId, new Set([chunkKey]));
    else keys.add(chunkKey);
  }

  allowShrink(): void {
    this.shrinkAllowed = true;
  }

  audit(action: string, resourceType: string, resourceId: string, details: Record<string, unknown> = {}): void {
    if (this.note !== null)
      throw new Error(`A write has one audit row: ${this.note.action} is already noted, ${action} is too many`);
    this.note = { action, resourceType, resourceId, details };
  }

  warn(warning: Warning): void {
    this.warnings.push(warning);
  }
}
