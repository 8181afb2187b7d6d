/** All plugin types; the list is the order in which they run. */
import type { PluginType } from '@causeway/contract';
import { accessControl } from './access-control.js';
import { backendSignature } from './backend-signature.js';
import { basicAuth } from './basic-auth.js';
import { caching } from './caching.js';
import { circuitBreaker } from './circuit-breaker.js';
import { cors } from './cors.js';
import { errorMapping } from './error-mapping.js';
import { ipControl } from './ip-control.js';
import { jwtAuth } from './jwt-auth.js';
import type { PluginDefinition } from './kit/plugin.js';
import { logMask } from './log-mask.js';
import { remoteAuth } from './remote-auth.js';
import { routing } from './routing.js';
import { trafficControl } from './traffic-control.js';
import { transformer } from './transformer.js';

export const plugins = [
  cors,
  ipControl,
  jwtAuth,
  basicAuth,
  remoteAuth,
  accessControl,
  trafficControl,
  caching,
  routing,
  transformer,
  errorMapping,
  circuitBreaker,
  backendSignature,
  logMask,
] as unknown as readonly PluginDefinition[];

const byType = new Map(plugins.map((plugin) => [plugin.type as string, plugin]));

export function findPlugin(type: string): PluginDefinition | undefined {
  return byType.get(type);
}

/** Where the list places a type; earlier types run first. */
export function orderOf(type: PluginType): number {
  return plugins.findIndex((plugin) => plugin.type === type);
}
