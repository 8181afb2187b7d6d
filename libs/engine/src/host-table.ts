/** Finds what is bound to a host: exact names before wildcards, longer wildcards first (wire contract 1.2 step 1). */
// hot
import { HostBindings } from './host-bindings.js';
import type { HostPattern } from './host-pattern.js';
import type { GroupProgram } from './program.js';

/** A group behind a host. */
export interface HostBinding {
  /** The name that is bound; `*.` first in a wildcard. */
  readonly domain: string;
  readonly group: GroupProgram;
  /** The stage that the name always leads to; null: as `X-Ca-Stage` says. */
  readonly stage: string | null;
  /** What of the host can be read by name; null: nothing. */
  readonly patterns: readonly HostPattern[] | null;
}

/** A longer name is no host name (RFC 1035 2.3.4), and the bound on the look-ups for one request. */
const LONGEST_HOST = 253;

/** One look-up for an exact name, one for each dot of a name under a wildcard: the number of domains costs nothing. */
export class HostTable {
  private readonly exact: ReadonlyMap<string, HostBindings>;
  /** By what stands behind the star, dot included. */
  private readonly wildcards: ReadonlyMap<string, HostBindings>;

  /** @param suffix of generated domains: below it no wildcard matches */
  constructor(
    private readonly suffix: string,
    bindings: readonly HostBinding[],
  ) {
    const [wildcards, exact] = [bindings.filter(isWildcard), bindings.filter((binding) => !isWildcard(binding))];
    this.exact = byName(exact, ({ domain }) => domain);
    this.wildcards = byName(wildcards, ({ domain }) => domain.slice(1));
  }

  get size(): number {
    return this.exact.size + this.wildcards.size;
  }

  /** @param host lower case, without port and trailing dot */
  find(host: string): HostBindings | undefined {
    const exact = this.exact.get(host);
    if (exact !== undefined || this.wildcards.size === 0) return exact;
    if (host.length > LONGEST_HOST || isGenerated(host, this.suffix)) return undefined;
    for (let dot = host.indexOf('.', 1); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      const found = this.wildcards.get(host.slice(dot));
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/**
 * True for every name that the gateway gives out itself, used or not. Nobody can bind one: an internal domain would else be
 * reached from outside by a look-alike, a moved or switched-off group's name by its neighbour's wildcard.
 */
export function isGenerated(host: string, suffix: string): boolean {
  if (!host.endsWith(suffix)) return false;
  return host.length === suffix.length || host.charCodeAt(host.length - suffix.length - 1) === DOT;
}

const DOT = 0x2e;

function isWildcard({ domain }: HostBinding): boolean {
  return domain.startsWith('*.');
}

function byName(bindings: readonly HostBinding[], nameOf: (binding: HostBinding) => string): Map<string, HostBindings> {
  const groups = new Map<string, HostBinding[]>();
  for (const binding of bindings) {
    const name = nameOf(binding);
    const known = groups.get(name);
    if (known === undefined) groups.set(name, [binding]);
    else known.push(binding);
  }
  return new Map(Array.from(groups, ([name, all]) => [name, new HostBindings(all)]));
}
