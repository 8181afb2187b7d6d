/** Names of custom domains in the one form in which they are stored and compared (management model 2.4). */
import { domainToASCII } from 'node:url';
import { isHostName } from '../instances/network-address.js';

/** What a URL parser would decode, cut off, or take for something else than a name. */
const NO_NAME = /[\p{Cc}\p{Z}%/\\?#@:[\]<>^|]/u;
/** Resolvers and URL parsers take such a name for an IPv4 address. */
const NUMBER_LAST = /(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)$/;

/**
 * Lower case, IDNA in ASCII, without a trailing dot; `*.` first in a wildcard, with two labels behind it at least.
 * Null for anything else.
 */
export function canonicalDomain(text: string): string | null {
  const isWildcard = text.startsWith('*.');
  const name = (isWildcard ? text.slice(2) : text).replace(/\.$/, '');
  if (name === '' || NO_NAME.test(name)) return null;
  const ascii = domainToASCII(name);
  if (!isHostName(ascii) || NUMBER_LAST.test(ascii)) return null;
  const domain = isWildcard ? `*.${ascii}` : ascii;
  if (domain.length > 253 || (isWildcard && !ascii.includes('.'))) return null;
  return domain;
}

export function isWildcard(domain: string): boolean {
  return domain.startsWith('*.');
}

/** True for the suffix of generated domains and everything below it, which the gateway gives out itself. */
export function isUnderSuffix(domain: string, suffix: string): boolean {
  const name = isWildcard(domain) ? domain.slice(2) : domain;
  return name === suffix || name.endsWith(`.${suffix}`);
}

/** The wildcards that cover a domain, longest first. */
export function wildcardsOver(domain: string): string[] {
  const labels = (isWildcard(domain) ? domain.slice(2) : domain).split('.');
  return labels.slice(1).map((_, index) => `*.${labels.slice(index + 1).join('.')}`);
}
