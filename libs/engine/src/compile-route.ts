/** Compiles one published API with the plugins that are in force on it. */
import type { ApiDefinition, ApisChunk, GroupChunk, PluginChunk } from '@causeway/contract';
import {
  type CompileContext,
  findPlugin,
  orderOf,
  type PathParameter,
  type RouteFacts,
  refuse,
  type Steps,
} from '@causeway/plugins';
import { appCodeRule } from './app-code.js';
import { authRule } from './auth-rule.js';
import { compileBackend, type Surroundings, type VpcAccesses } from './compile-backend.js';
import { lookIn, type OpenDatasets } from './compile-datasets.js';
import { type PathSources, pathSources, withPathParameters } from './compile-path.js';
import { type CompileDeps, PROXY_NAME } from './deps.js';
import type { GroupSettings } from './group-settings.js';
import { inPhases, type Phases } from './in-phases.js';
import { compileMapper, type Mapper } from './mapping.js';
import { openPlugin } from './open-plugin.js';
import { compileParameters } from './parameters.js';
import type { Segment } from './path-pattern.js';
import { NOTHING_SHOWN, recordRule } from './record-rule.js';
import type { Route, RouteParts, Step } from './route.js';
import { shared } from './shared.js';
import { withVariables } from './stage-variables.js';

export type { VpcAccesses };

export interface RouteSource {
  readonly api: ApisChunk['apis'][number];
  /** Of its path; a text in place of them says what is wrong with it. */
  readonly segments: readonly Segment[] | string;
  readonly group: GroupChunk;
  /** Of the group; one object for all its routes. */
  readonly settings: GroupSettings;
  /** The named upstreams of the group's account, by name. */
  readonly vpcAccesses: VpcAccesses;
  /** The plugins in force, at most one of a type; a text in place of one says why it is unusable. */
  readonly plugins: ReadonlyArray<PluginChunk | { readonly id: string; readonly missing: string }>;
  /** Those that the plugins name, by id. */
  readonly datasets: OpenDatasets;
  readonly instanceId: string;
  readonly suffix: string;
}

export interface CompiledRoute {
  readonly route: Route;
  /** What could not be compiled. */
  readonly problems: ReadonlyArray<{ readonly resource: string; readonly message: string }>;
}

/** Never throws: what cannot be compiled answers refusals. */
export function compileRoute(source: RouteSource, deps: CompileDeps): CompiledRoute {
  const facts = routeFacts(source, deps);
  const { segments } = source;
  if (typeof segments === 'string') return broken(source, facts, `path ${segments}`);
  try {
    const definition = inStage(source);
    if ('missing' in definition)
      return broken(source, facts, `uses stage variables without a value: ${definition.missing.join(', ')}`);
    const isSame = definition === source.api.definition;
    return compileWith(segments, isSame ? source : { ...source, api: { ...source.api, definition } }, facts, deps);
  } catch (error) {
    return broken(source, facts, error instanceof Error ? error.message : String(error));
  }
}

