/** Which of the client's headers go on to the backend (wire contract 5.2 row 1 and 5.3). */
// hot
import { HOP_BY_HOP } from '@causeway/contract';
import type { Exchange, Outgoing } from '@causeway/plugins';

/** Hop-by-hop or written anew by the gateway: never copied. */
const NEVER = new Set<string>([
  ...HOP_BY_HOP,
  'expect',
  'ca_version',
  'host',
  'content-type',
  'content-length',
  'x-forwarded-proto',
  'x-forwarded-for',
  'x-client-s-dn',
]);

/** Credentials and the gateway's own: dropped even when a group passes them through. */
const NEVER_PASSED =
  /^x-ca-(?:key|signature.*|timestamp|nonce|stage|appcode|proxy-signature.*|request-id|routing-name|hop|remote-auth-raw-path)$/;

export interface HeaderRule {
  /** True: all headers, less NEVER; false: the few of the MAPPING mode. */
  readonly all: boolean;
  /** Lower-case names that the group passes through; null: none. */
  readonly passed: ReadonlySet<string> | null;
  /** Lower-case names of declared parameters, which leave under their backend name only, and of what the gateway writes. */
  readonly dropped: ReadonlySet<string> | null;
}

/**
 * @param written names that the gateway writes: none of the client's gets by, even where the gateway has no value
 * @param keptCode lower-case header of AppCodes that the group hands to backends (wire contract 3 rule 7); null: none
 */
export function headerRule(
  all: boolean,
  passthrough: readonly string[],
  declared: readonly string[],
  written: readonly string[],
  keptCode: string | null = null,
): HeaderRule {
  const own = new Set(written.map((name) => name.toLowerCase()));
  const passed = passthrough
    .map((name) => name.toLowerCase())
    .filter((name) => !NEVER.has(name) && (name === keptCode || !NEVER_PASSED.test(name)) && !own.has(name));
  if (all && keptCode !== null && !own.has(keptCode)) passed.push(keptCode);
  return { all, passed: setOf(passed), dropped: setOf([...declared.map((name) => name.toLowerCase()), ...own]) };
}

function setOf(names: readonly string[]): ReadonlySet<string> | null {
  return names.length === 0 ? null : new Set(names);
}

/** @param unchanged true when the body leaves as it came */
export function copyClientHeaders(x: Exchange, out: Outgoing, rule: HeaderRule, unchanged: boolean): void {
  const { raw, names, connection, upgrade } = x.head;
  const named = connection === null ? null : namesIn(connection);
  for (let n = 0; n < names.length; n++) {
    const name = names[n]!;
    if (!keeps(name, rule, unchanged) && !(upgrade !== null && name.startsWith('sec-websocket-'))) continue;
    // Who could have it dropped could call in circles.
    if (named?.has(name) && name !== 'via') continue;
    out.headers.push(raw[n * 2]!, raw[n * 2 + 1]!);
    if (name === 'accept') out.accept ??= raw[n * 2 + 1]!;
    else if (name === 'date') out.date ??= raw[n * 2 + 1]!;
    else if (name === 'content-md5') out.contentMd5 ??= raw[n * 2 + 1]!;
  }
}

function keeps(name: string, rule: HeaderRule, unchanged: boolean): boolean {
  // A declared one leaves under its backend name only; earlier hops are nobody's parameter.
  if (rule.dropped?.has(name) && !rule.passed?.has(name) && name !== 'via') return false;
  switch (name.length) {
    case 3:
      if (name === 'via') return true;
      break;
    case 10:
      if (name === 'user-agent') return true;
      break;
    case 11:
      if (name === 'content-md5') return unchanged;
      break;
    case 16:
      if (name === 'content-encoding') return unchanged;
      break;
  }
  if (rule.passed?.has(name)) return true;
  return rule.all && !NEVER.has(name) && !name.startsWith('x-ca-');
}

/** The names that a `Connection` header lists; null for `close` or `keep-alive` alone, the common case. */
function namesIn(connection: string): ReadonlySet<string> | null {
  if (connection === 'keep-alive' || connection === 'close') return null;
  const names = new Set<string>();
  for (const token of connection.split(',')) names.add(token.trim().toLowerCase());
  return names;
}
