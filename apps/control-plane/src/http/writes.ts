/** Runs a write through the door and shapes what comes back: revision, warnings, who has applied it. */
import { Injectable } from '@nestjs/common';
import type { Actor, Change, Warning } from '../change/change.js';
import { Door } from '../change/door.js';
import { type Applied, AppliedWait } from '../nodes/applied-wait.js';
import type { WriteQuery } from './write-query.js';

export interface WriteOutcome {
  /** The highest revision that the write made; absent when it changed no traffic. */
  readonly revision?: number;
  readonly warnings?: readonly Warning[];
  readonly applied?: Applied;
}

@Injectable()
export class Writes {
  constructor(
    private readonly door: Door,
    private readonly applied: AppliedWait,
  ) {}

  async run<T extends object>(actor: Actor, query: WriteQuery, work: (change: Change) => Promise<T>): Promise<T & WriteOutcome> {
    const { result, warnings, revisions } = await this.door.write(actor, work);
    return {
      ...result,
      ...(revisions.length > 0 && { revision: Math.max(...revisions.map(({ revision }) => revision)) }),
      ...(warnings.length > 0 && { warnings }),
      ...(query.wait === 'applied' && { applied: await this.applied.wait(revisions, query.timeout) }),
    };
  }
}
