/** Chooses the backend of a request by conditions, top to bottom; the first that holds wins. */
// hot
import { type CompiledParameters, isConstant, type Needs, parseCondition, type Test } from '@causeway/condition';
import { BACKEND_TYPES, HTTP_METHODS, isReservedHeader, STAGE_NAME, unsupportedBackendType } from '@causeway/contract';
import { z } from 'zod';
import { refuse } from './kit/answer.js';
import {
  allNeeds,
  checkConditionText,
  checkParametersMap,
  compileConditionText,
  compileParametersMap,
} from './kit/condition-fields.js';
import { encodeUnreserved, wireText } from './kit/encode.js';
import { FieldText, HeaderName, OwnHeaderName, text, whole } from './kit/fields.js';
import { hitOf } from './kit/hits.js';
import {
  type BackendOverlay,
  type CompileContext,
  type Diversion,
  type Doubt,
  definePlugin,
  type Findings,
  type Problem,
  type Steps,
} from './kit/plugin.js';
import { RequestSource } from './kit/request-source.js';
import { routingDoubts } from './routing-doubts.js';
import { explainRoutes } from './routing-explain.js';
import { routingSummary } from './routing-summary.js';

const HIT = hitOf('routing');
/** Routes in one plugin (setting `plugin.maxRoutes` of the old gateway). */
const MAX_ROUTES = 16;

/** `HEADER` is an old spelling of `HEAD`. */
const Method = z.preprocess(
  (value) => (typeof value === 'string' ? value.toUpperCase().replace(/^HEADER$/, 'HEAD') : value),
  z.enum([...HTTP_METHODS, 'ANY']),
);

type BackendType = (typeof BACKEND_TYPES)[number];

/** Any letter case, `_` as `-`; other types of the old gateway are named in the refusal. */
const BackendType = z
  .string()
  .refine((value) => (BACKEND_TYPES as readonly string[]).includes(plainType(value)), {
    error: (issue) => unsupportedBackendType(String(issue.input)),
    params: { code: 'UnsupportedBackendType' },
  })
  .transform((value) => plainType(value) as BackendType);

function plainType(value: string): string {
  return value.toUpperCase().replaceAll('_', '-');
}

/** A backend that stands in for the API's own, as `routing` and `circuitBreaker` name it. */
export const RouteBackend = z.strictObject({
  type: BackendType.optional().describe('HTTP, HTTP-VPC or MOCK; that of the API’s backend when absent'),
  address: z
    .string()
    .min(1)
    .max(512)
    .regex(/^(?:https?:\/\/)?[A-Za-z0-9._~[\]:-]+\/?$/i, 'must be [scheme://]host[:port] with http or https')
    .refine((address) => URL.canParse(address.includes('://') ? address : `http://${address}`), 'must hold a valid host and port')
    .optional(),
  vpcAccessName: z.string().min(1).max(128).optional().describe('of type HTTP-VPC: a named upstream of the account'),
  path: z
    .string()
    .min(1)
    .max(512)
    .startsWith('/', 'must start with /')
    .regex(/^[!$-;=@-[\]_a-z~]*$/, 'must hold characters of a URL path, all others percent-encoded')
    .optional(),
  method: Method.optional(),
  timeout: whole(1, 120_000).optional().describe('ms'),
  statusCode: whole(200, 599).optional(),
  body: text(65_536).optional(),
  mockBody: text(65_536).optional().describe('another spelling of body'),
  headers: z
    .array(z.strictObject({ name: OwnHeaderName, value: FieldText }))
    .max(64)
    .optional(),
});

const Constant = z
  .strictObject({
    name: text(128).pipe(z.string().min(1)),
    location: z.preprocess((value) => (typeof value === 'string' ? value.toLowerCase() : value), z.enum(['header', 'query'])),
    value: FieldText,
  })
  .superRefine(({ name, location, value }, context) => {
    if (location === 'query') return;
    const lower = name.toLowerCase();
    const refused = !HeaderName.safeParse(name).success
      ? 'must be a header name'
      : lower !== 'x-ca-stage' && isReservedHeader(name)
        ? 'is written by the gateway and may not be set here; of the names starting X-Ca- only X-Ca-Stage may'
        : null;
    if (refused !== null) context.addIssue({ code: 'custom', path: ['name'], message: refused });
    if (lower === 'x-ca-stage' && !STAGE_NAME.test(value.toUpperCase()))
      context.addIssue({ code: 'custom', path: ['value'], message: 'must be the name of a stage' });
  });

const Route = z.strictObject({
  name: text(50).pipe(z.string().regex(/^[A-Za-z0-9]+$/, 'must hold letters and digits only')),
  condition: z.string({ error: 'must be the text of a condition' }),
  backend: RouteBackend,
  'constant-parameters': z.array(Constant).max(16).optional(),
});

