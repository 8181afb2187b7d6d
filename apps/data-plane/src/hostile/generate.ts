/** What a fuzzed connection sends: valid requests of all shapes and hostile ones, whole, cut, altered, sliced; the same for a seed. */
import { RAW_REQUESTS } from './raw-requests.js';

export interface Script {
  readonly bytes: string;
  /** Where the bytes are cut into writes, ascending. */
  readonly cuts: readonly number[];
  /** The client goes away after this many bytes; null: it stays. */
  readonly goesAt: number | null;
}

export type Random = () => number;

/** Numbers in [0, 1) from a seed (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Pieces that readers disagree about. */
const PIECES = [
  '\r\n',
  '\n',
  '\r',
  '\r\r\n',
  '\0',
  '\t',
  ' ',
  '\x0b',
  ':',
  ';',
  ',',
  '0',
  '-',
  '+',
  '0x',
  '\x7f',
  '\xff',
  '\r\n\r\n',
  '0\r\n\r\n',
  'Content-Length: 3\r\n',
  'Content-Length: 0\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: identity\r\n',
  'Host: b\r\n',
  'Connection: close\r\n',
  'Connection: Host, Content-Length\r\n',
  'Expect: 100-continue\r\n',
  'Upgrade: h2c\r\nConnection: Upgrade\r\n',
  'GET / HTTP/1.1\r\n',
  ' HTTP/1.0',
  'ffffffffffffffff',
  '1\r\n',
  'X-Ca-Key: k\r\n',
]; // prettier-ignore
const METHODS = ['GET', 'GET', 'POST', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'];

/** @param most requests on the connection, about */
export function script(random: Random, host: string, id: string, most: number): Script {
  const count = 1 + below(random, most);
  let bytes = '';
  for (let n = 0; n < count; n++) bytes += piece(random, host, `${id}-${n}`);
  if (chance(random, 0.1)) bytes = bytes.slice(0, below(random, bytes.length));
  const cuts = new Set<number>();
  if (chance(random, 0.5)) for (let n = below(random, 6); n >= 0; n--) cuts.add(below(random, bytes.length + 1));
  return {
    bytes,
    cuts: [...cuts].sort((a, b) => a - b),
    goesAt: chance(random, 0.05) ? below(random, bytes.length + 1) : null,
  };
}

function piece(random: Random, host: string, id: string): string {
  const kind = random();
  if (kind < 0.6) return valid(random, host, id);
  if (kind < 0.8) return altered(random, valid(random, host, id));
  // Bytes far over a limit teach nothing more when they come a thousand times.
  const raw = RAW_REQUESTS[below(random, RAW_REQUESTS.length)]!.bytes(host);
  if (kind < 0.88) return raw.length > 4000 && !chance(random, 0.02) ? valid(random, host, id) : raw;
  if (kind < 0.96) return altered(random, raw.length > 4000 ? valid(random, host, id) : raw);
  return noise(random, 1 + below(random, 200));
}

export function valid(random: Random, host: string, id: string): string {
  const method = pick(random, METHODS);
  const path = `/f/${id}${chance(random, 0.3) ? `?q=${below(random, 1000)}&%20=+` : ''}`;
  const absolute = chance(random, 0.1);
  const lines = [`Host: ${absolute && chance(random, 0.5) ? 'other.test' : host}`];
  for (let n = below(random, 5); n > 0; n--)
    lines.push(`X-H${n}:${pick(random, ['', ' ', '\t'])}${'v'.repeat(below(random, 40))}`);
  if (chance(random, 0.05)) lines.push('Connection: close');
  if (chance(random, 0.05)) lines.push('Connection: keep-alive, X-H1');
  let body = '';
  const framing = random();
  const old = framing < 0.6 && chance(random, 0.05);
  if (old) lines.push('Connection: keep-alive');
  if (framing > 0.6 && framing < 0.8) {
    body = text(random, below(random, 300));
    lines.push(`Content-Length: ${body.length}`);
  } else if (framing >= 0.8) {
    body = chunks(random);
    lines.push('Transfer-Encoding: chunked');
  }
  if (body !== '' && chance(random, 0.05)) lines.push('Expect: 100-continue');
  const target = absolute ? `http://${host}${path}` : path;
  const blank = chance(random, 0.05) ? '\r\n' : '';
  return `${blank}${method} ${target} HTTP/1.${old ? 0 : 1}\r\n${shuffled(random, lines).join('\r\n')}\r\n\r\n${body}`;
}

function chunks(random: Random): string {
  let body = '';
  for (let n = below(random, 5); n > 0; n--) {
    const data = text(random, 1 + below(random, 100));
    const size = data.length.toString(16);
    body += `${chance(random, 0.1) ? '000' : ''}${chance(random, 0.5) ? size.toUpperCase() : size}${chance(random, 0.2) ? ';e=1' : ''}\r\n${data}\r\n`;
  }
  return `${body}0\r\n${chance(random, 0.1) ? 'X-Trailer: 1\r\n' : ''}\r\n`;
}

/** One to four changes: a byte, a piece put in, a span taken out, doubled, or moved. */
function altered(random: Random, from: string): string {
  let bytes = from;
  for (let n = 1 + below(random, 4); n > 0; n--) {
    const at = below(random, bytes.length + 1);
    const end = Math.min(bytes.length, at + 1 + below(random, 20));
    const change = random();
    if (change < 0.25) bytes = bytes.slice(0, at) + String.fromCharCode(below(random, 256)) + bytes.slice(at + 1);
    else if (change < 0.6) bytes = bytes.slice(0, at) + pick(random, PIECES) + bytes.slice(at);
    else if (change < 0.8) bytes = bytes.slice(0, at) + bytes.slice(end);
    else bytes = bytes.slice(0, at) + bytes.slice(at, end) + bytes.slice(at);
  }
  return bytes;
}

function text(random: Random, length: number): string {
  if (chance(random, 0.2)) return 'GET /f/inner HTTP/1.1\r\nHost: x\r\n\r\n'.slice(0, length).padEnd(length, '0\r\n');
  return noise(random, length);
}

function noise(random: Random, length: number): string {
  let made = '';
  for (let n = 0; n < length; n++) made += String.fromCharCode(below(random, 256));
  return made;
}

function shuffled(random: Random, items: readonly string[]): string[] {
  return items.map((item) => [random(), item] as const).sort((a, b) => a[0] - b[0]).map(([, item]) => item); // biome-ignore format: one thought
}

function chance(random: Random, share: number): boolean {
  return random() < share;
}

function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[below(random, from.length)]!;
}
