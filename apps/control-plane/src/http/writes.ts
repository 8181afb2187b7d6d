/** Runs a write through the door and shapes what comes back: revision, warnings, who has applied it. */
import { Injectable } from '@nestjs/common';
import type { Actor, Change, Warning, Written } from '../change/change.js';
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
    const { result, ...written } = await this.door.write(actor, work);
    return { ...result, ...(await this.outcome(query, written)) };
  }

  /** What the answer of a write, or of several that belong together, says besides its own fields. */
  async outcome(query: WriteQuery, { warnings, revisions }: Omit<Written<unknown>, 'result'>): Promise<WriteOutcome> {
    return {
      ...(revisions.length > 0 && { revision: Math.max(...revisions.map(({ revision }) => revision)) }),
      ...(warnings.length > 0 && { warnings }),
      ...(query.wait === 'applied' && { applied: await this.applied.wait(revisions, query.timeout) }),
    };
  }

  /** What `run` would answer, its refusals too, without its effect. */
  async rehearse<T extends object>(actor: Actor, work: (change: Change) => Promise<T>): Promise<T & WriteOutcome> {
    const { result, warnings } = await this.door.rehearse(actor, work);
    return { ...result, ...(warnings.length > 0 && { warnings }) };
  }
}
