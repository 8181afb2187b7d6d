/** What a client that asked for it is told of the way of its request (wire contract 11.3). */
import type { Outgoing } from '@causeway/plugins';
import type { Hop } from './gateway.js';
import { durationPrinter } from './print-ms.js';
import { quote } from './quote.js';

const printMs = durationPrinter('');
const MODE = 'x-ca-request-mode';
/** Longest value of the header, characters. */
const MAX_LENGTH = 4096;

/** True when the request asks for it and the group of its API allows it. */
export function isDebugged(x: Hop): boolean {
  return x.route?.group.debug === true && x.head.get(MODE) === 'debug';
}

/** Lets a callee know that it may tell of itself, too; its own group decides. */
export function passWishOn(x: Hop, out: Outgoing): void {
  if (isDebugged(x)) out.add('X-Ca-Request-Mode', 'debug');
}

/** The value of X-Ca-Debug-Info: JSON in ASCII, without anything secret. @param nowMs monotonic */
export function debugInfo(x: Hop, nowMs: number): string {
  const service = backendMs(x, nowMs);
  let text = `{${service === null ? '' : `"ServiceLatency":${service},`}"TotalLatency":${printMs(nowMs - x.startedMs)},"Hops":[`;
  let first = true;
  for (const hop of hopsOf(x, nowMs)) {
    if (text.length + hop.length > MAX_LENGTH - CUT.length) return text + CUT;
    text += first ? hop : `,${hop}`;
    first = false;
  }
  return `${text}]}`;
}

const CUT = '],"Truncated":true}';

/** The caller first; those behind a socket last. */
function hopsOf(x: Hop, nowMs: number): readonly string[] {
  const told: string[] = [];
  for (let hop: Hop | null = x; hop !== null && isDebugged(hop); hop = hop.child) {
    told.push(hopText(hop, nowMs));
    const backend = hop.backend ?? hop.route!.backend;
    if (hop.debugBelow !== null && backend?.kind === 'internal') told.push(...hopsIn(hop.debugBelow));
  }
  return told;
}

function hopText(x: Hop, nowMs: number): string {
  const { apiId, apiName, stage } = x.route!;
  const pluginsEndMs = x.upstreamStartMs > 0 ? x.upstreamStartMs : nowMs;
  const backend = backendMs(x, nowMs);
  return (
    `{"ApiId":"${apiId}","ApiName":${quote(apiName)},"Stage":"${stage}","Revision":${x.revision}` +
    (x.routeName === null ? '' : `,"Route":${quote(x.routeName)}`) +
    `,"PluginLatency":${printMs(pluginsEndMs - x.startedMs)}${backend === null ? '' : `,"BackendLatency":${backend}`}}`
  );
}

/** Up to the head of the backend's answer; an answer out of this process has none of its own. */
function backendMs(x: Hop, nowMs: number): string | null {
  if (x.upstreamStartMs === 0) return null;
  return printMs((x.upstreamHeadMs > 0 ? x.upstreamHeadMs : nowMs) - x.upstreamStartMs);
}

/** The hops that a callee's gateway told of, written anew; what cannot be read tells of none. */
function hopsIn(text: string): readonly string[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return [];
  }
  const hops = (parsed as { Hops?: unknown } | null)?.Hops;
  return Array.isArray(hops) ? hops.map(asciiJson) : [];
}

function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
