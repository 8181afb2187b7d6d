/** Tells which API a request would get, which plugins and which backend, and why: without traffic, nonces or counters. */
import { type ApiDefinition, type ApisChunk, type Chunk, type GroupChunk, isForm } from '@causeway/contract';
import { Answer, decodedPathValue, findPlugin, NO_SERVICES, refuse, wireToText } from '@causeway/plugins';
import { compileProgram } from './compile-program.js';
import { type ExplainedAuthentication, explainAuthentication } from './explain-authentication.js';
import { type ExplainedBackend, explainBackend } from './explain-backend.js';
import { type ExplainedStep, explainLocation } from './explain-location.js';
import { type ExplainedPlugin, type PluginExplainer, pluginExplainers } from './explain-plugins.js';
import { exchangeOf, type Sample } from './explain-sample.js';
import type { HashedChunk } from './hashed-chunk.js';
import { locate } from './locate.js';
import { parsePathPattern, placeholdersOf } from './path-pattern.js';
import type { Route, RouteExchange } from './route.js';
import { withVariables } from './stage-variables.js';

export interface Explained {
  /** `answered`: a preflight, by a plugin. */
  readonly outcome: 'backend' | 'answered' | 'refused';
  readonly refusal: { readonly status: number; readonly code: string; readonly message: string } | null;
  /** What the request passes, in order; the last one says why, when it is refused. */
  readonly steps: readonly ExplainedStep[];
  readonly listener: 'public' | 'internal';
  readonly host: string;
  /** The name under which the host is served, such as `*.x.com`. */
  readonly domain: string | null;
  readonly group: { readonly id: string; readonly name: string; readonly basePath: string } | null;
  readonly stage: string | null;
  /** Null when the request finds none; so are all below, or empty. */
  readonly api: {
    readonly id: string;
    readonly name: string;
    readonly version: string;
    readonly method: string;
    readonly path: string;
  } | null;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly hostParameters: Readonly<Record<string, string>>;
  readonly authentication: ExplainedAuthentication | null;
  /** Declared parameters after checks and defaults, by front-end name. */
  readonly parameters: Readonly<Record<string, string>>;
  /** In the order in which they act. */
  readonly plugins: readonly ExplainedPlugin[];
  readonly backend: ExplainedBackend | null;
}

/** What the setting of a data plane is unless it is changed (wire contract 10). */
const LOOP_DEPTH = 5;
/** In place of every secret, so that an explanation cannot show one: it never had any. */
const NO_SECRET = 'not a secret';

/**
 * @param chunks the `instance` chunk, and a group's with its APIs, plugins and named upstreams
 * @param deps random: drawn once; all of a condition and its explanation see the same number
 * @throws when there is no `instance` chunk
 */
export async function explainRequest(
  chunks: ReadonlyMap<string, HashedChunk>,
  sample: Sample,
  deps: { now(): number; random(): number; pause(): Promise<void> },
): Promise<Explained> {
  const drawn = deps.random();
  const random = () => drawn;
  const { now, pause } = deps;
  const program = await compileProgram(
    { epoch: 0, revision: 0 },
    chunks,
    { now, pause, random, services: NO_SERVICES, open: () => NO_SECRET },
    null,
  );
  const all = [...chunks.values()].map(({ chunk }) => chunk);
  const groups = new Map(all.flatMap((chunk) => (chunk.kind === 'group' ? [[chunk.id, chunk] as const] : [])));
  const x = exchangeOf(sample, program, now());
  const { mayCome } = program.instance;
  if (mayCome !== null && x.listener === 'public' && !mayCome(x.clientIp)) return barred(x);
  const early = locate(x, program, LOOP_DEPTH);
  const located = explainLocation(x, program, groups, refusedBy(early) === null ? null : messageOf(early!));
  const group = located.binding === null ? null : groups.get(located.binding.group.id)!;
  const place = {
    listener: x.listener as Explained['listener'],
    host: x.host,
    domain: located.binding?.domain ?? null,
    group: group === null ? null : { id: group.id, name: group.name, basePath: group.basePath },
    stage: located.stage,
  };
  if (x.route === null || group === null)
    return { outcome: 'refused', refusal: refusalOf(early!), steps: located.steps, ...place, ...NO_API };

  const api = inStage(publishedAs(x.route, all), group);
  const { definition } = api;
  const explainers = pluginExplainers(api, group, all, NO_SECRET, random);
  const steps = [...located.steps];
  const plugins: ExplainedPlugin[] = explainers.map(({ listed }) => ({ ...listed, rules: [] }));
  const stopped = early ?? (await runSteps(x, x.route, explainers, plugins, steps));
  const made = stopped ?? explainBackend(x, program, definition);
  const refused = made instanceof Answer ? refusedBy(made) : null;
  if (early !== undefined && refused === null) steps.push({ step: 'plugins', passed: true, why: 'cors answers the preflight' });
  if (stopped === undefined)
    steps.push({ step: 'backend', passed: refused === null, why: refused === null ? chosen(x) : messageOf(refused) });
  return {
    outcome: refused !== null ? 'refused' : early === undefined ? 'backend' : 'answered',
    refusal: refused === null ? null : refusalOf(refused),
    steps,
    ...place,
    api: {
      id: api.id,
      name: definition.name,
      version: api.version,
      method: definition.request.method,
      path: definition.request.path,
    },
    pathParameters: pathParameters(x, definition),
    hostParameters: { ...x.hostValues },
    authentication: explainAuthentication(x, definition, group),
    parameters: Object.fromEntries(x.parameters ?? []),
    plugins,
    backend: made instanceof Answer ? null : made,
  };
}

