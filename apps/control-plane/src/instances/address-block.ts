/** Blocks of addresses in the one form in which they are stored. */
import { isIPv4, isIPv6 } from 'node:net';

export type Family = 'ipv4' | 'ipv6';

const BITS = { ipv4: 32, ipv6: 128 } as const;
/** No leading zeros, so that each block has one form only. */
const LENGTH = /^(?:0|[1-9][0-9]{0,2})$/;

/**
 * An address or a CIDR block of the family without host bits, in lower case and shortest form; an address stays one.
 * Null for anything else, IPv4 addresses in IPv6 form too: clients have those as IPv4.
 */
export function canonicalBlock(text: string, family: Family): string | null {
  const [address = '', length, ...more] = text.split('/');
  if (more.length > 0 || (length !== undefined && (!LENGTH.test(length) || Number(length) > BITS[family]))) return null;
  const whole = family === 'ipv4' ? readIpv4(address) : readIpv6(address);
  if (whole === null) return null;
  const hostBits = BigInt(BITS[family] - Number(length ?? BITS[family]));
  const network = (whole >> hostBits) << hostBits;
  const shown = family === 'ipv4' ? showIpv4(network) : showIpv6(network);
  return hostBits === 0n ? shown : `${shown}/${length}`;
}

function readIpv4(text: string): bigint | null {
  if (!isIPv4(text)) return null;
  return text.split('.').reduce((whole, part) => (whole << 8n) | BigInt(part), 0n);
}

function showIpv4(whole: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (whole >> shift) & 255n).join('.');
}

const MAPPED = 0xffffn;

function readIpv6(text: string): bigint | null {
  if (!isIPv6(text) || text.includes('%')) return null;
  // WHATWG's form has no dotted part, and at most one gap.
  const [head = '', tail] = new URL(`http://[${text}]`).hostname.slice(1, -1).split('::', 2);
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [...left, ...new Array<string>(8 - left.length - right.length).fill('0'), ...right];
  const whole = groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
  return whole >> 32n === MAPPED ? null : whole;
}

function showIpv6(whole: bigint): string {
  const groups = [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n].map((shift) => ((whole >> shift) & 0xffffn).toString(16));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
