/** The types of plugins that an owner may have, in the order in which they act on a request (plugins, section 3). */
export const PLUGIN_TYPES = [
  'cors',
  'ipControl',
  'jwtAuth',
  'basicAuth',
  'remoteAuth',
  'accessControl',
  'trafficControl',
  'caching',
  'routing',
  'transformer',
  'errorMapping',
  'circuitBreaker',
  'backendSignature',
  'logMask',
] as const;

export type PluginType = (typeof PLUGIN_TYPES)[number];
