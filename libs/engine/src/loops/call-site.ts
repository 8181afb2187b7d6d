/** What is published in a group and a stage, as calls find it when neither path nor method are quite known. */
import { HTTP_METHODS } from '@causeway/contract';
import { parsePathPattern, type Segment } from '../path-pattern.js';
import { type CallSegment, relatePaths, underBasePath } from './relate-paths.js';

interface Entry {
  readonly id: string;
  readonly method: string;
  readonly segments: readonly Segment[];
  readonly rank: string;
  readonly shape: string;
}

export interface Targets {
  /** The APIs that some request of the call reaches. */
  readonly ids: ReadonlySet<string>;
  /** True when some request of the call reaches none. */
  readonly mayMiss: boolean;
}

const RANK = { literal: '0', parameter: '1', rest: '2' } as const;

export class CallSite {
  private readonly entries: readonly Entry[];

  constructor(
    private readonly basePath: string,
    apis: ReadonlyArray<{
      readonly id: string;
      readonly method: string;
      readonly path: string;
      readonly escapePath?: boolean | null;
    }>,
  ) {
    const entries = apis.flatMap(({ id, method, path, escapePath }) => {
      const segments = parsePathPattern(path, escapePath ?? false);
      return typeof segments === 'string' ? [] : [toEntry(id, method, segments)];
    });
    this.entries = entries.sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : anyLast(a) - anyLast(b)));
  }

  /** How many APIs a look-up compares. */
  get size(): number {
    return this.entries.length;
  }

  /** The methods with which an API is reached: an exact method on the same path is taken from `ANY` (wire contract 1.5). */
  methodsOf(id: string): ReadonlySet<string> {
    const own = this.entries.find((each) => each.id === id);
    if (own === undefined) return new Set();
    if (own.method !== 'ANY') return new Set([own.method]);
    const taken = this.entries.filter((each) => each.shape === own.shape).map((each) => each.method);
    return new Set(HTTP_METHODS.filter((method) => !taken.includes(method)));
  }

  /** The APIs that come first for some path and method of the call: best path first, exact method before `ANY`. */
  targets(path: readonly CallSegment[], methods: ReadonlySet<string>): Targets {
    const { relation, call } = underBasePath(path, this.basePath);
    const ids = new Set<string>();
    if (relation === 'never') return { ids, mayMiss: true };
    const open = new Set(methods);
    for (const { id, method, segments } of this.entries) {
      if (open.size === 0) break;
      if (method !== 'ANY' && !open.has(method)) continue;
      const found = relatePaths(call, segments);
      if (found === 'never') continue;
      ids.add(id);
      if (found === 'could') continue;
      if (method === 'ANY') open.clear();
      else open.delete(method);
    }
    return { ids, mayMiss: open.size > 0 || relation === 'could' };
  }
}

function toEntry(id: string, method: string, segments: readonly Segment[]): Entry {
  const rank = segments.map(({ kind }) => RANK[kind]).join('');
  const shape = segments.map((each) => (each.kind === 'literal' ? `/=${each.text}` : `/${each.kind}`)).join('');
  return { id, method, segments, rank, shape };
}

function anyLast({ method }: Entry): number {
  return method === 'ANY' ? 1 : 0;
}
