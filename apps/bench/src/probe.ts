/** Asks a contender once and says what is wrong with the answer. */
import { request } from 'node:http';
import { setTimeout as later } from 'node:timers/promises';
import type { Contender } from './contenders.js';
import { freshNonce, signedHeaders } from './signing.js';

const TIMEOUT_MS = 5000;

export interface ProbeAnswer {
  status: number;
  errorCode: string;
  body: string;
}

/** @throws when there is no answer within 5 s */
export function ask(port: number, path: string, headers: Record<string, string>): Promise<ProbeAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path, headers, agent: false, timeout: TIMEOUT_MS }, (answer) => {
      let body = '';
      answer.setEncoding('utf8');
      answer.on('data', (text) => {
        body += text;
      });
      answer.on('error', reject);
      answer.on('end', () => {
        const errorCode = String(answer.headers['x-ca-error-code'] ?? '');
        resolve({ status: answer.statusCode ?? 0, errorCode, body });
      });
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
    outgoing.on('error', reject);
    outgoing.end();
  });
}

/** @returns null when the origin's own answer came back with 200, else what came instead */
export async function probe(contender: Contender, port: number): Promise<string | null> {
  const headers: Record<string, string> = { host: contender.host, ...contender.headers };
  const { requests, path } = contender;
  if (requests === 'nonces') Object.assign(headers, signedHeaders(path, freshNonce(), Date.now()));
  if (requests === 'fixed-signature') Object.assign(headers, signedHeaders(path, null, Date.now()));
  try {
    const { status, errorCode, body } = await ask(port, contender.path, headers);
    if (status === 200 && body.startsWith('{"ok":true,"data":')) return null;
    return `answered ${status} ${errorCode} ${body.slice(0, 200)}`.trim();
  } catch (error) {
    return (error as Error).message;
  }
}

/** Asks until the answer is right. @throws with the last wrong one when the time is up */
export async function untilRight(contender: Contender, port: number, withinMs: number, hasEnded: () => boolean): Promise<void> {
  const end = Date.now() + withinMs;
  for (;;) {
    const wrong = await probe(contender, port);
    if (wrong === null) return;
    if (hasEnded() || Date.now() > end) throw new Error(`${contender.name} does not work: ${wrong}`);
    await later(50);
  }
}
