/** Where everything that is measured of this process comes together, one for each application. */
import { collectDefaultMetrics, Registry } from 'prom-client';

export { Registry };

export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'causeway_' });
  return registry;
}