function compileWith(segments: readonly Segment[], source: RouteSource, facts: RouteFacts, deps: CompileDeps): CompiledRoute {
  const { definition } = source.api;
  const sources = withPathParameters(pathSources(definition, segments), pathParametersOf(source, deps));
  const own = compileBackend(definition.backend, {}, sources, surroundings(source));
  if (definition.backend !== undefined && 'incomplete' in own) return broken(source, facts, own.incomplete);

  const compiled: CompiledPlugin[] = [];
  const problems: Array<{ resource: string; message: string }> = [];
  let refusal: Route['broken'] = null;
  for (const plugin of source.plugins) {
    const made = compilePlugin(plugin, source, facts, sources, deps);
    if (typeof made === 'string') {
      problems.push({ resource: `plugin:${plugin.id}`, message: made });
      refusal = { code: 'X400PM', values: { PluginName: 'name' in plugin ? plugin.name : plugin.id, Reason: made } };
    } else compiled.push(made);
  }
  compiled.sort((a, b) => a.order - b.order);
  const plugins = compiled.map((each) => each.steps);
  const mapping = compileMapping(source.group, definition, sources.placeholders);
  const acting = inPhases(plugins);
  const passed = compiled.length === 0 ? mapping.alone : inOrder(compiled, mapping.reading);
  const route = routeOf(source, facts, passed, acting, {
    map: mapping.map,
    backend: 'backend' in own ? own.backend : null,
    incomplete: 'incomplete' in own ? own.incomplete : '',
    readsForm: readsForm(definition) || acting.sign !== null || plugins.some((each) => each.needsForm === true),
    readsBody: plugins.some((each) => each.needsBody === true || each.needsBodyMd5 === true),
    trustsErrors: plugins.some((each) => each.trustsErrors === true),
    broken: refusal,
    // What should have masked it may be what could not be compiled.
    record: refusal === null ? recordRule(source.group, plugins) : NOTHING_SHOWN,
  });
  return { route, problems };
}

type NamedStep = readonly [name: string, step: Step];
type InOrder = Pick<RouteParts, 'steps' | 'stepNames' | 'plugins'>;

interface Mapping {
  /** Reads and checks the parameters; none where none are declared. */
  readonly reading: readonly NamedStep[];
  readonly map: Mapper;
  /** What a request passes where there are no plugins. */
  readonly alone: InOrder;
}

function compileMapping(
  { passthroughHeaders, appCode: place }: GroupChunk,
  definition: ApiDefinition,
  placeholders: readonly string[],
): Mapping {
  const { parameters, constants, system, request } = definition;
  const appCode = appCodeRule(definition, place);
  const of = [request.mode, request.bodyFormat, parameters, constants, system, passthroughHeaders, appCode, placeholders];
  return shared('mapping', of, () => {
    const read = compileParameters(parameters, placeholders);
    const reading: readonly NamedStep[] = read === null ? [] : [['parameters', read]];
    return { reading, map: compileMapper(definition, passthroughHeaders, appCode), alone: inOrder([], reading) };
  });
}

function inOrder(plugins: readonly CompiledPlugin[], reading: readonly NamedStep[]): InOrder {
  const of = (phase: 'caller' | 'request' | 'ready') =>
    plugins.flatMap(({ type, steps }): NamedStep[] => (steps[phase] ? [[type, steps[phase]]] : []));
  const all = [...of('caller'), ...reading, ...of('request'), ...of('ready')];
  return { steps: all.map(([, step]) => step), stepNames: all.map(([name]) => name), plugins: plugins.map(({ type }) => type) };
}

/** A urlencoded body is part of what an app signs, and of what form parameters are read from and written to. */
function readsForm({ auth, parameters, constants, system }: ApiDefinition): boolean {
  return (
    auth === 'APP' ||
    parameters.some((parameter) => parameter.in === 'form' || parameter.backend.in === 'form') ||
    [...constants, ...system].some((each) => each.in === 'form')
  );
}

/** The definition with the values of its stage's variables; or the names that have none, such as one that was removed since. */
function inStage({ api, group }: RouteSource): ApiDefinition | { readonly missing: readonly string[] } {
  const variables = group.stages.find(({ name }) => name === api.stage)?.variables ?? {};
  const made = withVariables(api.definition, variables);
  return 'missing' in made ? { missing: [...new Set(made.missing.map(({ name }) => name))] } : made;
}

function surroundings({ suffix, vpcAccesses }: RouteSource): Surroundings {
  return { suffix, vpcAccesses };
}

interface CompiledPlugin {
  readonly type: PluginChunk['type'];
  readonly order: number;
  readonly steps: Steps;
}

