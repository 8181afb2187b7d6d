/** Finds the API that a request is for (wire contract 1.2). */
// hot
import { BUILT_IN_STAGES, DEFAULT_STAGE, HTTP_METHODS } from '@causeway/contract';
import { type Answer, refuse } from '@causeway/plugins';
import { checkLoop } from './check-loop.js';
import { decodeSegment } from './path-pattern.js';
import type { GroupProgram, Program } from './program.js';
import type { RouteExchange } from './route.js';
import { checkTarget } from './target.js';

const METHODS: ReadonlySet<string> = new Set(HTTP_METHODS);
const STAGES: ReadonlySet<string> = new Set(BUILT_IN_STAGES);

/** Sets `x.route` and the path values, or refuses. */
export function locate(x: RouteExchange, program: Program, maxDepth: number): Answer | undefined {
  const unfit = checkTarget(x.target);
  if (unfit !== undefined) return unfit;
  if (!METHODS.has(x.method)) return refuse('I405UM', { Reason: x.method.slice(0, 32) });
  const hosts = x.listener === 'internal' ? program.internalHosts : program.publicHosts;
  const groups = hosts.get(x.host);
  if (groups === undefined) {
    if (x.listener !== 'internal' && program.movedHosts.has(x.host)) return refuse('I410GG');
    return refuse('I404DO', { DomainName: x.host });
  }
  const group = groupFor(groups, x.path);
  if (group === null) return refuse('I404NF', { Reason: 'no group for this path' });
  const stage = x.head.stage === null ? DEFAULT_STAGE : x.head.stage.toUpperCase();
  const table = group.stages.get(stage);
  if (table === undefined) {
    if (!STAGES.has(stage)) return refuse('I400SG');
    return refuse('I404NF', { Reason: 'nothing is published in this stage' });
  }
  const match = table.find(x.method, group.basePath === '' ? x.path : x.path.slice(baseLength(x.path, group.basePath)));
  if (match === null) return refuse('I404NF', { Reason: 'no API for this path and method' });
  x.route = match.found;
  x.pathValues = match.values;
  x.pathRest = match.rest;
  return mayEnter(x, program, maxDepth);
}

function mayEnter(x: RouteExchange, program: Program, maxDepth: number): Answer | undefined {
  const route = x.route!;
  const webSocket = x.head.upgrade !== null && x.head.upgrade.toLowerCase() === 'websocket';
  if (webSocket ? !route.webSocket : x.listener !== 'internal' && !(x.scheme === 'https' ? route.https : route.http))
    return refuse('I403PT', { Protocol: webSocket ? 'WS' : x.scheme.toUpperCase() });
  if (route.disableInternet && x.listener === 'public') return refuse('A403IN');
  const loop = x.head.via ? checkLoop(x, program.instance.hopIds[x.listener], maxDepth) : undefined;
  if (loop !== undefined) return loop;
  return route.broken === null ? undefined : refuse(route.broken.code, route.broken.values);
}

/** The longest base path that ends on a segment border of the path. */
function groupFor(groups: readonly GroupProgram[], path: string): GroupProgram | null {
  for (const group of groups) {
    const { basePath } = group;
    if (basePath === '' || baseLength(path, basePath) > 0) return group;
  }
  return null;
}

/** How much of the wire's path the base path is; 0 when the path is not under it. */
function baseLength(path: string, basePath: string): number {
  let end = basePath.length;
  if (!path.startsWith(basePath)) {
    // Triplets spell the same segments in a longer way; the characters of a base path need none.
    if (!path.includes('%')) return 0;
    end = 0;
    for (let from = basePath.indexOf('/'); from >= 0; from = basePath.indexOf('/', from + 1)) end = nextBorder(path, end);
    if (decodeSegment(path.slice(0, end)) !== basePath) return 0;
  }
  return end === path.length || path[end] === '/' ? end : 0;
}

/** Where the segment ends that starts with the `/` at `from`. */
function nextBorder(path: string, from: number): number {
  const border = path.indexOf('/', from + 1);
  return border < 0 ? path.length : border;
}
