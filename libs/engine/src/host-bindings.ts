/** The groups behind one host, by base path: the longest that is whole leading segments of a path wins (wire contract 1.2 step 2). */
// hot
import type { HostBinding } from './host-table.js';
import { decodeSegment } from './path-pattern.js';

/** One look-up for each segment of the path, as far as any base path reaches: the number of groups costs nothing. */
export class HostBindings {
  readonly all: readonly HostBinding[];
  private readonly byBasePath: ReadonlyMap<string, HostBinding>;
  /** The group whose base path is `/`, which is nearly always the only one. */
  private readonly root: HostBinding | null;
  /** Segments of the longest base path. */
  private readonly depth: number;

  constructor(bindings: readonly HostBinding[]) {
    // Equal base paths do not come from the control plane; the order by id makes every node decide alike.
    this.all = bindings.toSorted((a, b) => (a.group.id < b.group.id ? -1 : 1));
    this.byBasePath = new Map(this.all.toReversed().map((binding) => [binding.group.basePath, binding]));
    this.root = this.byBasePath.get('') ?? null;
    this.depth = Math.max(...this.all.map(({ group }) => segmentsIn(group.basePath)));
  }

  find(path: string): HostBinding | null {
    let best = this.root;
    let border = 0;
    for (let depth = 1; depth <= this.depth && border < path.length; depth++) {
      border = nextBorder(path, border);
      const start = path.slice(0, border);
      // A border that came as `%2F` is none: what is found must have as many segments as there are on the wire.
      const found = this.byBasePath.get(decodeSegment(start) ?? start);
      if (found !== undefined && segmentsIn(found.group.basePath) === depth) best = found;
    }
    return best;
  }
}

/** How much of a path on the wire a base path is, which `find` found for it. */
export function baseLength(path: string, basePath: string): number {
  if (path.startsWith(basePath)) return basePath.length;
  // Triplets spell the same segments in a longer way.
  let end = 0;
  for (let from = basePath.indexOf('/'); from >= 0; from = basePath.indexOf('/', from + 1)) end = nextBorder(path, end);
  return end;
}

function segmentsIn(basePath: string): number {
  let count = 0;
  for (let at = basePath.indexOf('/'); at >= 0; at = basePath.indexOf('/', at + 1)) count++;
  return count;
}

/** Where the segment ends that starts with the `/` at `from`. */
function nextBorder(path: string, from: number): number {
  const border = path.indexOf('/', from + 1);
  return border < 0 ? path.length : border;
}
