/** The types of plugins that an owner may bind. */
export const PLUGIN_TYPES = ['routing', 'backendSignature'] as const;

export type PluginType = (typeof PLUGIN_TYPES)[number];
