/** Loads a contender with wrk for some seconds. */
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ENVIRONMENT } from './config.js';
import type { Contender } from './contenders.js';
import { signedHeaders, writeSignedRequests } from './signing.js';

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
export async function load({ contender, port, core, seconds, workDir }: LoadTarget, startsNow: () => void): Promise<LoadResult> {
  const signed = join(workDir, 'signed-requests');
  const headers = {
    Host: contender.host,
    ...(contender.signing === 'fixed' ? signedHeaders(contender.path, null, Date.now()) : {}),
  };
  let script = ['-s', join(SCRIPTS, 'report.lua')];
  let scriptArgs: string[] = [];
  if (contender.signing === 'nonces') {
    const length = writeSignedRequests(signed, contender, SIGNED_REQUESTS_PER_SECOND * seconds, Date.now());
    script = ['-s', join(SCRIPTS, 'signed.lua')];
    scriptArgs = ['--', signed, String(length)];
  }
  const args = ['-c', String(core), 'wrk', '-t', '1', '-c', String(CONNECTIONS), '-d', `${seconds}s`, '--latency', ...script];
  for (const [name, value] of Object.entries(headers)) args.push('-H', `${name}: ${value}`);
  args.push(`http://127.0.0.1:${port}${contender.path}`, ...scriptArgs);

  startsNow();
  const { stdout } = await promisify(execFile)('taskset', args, { env: ENVIRONMENT });
  await rm(signed, { force: true });
  const line = stdout.split('\n').find((text) => text.startsWith('RESULT '));
  if (line === undefined) throw new Error(`wrk reported nothing for ${contender.name}:\n${stdout}`);
  return JSON.parse(line.slice('RESULT '.length)) as LoadResult;
}
