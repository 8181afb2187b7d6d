/** Which of a backend's headers go on to the client (wire contract 11.1). */
// hot
import { HOP_BY_HOP } from '@causeway/contract';
import type { Answer } from '@causeway/plugins';
import type { Hop } from '../gateway.js';

const STAYS: ReadonlySet<string> = new Set(HOP_BY_HOP);

/**
 * @param x the hop that called the backend
 * @param passErrors true when the backend is a gateway: its error code and message are this answer's
 */
export function fromBackend(raw: readonly Buffer[], answer: Answer, x: Hop, passErrors: boolean): void {
  const { headers } = answer;
  let connection: string | null = null;
  for (let i = 0; i < raw.length; i += 2) {
    const bytes = raw[i]!;
    const name = bytes.toString('latin1');
    const value = raw[i + 1]!.toString('latin1');
    // By length first: most names can be none of those that stay here.
    switch (bytes.length) {
      case 6:
        if (dropsServer(x) && name.toLowerCase() === 'server') continue;
        break;
      case 2:
      case 7:
      case 10:
      case 16:
      case 17:
      case 18:
      case 19: {
        const lower = name.toLowerCase();
        if (lower === 'connection') connection = connection === null ? value : `${connection},${value}`;
        if (STAYS.has(lower)) continue;
      }
    }
    if (isReserved(name)) {
      if (passErrors) noteOwn(name.toLowerCase(), value, answer, x);
      continue;
    }
    headers.push(name, value);
  }
  if (connection !== null && !/^(?:keep-alive|close)$/i.test(connection)) dropNamed(headers, connection);
}

/** In one process a caller sees the answer of its callee's backend: its group may not want the header either. @param x the last hop */
export function dropsServer(x: Hop): boolean {
  for (let hop: Hop | null = x; hop !== null; hop = hop.parent) if (hop.route!.group.removeServerHeader) return true;
  return false;
}

function noteOwn(name: string, value: string, answer: Answer, x: Hop): void {
  if (name === 'x-ca-error-code') answer.errorCode = value;
  else if (name === 'x-ca-error-message') answer.errorMessage = value;
  else if (name === 'x-ca-debug-info') x.debugBelow = value;
}

function isReserved(name: string): boolean {
  return name.length >= 5 && (name.charCodeAt(0) | 0x20) === 0x78 && name.charCodeAt(1) === 0x2d && /^x-ca-/i.test(name);
}

function dropNamed(headers: string[], connection: string): void {
  const named = new Set(connection.split(',').map((token) => token.trim().toLowerCase()));
  let kept = 0;
  for (let i = 0; i < headers.length; i += 2) {
    if (named.has(headers[i]!.toLowerCase())) continue;
    headers[kept++] = headers[i]!;
    headers[kept++] = headers[i + 1]!;
  }
  headers.length = kept;
}
