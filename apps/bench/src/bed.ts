/** What the parts of one benchmark share. */

import type { Stack } from './causeway/stack.js';
import type { Cores } from './cores.js';
import type { Origin } from './servers/origin.js';

export interface Bed {
  cores: Cores;
  origin: Origin;
  /** A folder for this benchmark alone, removed at its end. */
  workDir: string;
  /** Starts the whole of Causeway when first asked; the comparison of the others does not need it. */
  stack: () => Promise<Stack>;
  /** Where a Redis is, started when first asked; only after `hasRedis` said that there is one. */
  redis: () => Promise<string>;
}

/** A contender's process and the port of 127.0.0.1 where it answers. */
export interface Server {
  pid: number;
  port: number;
  hasEnded: () => boolean;
  stop: () => Promise<void>;
  /** Of a server whose store is what is measured. */
  loading?: Loading;
}

/** What a store costs before the first request. */
export interface Loading {
  /** From the start of the process to its first right answer. */
  firstAnswerMs: number;
  /** RSS once it has nothing to do any more, before any load. */
  residentBytes: number;
}
