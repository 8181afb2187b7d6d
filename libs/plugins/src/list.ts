/** All plugin types; the list is the order in which they run. */
import type { PluginType } from '@causeway/contract';
import { backendSignature } from './backend-signature.js';
import type { PluginDefinition } from './kit/plugin.js';
import { routing } from './routing.js';

export const plugins = [routing, backendSignature] as unknown as readonly PluginDefinition[];

const byType = new Map(plugins.map((plugin) => [plugin.type as string, plugin]));

export function findPlugin(type: string): PluginDefinition | undefined {
  return byType.get(type);
}

/** Where the list places a type; earlier types run first. */
export function orderOf(type: PluginType): number {
  return plugins.findIndex((plugin) => plugin.type === type);
}