function compilePlugin(
  plugin: RouteSource['plugins'][number],
  source: RouteSource,
  facts: RouteFacts,
  sources: PathSources,
  deps: CompileDeps,
): CompiledPlugin | string {
  if ('missing' in plugin) return plugin.missing;
  const definition = findPlugin(plugin.type);
  if (definition === undefined) return `type ${plugin.type} is not known`;
  try {
    const config = openPlugin(plugin, deps);
    if (typeof config === 'string') return config;
    const context: CompileContext = {
      pluginId: plugin.id,
      pluginName: plugin.name,
      api: facts,
      version: source.api.version,
      publicHost: source.settings.publicHost,
      apiParameters: source.api.definition.parameters.map((parameter) => parameter.name),
      parameterPlace: (name) => source.api.definition.parameters.find((parameter) => parameter.name === name)?.in ?? null,
      pathPlaceholders: sources.placeholders,
      backend: (overlay) => compileBackend(source.api.definition.backend, overlay, sources, surroundings(source)),
      dataset: lookIn(source.datasets),
      services: deps.services,
      now: deps.now,
      random: deps.random,
    };
    return { type: plugin.type, order: orderOf(plugin.type), steps: definition.compile(config, context) };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** None of a plugin that cannot be compiled: that is told where it is compiled. */
function pathParametersOf({ plugins }: RouteSource, deps: CompileDeps): readonly PathParameter[] {
  return plugins.flatMap((plugin) => {
    const fill = 'missing' in plugin ? undefined : findPlugin(plugin.type)?.pathParameters;
    if (fill === undefined) return [];
    try {
      const config = openPlugin(plugin as PluginChunk, deps);
      return typeof config === 'string' ? [] : fill(config);
    } catch {
      return [];
    }
  });
}

function routeFacts({ api, group, instanceId }: RouteSource, { proxyName = PROXY_NAME }: CompileDeps): RouteFacts {
  return {
    apiId: api.id,
    apiName: api.definition.name,
    groupId: group.id,
    groupName: group.name,
    stage: api.stage,
    instanceId,
    proxyName,
  };
}

/** One literal, what every request reads first: with many APIs in store a route's few lines of memory come from far away. */
function routeOf(
  { api, group, settings }: RouteSource,
  facts: RouteFacts,
  passed: InOrder,
  acting: Phases,
  parts: Omit<RouteParts, keyof InOrder | keyof Phases>,
): Route {
  const { request, disableInternet } = api.definition;
  return {
    http: request.protocols.includes('HTTP'),
    https: request.protocols.includes('HTTPS'),
    webSocket: request.protocols.includes('WS'),
    disableInternet,
    auth: authRule(api, group),
    broken: parts.broken,
    group: settings,
    first: acting.first,
    steps: passed.steps,
    map: parts.map,
    mapped: acting.mapped,
    sign: acting.sign,
    backend: parts.backend,
    guard: acting.guard,
    response: acting.response,
    every: acting.every,
    preflight: acting.preflight,
    trustsErrors: parts.trustsErrors,
    readsForm: parts.readsForm,
    readsBody: parts.readsBody,
    maxBodyBytes: request.maxBodyBytes ?? null,
    incomplete: parts.incomplete,
    version: api.version,
    stepNames: passed.stepNames,
    plugins: passed.plugins,
    record: parts.record,
    apiId: facts.apiId,
    apiName: facts.apiName,
    groupId: facts.groupId,
    groupName: facts.groupName,
    stage: facts.stage,
    instanceId: facts.instanceId,
    proxyName: facts.proxyName,
  };
}

/** An API whose definition cannot be compiled answers X500AM and nothing else (snapshots, "Following"). */
function broken(source: RouteSource, facts: RouteFacts, message: string): CompiledRoute {
  const route = routeOf(source, facts, inOrder([], []), inPhases([]), {
    map: () => refuse('X500AM'),
    backend: null,
    incomplete: message,
    readsForm: false,
    readsBody: false,
    trustsErrors: false,
    broken: { code: 'X500AM', values: {} },
    record: NOTHING_SHOWN,
  });
  return {
    route,
    problems: [{ resource: `api:${source.api.id}`, message }],
  };
}
