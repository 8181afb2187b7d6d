/** What a program was compiled to, part by part: the next one takes over what did not change. */
import type { CompiledCallers } from './compile-credentials.js';
import type { CompiledDataset } from './compile-datasets.js';
import type { CompiledGroup } from './compile-group.js';
import type { Chunks } from './hashed-chunk.js';
import type { HostTable } from './host-table.js';
import type { Program } from './program.js';

export interface Compiled {
  /** What all groups depend on: with another one nothing can be taken over. */
  readonly base: string;
  /** What all of it was compiled from. */
  readonly chunks: Chunks;
  readonly groups: ReadonlyMap<string, CompiledGroup>;
  readonly datasets: ReadonlyMap<string, CompiledDataset>;
  readonly callers: CompiledCallers;
  readonly hosts: { readonly public: HostTable; readonly internal: HostTable };
  /** By the hash of the `instance` chunk. */
  readonly instance: {
    readonly hash: string;
    readonly privateDns: Program['privateDns'];
    readonly movedHosts: ReadonlySet<string>;
  };
  /** By the hash of the `network` chunk. */
  readonly network: { readonly hash: string; readonly internalDomains: Program['internalDomains'] };
}
