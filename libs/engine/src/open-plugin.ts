/** A plugin's configuration, opened and checked once for all APIs that have it. */
import { type PluginChunk, sealedPaths } from '@causeway/contract';
import { checkPlugin, mapSecrets, secretPathsOf } from '@causeway/plugins';
import type { CompileDeps } from './deps.js';

type Config = Record<string, unknown>;

/** As long as somebody holds the chunk. What a type makes of a configuration it may keep by the same object. */
const opened = new WeakMap<PluginChunk, { readonly by: CompileDeps['open']; readonly config: Config | string }>();

/** @returns the configuration with defaults filled in, or what is wrong with it. @throws when a secret cannot be opened */
export function openPlugin(plugin: PluginChunk, { open }: CompileDeps): Config | string {
  const known = opened.get(plugin);
  if (known?.by === open) return known.config;
  const inTheClear = mapSecrets(plugin.config, secretPathsOf(plugin.type), (field, sealed) =>
    open(sealedPaths.pluginField(plugin.id, field), sealed),
  );
  const checked = checkPlugin(plugin.type, inTheClear);
  const config = checked.config ?? checked.problems.map(({ path, message }) => `${path} ${message}`).join('; ');
  opened.set(plugin, { by: open, config });
  return config;
}
