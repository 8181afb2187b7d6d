/** Finds what is bound to a host: exact names before wildcards, longer wildcards first (wire contract 1.2 step 1). */
// hot
import { HostBindings } from './host-bindings.js';
import type { HostPattern } from './host-pattern.js';
import { LayeredMap, withAll } from './layered-map.js';
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

/**
 * One look-up for an exact name, one for each dot of a name under a wildcard: the number of domains costs nothing. Never changes:
 * a changed one shares with it all that stayed.
 */
export class HostTable {
  private constructor(
    /** Of generated domains: below it no wildcard matches. */
    private readonly suffix: string,
    private readonly exact: LayeredMap<HostBindings>,
    /** By what stands behind the star, dot included. */
    private readonly wildcards: LayeredMap<HostBindings>,
  ) {}

  static empty(suffix: string): HostTable {
    return new HostTable(suffix, LayeredMap.empty(), LayeredMap.empty());
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

  /** What is removed are the very bindings that were added. */
  async change(removed: ReadonlySet<HostBinding>, added: readonly HostBinding[], pause: () => Promise<void>): Promise<HostTable> {
    if (removed.size === 0 && added.length === 0) return this;
    const [exact, wildcards] = [new Changes(this.exact), new Changes(this.wildcards)];
    const placeOf = ({ domain }: HostBinding) => (isWildcard(domain) ? wildcards.at(domain.slice(1)) : exact.at(domain));
    for (const binding of removed) placeOf(binding).delete(binding);
    for (const binding of added) placeOf(binding).add(binding);
    return new HostTable(
      this.suffix,
      await withAll(this.exact, exact.made(), pause),
      await withAll(this.wildcards, wildcards.made(), pause),
    );
  }
}

/** Which bindings each touched name has in the end. */
class Changes {
  private readonly byName = new Map<string, Set<HostBinding>>();

  constructor(private readonly before: LayeredMap<HostBindings>) {}

  at(name: string): Set<HostBinding> {
    let bindings = this.byName.get(name);
    if (bindings === undefined) {
      bindings = new Set(this.before.get(name)?.all);
      this.byName.set(name, bindings);
    }
    return bindings;
  }

  made(): Map<string, HostBindings | undefined> {
    const made = new Map<string, HostBindings | undefined>();
    for (const [name, all] of this.byName) made.set(name, all.size === 0 ? undefined : new HostBindings([...all]));
    return made;
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

function isWildcard(domain: string): boolean {
  return domain.startsWith('*.');
}
