/** When an event stream must end: pieces of it may come for ever, as long as they do come (wire contract 12). */
// hot
import type { Answer } from '@causeway/plugins';
import type { Hop } from '../gateway.js';

export interface StreamTimes {
  /** Longest silence, ms. */
  readonly idleMs: number;
  /** Monotonic, ms: when hops that know no event streams lose patience. */
  readonly endMs: number;
}

/** Null when the whole answer must come by the deadline of the call: in the hops of this process no group has event streams on, or it is none. */
export function streamTimes(x: Hop, answer: Answer): StreamTimes | null {
  if (!knowsStreams(x) || !isEventStream(answer.headers)) return null;
  let idleMs = Number.POSITIVE_INFINITY;
  let endMs = Number.POSITIVE_INFINITY;
  for (let hop: Hop | null = x; hop !== null; hop = hop.parent) {
    const backend = hop.backend ?? hop.route!.backend;
    if (backend === null || !('timeoutMs' in backend)) continue;
    if (hop.route!.group.sse) idleMs = Math.min(idleMs, backend.timeoutMs);
    else endMs = Math.min(endMs, hop.upstreamStartMs + backend.timeoutMs);
  }
  return { idleMs, endMs };
}

function knowsStreams(x: Hop): boolean {
  for (let hop: Hop | null = x; hop !== null; hop = hop.parent) if (hop.route!.group.sse) return true;
  return false;
}

function isEventStream(headers: readonly string[]): boolean {
  for (let i = 0; i < headers.length; i += 2)
    if (headers[i]!.toLowerCase() === 'content-type') return /^text\/event-stream\s*(?:;|$)/i.test(headers[i + 1]!);
  return false;
}