const schema = z.strictObject({
  parameters: z.record(z.string(), z.string()).default({}),
  routes: z.array(Route).min(1).max(MAX_ROUTES),
});

export type RoutingConfig = z.infer<typeof schema>;
type RouteConfig = RoutingConfig['routes'][number];

export const routing = definePlugin({
  type: 'routing',
  description: 'Sends a request to the backend of the first route whose condition holds; with none, to the API’s own backend.',
  schema,
  secretPaths: [],
  example: `parameters:
  target: "Query:target"
routes:
- name: backend1
  condition: "$target = 'resource1'"
  backend:
    type: HTTP
    address: backend1.example.com:8080
    path: /business1
`,
  check,
  doubts: routingDoubts,
  describe: routingSummary,
  diversions,
  explain: (config, context) => explainRoutes(config, context),
  compile(config, context): Steps {
    const parameters = compileParametersMap(config.parameters, 'request');
    const routes = config.routes.map((route) => compileRoute(route, parameters, context));
    const needs = allNeeds(routes.map((route) => route.needs));
    return {
      needsForm: needs.form,
      needsBody: needs.body,
      request(x) {
        const source = new RequestSource(x, context.pathPlaceholders, context.random);
        for (const route of routes) {
          if (!route.test(source)) continue;
          if (route.backend === null) return refuse('I504RB', { Reason: route.incomplete });
          x.backend = route.backend;
          x.routeName = route.name;
          x.routeHeaders = route.headers;
          x.routeQuery = route.query;
          x.routeStage = route.stage;
          x.hits |= HIT;
          return undefined;
        }
        return undefined;
      },
    };
  },
});

interface CompiledRoute {
  readonly name: string;
  readonly test: Test;
  readonly needs: Needs;
  readonly backend: unknown;
  readonly incomplete: string;
  readonly headers: readonly string[];
  readonly query: string;
  readonly stage: string | null;
}

function compileRoute(route: RouteConfig, parameters: CompiledParameters, context: CompileContext): CompiledRoute {
  const { test, needs } = compileConditionText(route.condition, { parameters, apiParameters: context.apiParameters });
  const made = context.backend(overlayOf(route.backend));
  const constants = route['constant-parameters'] ?? [];
  const headers = constants.filter((each) => each.location === 'header' && !isStage(each.name));
  const query = constants.filter((each) => each.location === 'query');
  return {
    name: route.name,
    test,
    needs,
    backend: 'backend' in made ? made.backend : null,
    incomplete: 'incomplete' in made ? made.incomplete : '',
    headers: headers.flatMap(({ name, value }) => [name, wireText(value)]),
    query: query.map(({ name, value }) => `${encodeUnreserved(name)}=${encodeUnreserved(value)}`).join('&'),
    stage: stageOf(route),
  };
}

function isStage(name: string): boolean {
  return name.toLowerCase() === 'x-ca-stage';
}

/** The stage that the route asks for at the callee. */
function stageOf(route: RouteConfig): string | null {
  const constants = route['constant-parameters'] ?? [];
  return constants.findLast((each) => each.location === 'header' && isStage(each.name))?.value.toUpperCase() ?? null;
}

/** Routes that some request can take: not those that never hold, nor those behind one that always does. */
function diversions({ routes }: RoutingConfig): Diversion[] {
  const found: Diversion[] = [];
  for (const [index, route] of routes.entries()) {
    const parsed = parseCondition(route.condition);
    const always = 'ast' in parsed ? isConstant(parsed.ast) : null;
    if (always === false) continue;
    const path = `routes[${index}].backend.${route.backend.vpcAccessName === undefined ? 'address' : 'vpcAccessName'}`;
    found.push({ path, always: always === true, backend: overlayOf(route.backend), stage: stageOf(route) });
    if (always === true) break;
  }
  return found;
}

/** What a route lays over the API's own backend. */
export function overlayOf(backend: z.infer<typeof RouteBackend>): BackendOverlay {
  return {
    type: backend.type,
    address: backend.address,
    vpcAccessName: backend.vpcAccessName,
    path: backend.path,
    method: backend.method,
    timeoutMs: backend.timeout,
    statusCode: backend.statusCode,
    body: backend.body ?? backend.mockBody,
    headers: backend.headers,
  };
}

/** Conditions that do not parse, locations that cannot be read, names that stand twice. */
function check({ parameters, routes }: RoutingConfig): Findings {
  const problems: Problem[] = checkParametersMap(parameters, 'request');
  const warnings: Doubt[] = [];
  const names = new Set<string>();
  for (const [index, route] of routes.entries()) {
    if (names.has(route.name)) problems.push({ path: `routes[${index}].name`, message: `"${route.name}" stands twice` });
    names.add(route.name);
    const found = checkConditionText(route.condition, `routes[${index}].condition`, { parameters, phase: 'request' });
    problems.push(...found.problems);
    warnings.push(...found.warnings);
  }
  return { problems, warnings };
}
