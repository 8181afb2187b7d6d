/** Finds the API that a request is for (wire contract 1.2). */
// hot
import { BUILT_IN_STAGES, DEFAULT_STAGE, HTTP_METHODS } from '@causeway/contract';
import { type Answer, refuse } from '@causeway/plugins';
import { checkLoop } from './check-loop.js';
import { baseLength } from './host-bindings.js';
import { captureHost } from './host-pattern.js';
import type { HostBinding, HostTable } from './host-table.js';
import type { Match } from './path-table.js';
import type { GroupProgram, Program } from './program.js';
import type { Route, RouteExchange } from './route.js';
import { checkTarget } from './target.js';

const METHODS: ReadonlySet<string> = new Set(HTTP_METHODS);
const STAGES: ReadonlySet<string> = new Set(BUILT_IN_STAGES);

/** Sets `x.route` and the path values, or refuses. */
export function locate(x: RouteExchange, program: Program, maxDepth: number): Answer | undefined {
  const unfit = checkTarget(x.target);
  if (unfit !== undefined) return unfit;
  if (!METHODS.has(x.method)) return refuse('I405UM', { Reason: x.method.slice(0, 32) });
  const bindings = hostsOf(x, program).find(x.host);
  if (bindings === undefined) {
    if (x.listener !== 'internal' && program.movedHosts.has(x.host)) return refuse('I410GG');
    return refuse('I404DO', { DomainName: x.host });
  }
  const binding = bindings.find(x.path);
  if (binding === null) return refuse('I404NF', { Reason: 'no group for this path' });
  const { group } = binding;
  const stage = stageFor(x, binding);
  const table = group.stages.get(stage);
  if (table === undefined) {
    if (!isKnownStage(stage, binding)) return refuse('I400SG');
    return refuse('I404NF', { Reason: 'nothing is published in this stage' });
  }
  const path = pathInGroup(x.path, group);
  const preflight = x.method === 'OPTIONS' ? preflightFor(x) : null;
  if (preflight !== null) {
    const called = table.find(preflight, path);
    if (called === null) return refuse('I404CO');
    if (called.found.preflight !== null) return answerPreflight(x, called, binding, program, preflight, maxDepth);
  }
  const match = table.find(x.method, path);
  if (match === null) return refuse('I404NF', { Reason: 'no API for this path and method' });
  found(x, match, binding);
  return mayEnter(x, program, maxDepth);
}

/** The method that a browser asks to use, one that nobody serves included; null: it is no preflight (plugins, section 5.8). */
export function preflightFor({ head }: RouteExchange): string | null {
  const method = head.get('access-control-request-method');
  return method !== null && head.get('origin') !== null ? method : null;
}

function answerPreflight(
  x: RouteExchange,
  match: Match<Route>,
  binding: HostBinding,
  program: Program,
  method: string,
  maxDepth: number,
): Answer {
  found(x, match, binding);
  return mayEnter(x, program, maxDepth) ?? match.found.preflight!(x, method);
}

function found(x: RouteExchange, match: Match<Route>, binding: HostBinding): void {
  if (binding.patterns !== null) x.hostValues = captureHost(binding.patterns, x.host);
  x.route = match.found;
  x.pathValues = match.values;
  x.pathRest = match.rest;
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

/** The domains that a listener serves; an internal one is in no table but that of its own listener, whoever binds what. */
export function hostsOf(x: RouteExchange, program: Program): HostTable {
  return x.listener === 'internal' ? program.internalHosts : program.publicHosts;
}

/** That of the domain, whatever the client asks for; else that of X-Ca-Stage (wire contract 1.3 rules 1 and 2). */
export function stageFor(x: RouteExchange, { stage }: HostBinding): string {
  if (stage !== null) return stage;
  return x.head.stage === null ? DEFAULT_STAGE : x.head.stage.toUpperCase();
}

export function isKnownStage(stage: string, binding: HostBinding): boolean {
  return STAGES.has(stage) || stage === binding.stage || binding.group.ownStages.has(stage);
}

/** The path of a request without the group's base path; empty when that is all of it. */
export function pathInGroup(path: string, { basePath }: GroupProgram): string {
  return basePath === '' ? path : path.slice(baseLength(path, basePath));
}
