/** Which origins a list names (plugins 5.8). */
// hot

/** `[scheme://][*.]host[:port]` */
const ENTRY = /^(?:([a-z][a-z0-9+.-]{0,31}):\/\/)?(\*\.)?([a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?$/;
/** As a browser writes it; `null`, of a page without one, is none. */
const ORIGIN = /^([a-z][a-z0-9+.-]{0,31}):\/\/([a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,64}\])(?::([0-9]{1,5}))?$/;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443', ws: '80', wss: '443' };

export interface Origin {
  readonly scheme: string;
  readonly host: string;
  /** The scheme's own when none is written. */
  readonly port: string;
}

interface Entry {
  /** Null: any, and any port but for one that is written. */
  readonly scheme: string | null;
  readonly port: string | null;
}

/** Null for what is no origin with a host. */
export function parseOrigin(text: string): Origin | null {
  const match = ORIGIN.exec(text.toLowerCase());
  if (match === null) return null;
  const scheme = match[1]!;
  return { scheme, host: match[2]!, port: match[3] ?? DEFAULT_PORTS[scheme] ?? '' };
}

export function isOriginEntry(text: string): boolean {
  return text === '*' || ENTRY.test(text.toLowerCase());
}

/** @param entries each fit for `isOriginEntry`; `*` is not asked for here */
export function compileOrigins(entries: readonly string[]): (origin: string) => boolean {
  const hosts = new Map<string, Entry[]>();
  const parents = new Map<string, Entry[]>();
  const exact = new Set<string>();
  for (const text of entries) {
    const match = ENTRY.exec(text.toLowerCase());
    if (match === null) continue;
    const [, scheme = null, wildcard, host, port = null] = match;
    const entry = { scheme, port: port ?? (scheme === null ? null : (DEFAULT_PORTS[scheme] ?? '')) };
    const map = wildcard === undefined ? hosts : parents;
    const known = map.get(host!);
    if (known === undefined) map.set(host!, [entry]);
    else known.push(entry);
    if (wildcard === undefined && scheme !== null) exact.add(text.toLowerCase());
  }
  return (text) => {
    // What a browser sends is spelled like this; anything else is taken apart.
    if (exact.has(text)) return true;
    const origin = parseOrigin(text);
    if (origin === null) return false;
    if (fits(hosts.get(origin.host), origin)) return true;
    if (parents.size === 0) return false;
    for (let dot = origin.host.indexOf('.'); dot > 0; dot = origin.host.indexOf('.', dot + 1))
      if (fits(parents.get(origin.host.slice(dot + 1)), origin)) return true;
    return false;
  };
}

function fits(entries: readonly Entry[] | undefined, { scheme, port }: Origin): boolean {
  if (entries === undefined) return false;
  for (const entry of entries) {
    if (entry.scheme !== null && entry.scheme !== scheme) continue;
    if (entry.port === null || entry.port === port) return true;
  }
  return false;
}
