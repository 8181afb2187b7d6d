/** The plugins in force on an API as an explanation lists them, in the order in which they act. */
import type { ApiDefinition, ApisChunk, Chunk, GroupChunk, PluginChunk } from '@causeway/contract';
import { checkPlugin, type Exchange, findPlugin, mapSecrets, orderOf, type RuleVerdict, secretPathsOf } from '@causeway/plugins';
import { datasetOf, lookIn, type OpenDatasets } from './compile-datasets.js';
import type { RouteSource } from './compile-route.js';
import { parsePathPattern, placeholdersOf } from './path-pattern.js';
import { pluginsInForce } from './plugins-in-force.js';

export interface ExplainedPlugin {
  readonly id: string;
  /** Null when it is bound but not there. */
  readonly name: string | null;
  readonly type: string | null;
  /** Bound to the API itself, or to its group. */
  readonly boundTo: 'api' | 'group';
  /** Rule by rule, in order; the first that holds is taken. Empty when the request did not come as far. */
  readonly rules: readonly RuleVerdict[];
}

export interface PluginExplainer {
  readonly listed: Omit<ExplainedPlugin, 'rules'>;
  /** Null for a plugin that has no rules to tell, or cannot be compiled. */
  readonly rules: ((x: Exchange) => readonly RuleVerdict[]) | null;
}

export function pluginExplainers(
  api: ApisChunk['apis'][number],
  group: GroupChunk,
  chunks: readonly Chunk[],
  secret: string,
  random: () => number,
): PluginExplainer[] {
  const known = new Map(chunks.flatMap((chunk) => (chunk.kind === 'plugin' ? [[chunk.id, chunk] as const] : [])));
  const datasets = new Map(
    chunks.flatMap((chunk) =>
      chunk.kind === 'dataset' ? [[chunk.id, { dataset: datasetOf(chunk, () => secret) }] as const] : [],
    ),
  );
  return pluginsInForce(api, group, known)
    .toSorted((a, b) => rank(a) - rank(b))
    .map((plugin) => {
      const boundTo = api.plugins.includes(plugin.id) ? 'api' : 'group';
      if ('missing' in plugin) return { listed: { id: plugin.id, name: null, type: null, boundTo }, rules: null };
      const { id, name, type } = plugin;
      return { listed: { id, name, type, boundTo }, rules: rulesOf(plugin, api.definition, datasets, secret, random) };
    });
}

function rank(plugin: RouteSource['plugins'][number]): number {
  return 'missing' in plugin ? -1 : orderOf(plugin.type);
}

function rulesOf(
  plugin: PluginChunk,
  definition: ApiDefinition,
  datasets: OpenDatasets,
  secret: string,
  random: () => number,
): PluginExplainer['rules'] {
  const explain = findPlugin(plugin.type)?.explain;
  const { config } = checkPlugin(
    plugin.type,
    mapSecrets(plugin.config, secretPathsOf(plugin.type), () => secret),
  );
  if (explain === undefined || config === null) return null;
  const { path, escapePath } = definition.request;
  const segments = parsePathPattern(path, escapePath);
  return explain(config, {
    apiParameters: definition.parameters.map(({ name }) => name),
    pathPlaceholders: typeof segments === 'string' ? [] : placeholdersOf(segments),
    dataset: lookIn(datasets),
    random,
  });
}

/** Names of `[name]` segments, in order. */
