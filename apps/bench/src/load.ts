/** Loads a contender with wrk for some seconds. */
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ENVIRONMENT } from './config.js';
import { type Contender, STORE_SIZES } from './contenders.js';
import { signedHeaders, writeSignedRequests } from './signing.js';
import { writeRequestsToAll } from './stores/requests.js';

export const CONNECTIONS = 64;

/** More than a contender on one core can answer: nginx as a bare proxy needs 14 µs. */
const SIGNED_REQUESTS_PER_SECOND = 60_000;

const SCRIPTS = join(import.meta.dirname, '..', 'load');

/** What load/report.lua prints. */
export interface LoadResult {
  requests: number;
  durationUs: number;
  /** Answers of 4xx and 5xx. */
  refused: number;
  socketErrors: number;
  /** The signed requests did not last. */
  exhausted: boolean;
  p50Us: number;
  p99Us: number;
}

export interface LoadTarget {
  contender: Contender;
  port: number;
  core: number;
  seconds: number;
  workDir: string;
}

/** @param startsNow called when everything is prepared, right before the first request */
export async function load(target: LoadTarget, startsNow: () => void): Promise<LoadResult> {
  const { contender, port, core, seconds } = target;
  const headers = {
    Host: contender.host,
    ...contender.headers,
    ...(contender.requests === 'fixed-signature' ? signedHeaders(contender.path, null, Date.now()) : {}),
  };
  const written = writeRequests(target);
  const script = written === null ? 'report.lua' : 'requests.lua';
  const args = ['-c', String(core), 'wrk', '-t', '1', '-c', String(CONNECTIONS), '-d', `${seconds}s`, '--latency'];
  args.push('-s', join(SCRIPTS, script));
  for (const [name, value] of Object.entries(headers)) args.push('-H', `${name}: ${value}`);
  args.push(`http://127.0.0.1:${port}${contender.path}`);
  if (written !== null) args.push('--', written.file, String(written.length), written.use);

  startsNow();
  const { stdout } = await promisify(execFile)('taskset', args, { env: ENVIRONMENT });
  if (written !== null) await rm(written.file);
  const line = stdout.split('\n').find((text) => text.startsWith('RESULT '));
  if (line === undefined) throw new Error(`wrk reported nothing for ${contender.name}:\n${stdout}`);
  return JSON.parse(line.slice('RESULT '.length)) as LoadResult;
}

/** Writes what is not one request again and again; null for that. */
function writeRequests({
  contender,
  seconds,
  workDir,
}: LoadTarget): { file: string; length: number; use: 'once' | 'again' } | null {
  const file = join(workDir, 'requests');
  switch (contender.requests) {
    case 'nonces':
      return {
        file,
        length: writeSignedRequests(file, contender, SIGNED_REQUESTS_PER_SECOND * seconds, Date.now()),
        use: 'once',
      };
    case 'all-apis':
      return { file, length: writeRequestsToAll(file, STORE_SIZES[contender.server] ?? 1), use: 'again' };
    default:
      return null;
  }
}
