/** IP addresses and blocks, as `in_cidr` reads them. */
// hot
import { isIPv4, isIPv6 } from 'node:net';

/**
 * Compiles an IPv4 or IPv6 address or block (`10.0.0.0/8`; an address is a block of one). Host bits are ignored, an
 * IPv4-mapped IPv6 block counts as IPv4. Null when the text is neither.
 *
 * @returns says whether an address lies in the block; false for another family and for text that is no address. A zone
 *   (`%eth0`) is no part of the address.
 *
 * Measured: 0.05 µs a check for IPv4, where net.BlockList takes 1.7 µs.
 */
export function parseBlock(text: string): ((address: string) => boolean) | null {
  const block = blockWords(text);
  if (block === null) return null;
  const { network, bits } = block;
  const masks = network.map((_, word) => maskOf(bits - word * 32));
  return (address) => {
    const words = addressWords(address);
    if (words === null || words.length !== network.length) return false;
    for (let i = 0; i < words.length; i++) {
      if ((((words[i] as number) ^ (network[i] as number)) & (masks[i] as number)) !== 0) return false;
    }
    return true;
  };
}

export interface Block {
  /** One 32-bit word for IPv4, four for IPv6; host bits as they were written. */
  readonly network: readonly number[];
  /** Length of the prefix. */
  readonly bits: number;
}

/** The parts of an address or block, as `parseBlock` reads it; null when the text is neither. */
export function blockWords(text: string): Block | null {
  const slash = text.indexOf('/');
  const host = slash === -1 ? text : text.slice(0, slash);
  const whole = host.includes('%') ? null : wordsAsWritten(host);
  if (whole === null) return null;
  const length = slash === -1 ? whole.length * 32 : prefixLength(text.slice(slash + 1));
  if (!(length <= whole.length * 32)) return null;
  const mapped = isMapped(whole) && length >= MAPPED_BITS;
  return { network: mapped ? whole.slice(3) : whole, bits: mapped ? length - MAPPED_BITS : length };
}

// An IPv6 address with an embedded IPv4 one has 45 characters; the rest is for a zone.
const MAX_LENGTH = 64;

/** The words of an address, an IPv4-mapped one as IPv4; null when the text is none. A zone is no part of it. */
export function addressWords(text: string): number[] | null {
  const words = wordsAsWritten(text);
  return words !== null && isMapped(words) ? words.slice(3) : words;
}

/** One 32-bit word for IPv4, four for IPv6. Node's own parser says what an address is: no octal, no missing parts. */
function wordsAsWritten(text: string): number[] | null {
  if (text.length > MAX_LENGTH) return null;
  if (isIPv4(text)) return [ipv4Word(text)];
  return isIPv6(text) ? ipv6Words(text) : null;
}

const MAPPED_BITS = 96;

function isMapped(words: readonly number[]): boolean {
  return words.length === 4 && words[0] === 0 && words[1] === 0 && words[2] === 0xffff;
}

function ipv4Word(text: string): number {
  let word = 0;
  let octet = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code !== DOT) octet = octet * 10 + code - ZERO;
    else {
      word = (word << 8) | octet;
      octet = 0;
    }
  }
  return (word << 8) | octet;
}

const DOT = 0x2e;
const ZERO = 0x30;

/** Of the address that is read; nothing else waits meanwhile. */
const parts = new Int32Array(8);

/** One pass, nothing kept: it is read for every request from an IPv6 client. */
function ipv6Words(text: string): number[] {
  let count = 0;
  let gap = -1;
  let start = 0;
  for (let i = 0; i <= text.length; i++) {
    const code = i === text.length ? ZONE : text.charCodeAt(i);
    if (code === DOT) {
      const end = text.indexOf('%', i);
      const word = ipv4Word(text.slice(start, end === -1 ? text.length : end));
      parts[count++] = word >>> 16;
      parts[count++] = word & 0xffff;
      break;
    }
    if (code !== COLON && code !== ZONE) continue;
    if (i > start) parts[count++] = hexadecimal(text, start, i);
    else if (i > 0 && code === COLON) gap = count;
    if (code === ZONE) break;
    start = i + 1;
  }
  if (gap >= 0) {
    parts.copyWithin(gap + 8 - count, gap, count);
    parts.fill(0, gap, gap + 8 - count);
  }
  return [word(0), word(2), word(4), word(6)];
}

const COLON = 0x3a;
const ZONE = 0x25;

function word(at: number): number {
  return (parts[at]! << 16) | parts[at + 1]!;
}

function hexadecimal(text: string, start: number, end: number): number {
  let value = 0;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    value = value * 16 + (code <= NINE ? code - ZERO : (code | LOWER_CASE) - LETTERS);
  }
  return value;
}

const NINE = 0x39;
const LOWER_CASE = 0x20;
/** What a letter's code is above its value. */
const LETTERS = 0x57;

function prefixLength(text: string): number {
  return /^[0-9]{1,3}$/.test(text) ? Number(text) : Number.NaN;
}

function maskOf(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? -1 : -1 << (32 - bits);
}
