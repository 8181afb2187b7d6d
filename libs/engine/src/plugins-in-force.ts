/** Which plugins act on an API: its own beat its group's of the same type (plugins, section 2). */
import type { ApisChunk, GroupChunk, PluginChunk } from '@causeway/contract';
import type { RouteSource } from './compile-route.js';

export function pluginsInForce(
  api: ApisChunk['apis'][number],
  group: GroupChunk,
  plugins: ReadonlyMap<string, PluginChunk | undefined>,
): RouteSource['plugins'] {
  const own = api.plugins.map((id) => plugins.get(id) ?? missing(id));
  const types = new Set(own.map((plugin) => ('type' in plugin ? plugin.type : plugin.id)));
  const shared = group.bindings
    .filter((binding) => binding.stage === api.stage)
    .map(({ pluginId }) => plugins.get(pluginId) ?? missing(pluginId))
    .filter((plugin) => !('type' in plugin) || !types.has(plugin.type));
  return [...own, ...shared];
}

function missing(id: string) {
  return { id, missing: 'is bound but not in the snapshot' };
}
