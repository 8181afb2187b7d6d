/**
 * Sends generated connections to a data plane and holds it to four promises: every connection ends in time, nothing fails inside, the
 * backend reads what the gateway read (the access log), and both read what a strict reader reads in the bytes that were sent.
 */
import { connect } from 'node:net';
import { script, seeded } from './generate.js';
import type { RecordingBackend } from './recording-backend.js';
import { readRequests, type StrictRequest, valuesOf } from './strict-reader.js';

export interface Target {
  readonly ports: ReadonlyArray<{ readonly port: number; readonly host: string }>;
  /** Called now and then with the number of requests sent so far. */
  progress?(sent: number): Promise<void>;
}

/** A line of the access log, as far as it is compared. */
export interface LogLine {
  readonly requestId: string;
  readonly clientIp: string;
  readonly httpMethod: string;
  readonly httpPath: string;
  readonly requestSize: number;
  readonly statusCode: number;
}

export interface Outcome {
  /** Whole requests that a strict reader finds in what was sent, and connections. */
  readonly sent: number;
  readonly connections: number;
  readonly problems: string[];
  /** What each connection sent, by the address it came from: requests as `keyOf` writes them. */
  readonly byAddress: ReadonlyMap<string, readonly string[]>;
  readonly sentFrom: ReadonlyMap<string, string>;
}

/** A connection that is open for longer hangs, ms. */
const BOUND_MS = 20_000;
const AT_A_TIME = 24;
const MOST_PER_CONNECTION = 6;
/** Characters of a path in the access log. */
const LOGGED_PATH = 2048;

export async function fuzz(target: Target, requests: number, seed: number): Promise<Outcome> {
  const problems: string[] = [];
  const byAddress = new Map<string, readonly string[]>();
  const sentFrom = new Map<string, string>();
  let sent = 0;
  let connections = 0;
  const worker = async () => {
    while (sent < requests && problems.length < 20) {
      const number = ++connections;
      const address = `127.${1 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
      const { port, host } = target.ports[number % target.ports.length]!;
      // Its own numbers: what a connection sends does not depend on which other one ended first.
      const random = seeded(seed + Math.imul(number, 0x9e37_79b1));
      const { bytes, cuts, goesAt } = script(random, host, number.toString(36), MOST_PER_CONNECTION);
      const reading = readRequests(bytes);
      byAddress.set(address, reading.requests.map(keyOf));
      sentFrom.set(address, bytes);
      // What never becomes a whole request is one too: something has to become of it.
      sent += reading.requests.length + (reading.rest === 'nothing' ? 0 : 1);
      const problem = await converse(address, port, bytes, cuts, goesAt, reading.requests.length);
      if (problem !== null) problems.push(`connection ${number}: ${problem}: ${JSON.stringify(bytes)}`);
      if (number % 200 === 0) await target.progress?.(sent);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return { sent, connections, problems, byAddress, sentFrom };
}

/** Settles when the connection has ended: null, or what went wrong. */
function converse(
  localAddress: string,
  port: number,
  bytes: string,
  cuts: readonly number[],
  goesAt: number | null,
  answers: number,
): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, localAddress, allowHalfOpen: true });
    let received = '';
    let written = false;
    const timer = setTimeout(() => {
      socket.destroy();
      resolve(`hangs after ${answersIn(received)} of ${answers} answers`);
    }, BOUND_MS);
    const maybeEnd = () => {
      if (written && answersIn(received) >= answers && !socket.writableEnded) socket.end();
    };
    socket.on('connect', async () => {
      const ends = goesAt === null ? bytes.length : goesAt;
      for (const [at, cut] of [0, ...cuts].entries()) {
        const next = cuts[at] ?? bytes.length;
        if (cut >= ends || socket.destroyed || socket.writableEnded) break;
        socket.write(bytes.slice(cut, Math.min(next, ends)), 'latin1');
        await new Promise(setImmediate);
      }
      if (goesAt !== null) socket.destroy();
      written = true;
      maybeEnd();
    });
    socket.on('data', (piece: Buffer) => {
      received += piece.toString('latin1');
      maybeEnd();
    });
    socket.on('end', () => socket.end());
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(null);
    });
  });
}

function answersIn(received: string): number {
  return received.match(/HTTP\/1\.1 [2-5]\d\d /g)?.length ?? 0;
}

/** Compares who read what. Gives the disagreements, none when all is well. */
export function disagreements(outcome: Outcome, backend: RecordingBackend, log: readonly LogLine[]): string[] {
  const found = [...backend.malformed.map((each) => `the backend was sent what it cannot read: ${each}`)];
  const lines = new Map(log.map((line) => [line.requestId, line]));
  if (lines.size !== log.length) found.push('request ids repeat in the log');
  const readHere = new Set<string>();
  const left = new Map([...outcome.byAddress].map(([address, keys]) => [address, [...keys]]));
  for (const request of backend.take()) {
    const id = valuesOf(request.lines, 'x-ca-request-id')[0] ?? '';
    const address = valuesOf(request.lines, 'x-forwarded-for')[0]?.split(', ').at(-1) ?? '';
    const key = keyOf(request);
    const line = lines.get(id);
    const path = request.target.split('?')[0]!.slice(0, LOGGED_PATH);
    if (readHere.has(id)) found.push(`the backend read ${id} twice`);
    readHere.add(id);
    if (line === undefined) found.push(`the backend read what the gateway does not know: ${key}`);
    else if (line.httpMethod !== request.method || line.httpPath !== path || line.requestSize !== request.body.length)
      found.push(`the gateway read ${JSON.stringify(line)}, its backend ${key}`);
    const keys = left.get(address) ?? [];
    const at = keys.indexOf(key);
    if (at < 0)
      found.push(
        `the backend read ${key} from ${address}, a strict reader only ${JSON.stringify(keys)} in ${JSON.stringify(outcome.sentFrom.get(address))}`,
      );
    else keys.splice(at, 1);
  }
  for (const { requestId, statusCode } of log)
    if (statusCode === 200 && !readHere.has(requestId)) found.push(`answered 200, but the backend never read it: ${requestId}`);
  return found;
}

/** A request in one line, its target in origin form. A `?` with nothing behind it is not passed on. */
function keyOf({ method, target, body }: StrictRequest): string {
  const rest = /^https?:\/\/[^/?#]*(.*)$/i.exec(target)?.[1];
  const origin = rest === undefined ? target : rest.startsWith('/') ? rest : `/${rest}`;
  return `${method} ${origin.replace(/^([^?]*)\?$/, '$1')} ${JSON.stringify(body)}`;
}