/** An allowed preflight is answered, not refused. */
function refusedBy(answer: Answer | undefined): Answer | null {
  return answer === undefined || answer.errorCode === null ? null : answer;
}

/** By the access list of the instance, which comes before all else (wire contract 13). */
function barred({ host }: RouteExchange): Explained {
  const refusal = refusalOf(refuse('A403IP'));
  const steps: ExplainedStep[] = [{ step: 'access', passed: false, why: refusal.message }];
  return { outcome: 'refused', refusal, steps, listener: 'public', host, domain: null, group: null, stage: null, ...NO_API };
}

const NO_API = {
  api: null,
  pathParameters: {},
  hostParameters: {},
  authentication: null,
  parameters: {},
  plugins: [],
  backend: null,
} as const;

/** The steps of the route whose result depends on the request alone; what counts or remembers is left out. */
async function runSteps(
  x: RouteExchange,
  route: Route,
  explainers: readonly PluginExplainer[],
  plugins: ExplainedPlugin[],
  steps: ExplainedStep[],
): Promise<Answer | undefined> {
  const unwanted = route.first?.(x);
  if (unwanted !== undefined) return stop(steps, 'plugins', unwanted);
  const asks = route.auth === null ? 'the API asks for none' : 'the API asks for an app, which is not verified here';
  steps.push({ step: 'authentication', passed: true, why: asks });
  const size = x.body?.length ?? 0;
  if (size > (route.maxBodyBytes ?? Number.POSITIVE_INFINITY)) return stop(steps, 'body', refuse('I413RL'));
  if (x.body !== null) steps.push({ step: 'body', passed: true, why: `${size} bytes` });
  if (route.readsForm && isForm(x.head.contentType)) x.form = x.body?.buffered?.toString('utf8') ?? null;
  for (const [at, step] of route.steps.entries()) {
    const name = route.stepNames[at]!;
    const which = explainers.findIndex(({ listed }) => listed.type === name);
    const rules = explainers[which]?.rules;
    if (rules) plugins[which] = { ...plugins[which]!, rules: rules(x) };
    if (name !== 'parameters' && findPlugin(name)?.explain === undefined) {
      steps.push({
        step: 'plugins',
        passed: true,
        why: `${name} acts here; what it would say depends on more than this request`,
      });
      continue;
    }
    const label = name === 'parameters' ? 'parameters' : 'plugins';
    const early = await step(x);
    if (early !== undefined) return stop(steps, label, early);
    steps.push({ step: label, passed: true, why: label === 'parameters' ? 'all are as declared' : `${name} lets it pass` });
  }
  return undefined;
}

function stop(steps: ExplainedStep[], step: ExplainedStep['step'], answer: Answer): Answer {
  steps.push({ step, passed: false, why: messageOf(answer) });
  return answer;
}

function chosen(x: RouteExchange): string {
  return x.routeName === null ? 'the API’s own' : `chosen by route ${x.routeName}`;
}

function publishedAs({ apiId, stage }: Route, chunks: readonly Chunk[]): ApisChunk['apis'][number] {
  const apis = chunks.flatMap((chunk) => (chunk.kind === 'apis' ? chunk.apis : []));
  return apis.find((api) => api.id === apiId && api.stage === stage)!;
}

/** With the values of the stage's variables. Where one has no value the API answers X500AM, and the texts stay as they are. */
function inStage(api: ApisChunk['apis'][number], group: GroupChunk): ApisChunk['apis'][number] {
  const made = withVariables(api.definition, group.stages.find(({ name }) => name === api.stage)?.variables ?? {});
  return 'missing' in made ? api : { ...api, definition: made };
}

function pathParameters(x: RouteExchange, { request }: ApiDefinition): Record<string, string> {
  const segments = parsePathPattern(request.path, request.escapePath);
  const names = typeof segments === 'string' ? [] : placeholdersOf(segments);
  return Object.fromEntries(names.map((name, at) => [name, decodedPathValue(x, at) ?? '']));
}

function messageOf(answer: Answer): string {
  return wireToText(answer.errorMessage ?? '');
}

function refusalOf(answer: Answer): NonNullable<Explained['refusal']> {
  return { status: answer.status, code: answer.errorCode ?? '', message: messageOf(answer) };
}
