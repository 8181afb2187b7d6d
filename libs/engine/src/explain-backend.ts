/** Tells where a request would go, and as what; values of headers that were signed or copied are left out. */
import type { ApiDefinition } from '@causeway/contract';
import { type Answer, Outgoing, refuse } from '@causeway/plugins';
import type { Backend } from './backend.js';
import { addGatewayHeaders, addRouteHeaders } from './gateway-headers.js';
import type { Program } from './program.js';
import type { RouteExchange } from './route.js';

export interface ExplainedConstant {
  readonly name: string;
  readonly in: string;
  readonly value: string;
  /** Whether the API's definition or the route that was hit says so. */
  readonly from: 'api' | 'route';
}

export interface ExplainedBackend {
  readonly type: 'HTTP' | 'INTERNAL' | 'MOCK';
  /** Name of the route that chose it; null: the API's own. */
  readonly route: string | null;
  /** `scheme://host:port`; of an internal domain its name; null for MOCK. */
  readonly address: string | null;
  /** Addresses that private DNS puts in place of the name. */
  readonly resolvesTo: readonly string[];
  readonly method: string | null;
  /** As in the request line. */
  readonly path: string | null;
  readonly query: string | null;
  /** Value of `Host`. */
  readonly host: string | null;
  /** Names, as they leave. */
  readonly headers: readonly string[];
  readonly body: 'none' | 'as-received' | 'rebuilt' | null;
  /** Stage at an internal domain; null elsewhere. */
  readonly stage: string | null;
  readonly constants: readonly ExplainedConstant[];
  readonly timeoutMs: number | null;
  /** Of MOCK. */
  readonly status: number | null;
}

/** @param definition of the API, stage variables replaced */
export function explainBackend(x: RouteExchange, program: Program, definition: ApiDefinition): ExplainedBackend | Answer {
  const route = x.route!;
  const backend: Backend | null = x.backend ?? route.backend;
  if (backend === null) return refuse('I504RB', { Reason: `no route matched and the API has ${route.incomplete}` });
  if (backend.kind === 'unusable') return refuse(backend.code, backend.values);
  const common = { route: x.routeName, constants: [...apiConstants(definition), ...routeConstants(x)] };
  if (backend.kind === 'mock') {
    const headers = backend.headers.filter((_, at) => at % 2 === 0);
    return { ...NOWHERE, ...common, type: 'MOCK', headers, status: backend.status, constants: [] };
  }
  const out = route.map(x, backend);
  if (!(out instanceof Outgoing)) return out;
  addRouteHeaders(x, out);
  route.mapped?.(x, out);
  addGatewayHeaders(x, out, program.instance.hopIds[x.listener]);
  route.sign?.(x, out);
  const internal = backend.kind === 'internal';
  const { scheme, host, port } = backend.address;
  return {
    ...common,
    type: internal ? 'INTERNAL' : 'HTTP',
    address: internal ? host : `${scheme}://${host}:${port}`,
    resolvesTo: internal ? [] : (program.privateDns.get(host) ?? []).map((record) => `${record.address}:${record.port ?? port}`),
    method: out.method,
    path: out.path,
    query: out.query,
    host: out.host,
    headers: out.headers.filter((_, at) => at % 2 === 0),
    body: out.body,
    stage: internal ? (x.routeStage ?? 'RELEASE') : null,
    timeoutMs: backend.timeoutMs,
    status: null,
  };
}

const NOWHERE = {
  address: null,
  resolvesTo: [],
  method: null,
  path: null,
  query: null,
  host: null,
  body: null,
  stage: null,
  timeoutMs: null,
} as const;

function apiConstants({ constants }: ApiDefinition): ExplainedConstant[] {
  return constants.map(({ name, in: place, value }) => ({ name, in: place, value, from: 'api' }));
}

function routeConstants({ routeHeaders, routeQuery, routeStage }: RouteExchange): ExplainedConstant[] {
  const constants: ExplainedConstant[] = [];
  const add = (name: string, place: string, value: string) => constants.push({ name, in: place, value, from: 'route' });
  for (let at = 0; at < routeHeaders.length; at += 2)
    add(routeHeaders[at]!, 'header', Buffer.from(routeHeaders[at + 1]!, 'latin1').toString('utf8'));
  for (const [name, value] of new URLSearchParams(routeQuery)) add(name, 'query', value);
  if (routeStage !== null) add('X-Ca-Stage', 'header', routeStage);
  return constants;
}
