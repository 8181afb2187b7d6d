/** Follows the calls of internal domains from some published APIs, breadth first and within bounds. */
import { generatedDomain, HTTP_METHODS } from '@causeway/contract';
import { type CallNode, type InternalCall, internalCalls } from '@causeway/engine';
import { nodeKey, type PublishedApi, type PublishedApis } from './published-apis.js';

/** APIs that one check visits. */
export const MAX_APIS = 1000;
/** Paths that one check compares; about 0.1 s. */
const MAX_COMPARISONS = 1_000_000;

export interface WalkedApi extends CallNode {
  readonly api: PublishedApi;
  /** Callee -> the plugin's field that leads there; null for the API's own backend. */
  readonly ways: ReadonlyMap<string, InternalCall['from']>;
}

export interface Walk {
  readonly graph: ReadonlyMap<string, WalkedApi>;
  /** True when there was more than the bounds allow. */
  readonly isCut: boolean;
}

/** @param beforeFirstCall runs once, before anything beyond the first APIs is read */
export async function walkCalls(
  published: PublishedApis,
  start: readonly string[],
  suffix: string,
  beforeFirstCall: () => Promise<void>,
): Promise<Walk> {
  const graph = new Map<string, WalkedApi>();
  const seen = new Set(start);
  let comparisons = 0;
  let level = start;
  let started = false;
  while (level.length > 0 && graph.size < MAX_APIS) {
    const next: string[] = [];
    const taken = level.slice(0, MAX_APIS - graph.size);
    for (const api of await published.load(taken)) {
      const { calls, mayEnd } = internalCalls(api.definition, api.plugins, {
        suffix,
        vpcAccesses: await published.vpcAccesses(api),
      });
      const node = { api, calls: new Set<string>(), ways: new Map<string, InternalCall['from']>(), mayEnd };
      graph.set(nodeKey(api), node);
      if (calls.length > 0 && !started) {
        started = true;
        await beforeFirstCall();
      }
      for (const call of calls) {
        comparisons += await follow(published, call, suffix, node);
        if (comparisons > MAX_COMPARISONS) return { graph: withEnd(graph, nodeKey(api)), isCut: true };
      }
      for (const callee of node.calls) {
        if (seen.has(callee)) continue;
        seen.add(callee);
        next.push(callee);
      }
    }
    if (taken.length < level.length) return { graph, isCut: true };
    level = next;
  }
  return { graph, isCut: level.length > 0 };
}

/** Adds the APIs that the call may reach; returns how many were compared. */
async function follow(
  published: PublishedApis,
  call: InternalCall,
  suffix: string,
  node: { api: PublishedApi; calls: Set<string>; ways: Map<string, InternalCall['from']>; mayEnd: boolean },
): Promise<number> {
  const { api } = node;
  const site = await published.site(call.groupId, call.stage);
  // A name of another region is served nowhere here (wire contract 9.1 rule 3).
  const isServed = site?.region === api.region && call.host === generatedDomain('internal', call.groupId, site.region, suffix);
  if (site === null || !isServed) {
    node.mayEnd = true;
    return 0;
  }
  const { ids, mayMiss } = site.apis.targets(call.path, await methodsOf(published, call, api));
  if (mayMiss) node.mayEnd = true;
  for (const apiId of ids) {
    const callee = nodeKey({ apiId, stage: call.stage });
    node.calls.add(callee);
    if (!node.ways.has(callee)) node.ways.set(callee, call.from);
  }
  return site.apis.size;
}

async function methodsOf(published: PublishedApis, { method }: InternalCall, api: PublishedApi): Promise<ReadonlySet<string>> {
  if (method !== null) return new Set([method]);
  const own = await published.site(api.groupId, api.stage);
  return own === null ? new Set(HTTP_METHODS) : own.apis.methodsOf(api.apiId);
}

/** What was not followed to its end may be a way out. */
function withEnd(graph: Map<string, WalkedApi>, key: string): Map<string, WalkedApi> {
  const node = graph.get(key);
  return node === undefined ? graph : graph.set(key, { ...node, mayEnd: true });
}
