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
import { authRule } from './auth-rule.js';
import { compileBackend, type VpcAccesses } from './compile-backend.js';
import { lookIn, type OpenDatasets } from './compile-datasets.js';
import { compileMapping, type NamedStep, type Passed, passing } from './compile-mapping.js';
import { type PathSources, withPathParameters } from './compile-path.js';
import { type CompileDeps, PROXY_NAME } from './deps.js';
import type { GroupSettings } from './group-settings.js';
import { inPhases, type Phases } from './in-phases.js';
import { openPlugin } from './open-plugin.js';
import type { Segment } from './path-pattern.js';
import { NOTHING_SHOWN, recordRule } from './record-rule.js';
import type { Route, RouteParts } from './route.js';
import { withVariables } from './stage-variables.js';

export type { VpcAccesses };

/** What all routes of a group have in common. */
export interface RoutePlace {
  readonly group: GroupChunk;
  readonly settings: GroupSettings;
  /** The named upstreams of the group's account, by name. */
  readonly vpcAccesses: VpcAccesses;
  /** Those that its plugins name, by id. */
  readonly datasets: OpenDatasets;
  readonly instanceId: string;
  readonly suffix: string;
}

export interface RouteSource {
  readonly place: RoutePlace;
  readonly api: ApisChunk['apis'][number];
  /** Of its path; a text in place of them says what is wrong with it. */
  readonly segments: readonly Segment[] | string;
  /** The plugins in force, at most one of a type; a text in place of one says why it is unusable. */
  readonly plugins: ReadonlyArray<PluginChunk | { readonly id: string; readonly missing: string }>;
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
  const mapping = compileMapping(definition, segments, source.place.group);
  const sources = withPathParameters(mapping.sources, pathParametersOf(source, deps));
  const own = compileBackend(definition.backend, {}, sources, source.place);
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
    record: refusal === null ? recordRule(source.place.group, plugins) : NOTHING_SHOWN,
  });
  return { route, problems };
}

function inOrder(plugins: readonly CompiledPlugin[], reading: readonly NamedStep[]): Passed {
  const of = (phase: 'caller' | 'request' | 'ready') =>
    plugins.flatMap(({ type, steps }): NamedStep[] => (steps[phase] ? [[type, steps[phase]]] : []));
  const types = plugins.map(({ type }) => type);
  return passing([...of('caller'), ...reading, ...of('request'), ...of('ready')], types);
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
function inStage({ api, place: { group } }: RouteSource): ApiDefinition | { readonly missing: readonly string[] } {
  const variables = group.stages.find(({ name }) => name === api.stage)?.variables ?? {};
  const made = withVariables(api.definition, variables);
  return 'missing' in made ? { missing: [...new Set(made.missing.map(({ name }) => name))] } : made;
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
      publicHost: source.place.settings.publicHost,
      apiParameters: source.api.definition.parameters.map((parameter) => parameter.name),
      parameterPlace: (name) => source.api.definition.parameters.find((parameter) => parameter.name === name)?.in ?? null,
      pathPlaceholders: sources.placeholders,
      backend: (overlay) => compileBackend(source.api.definition.backend, overlay, sources, source.place),
      dataset: lookIn(source.place.datasets),
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

function routeFacts({ api, place: { group, instanceId } }: RouteSource, { proxyName = PROXY_NAME }: CompileDeps): RouteFacts {
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
  { api, place: { group, settings } }: RouteSource,
  facts: RouteFacts,
  passed: Passed,
  acting: Phases,
  parts: Omit<RouteParts, keyof Passed | keyof Phases>,
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
  const route = routeOf(source, facts, passing([], []), inPhases([]), {
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
