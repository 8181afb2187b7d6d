/** Warns of a deployment that has nowhere to send requests by itself. */
import type { ApiDefinition } from '@causeway/contract';
import type { Warning } from '../change/change.js';
import type { BoundPlugin } from './bound-plugins.js';

export function warnNoBackend({ backend }: ApiDefinition, plugins: readonly BoundPlugin[]): Warning[] {
  if (backend !== undefined) return [];
  const message = plugins.some(({ type }) => type === 'routing')
    ? 'The definition has no backend: a request that no route of the routing plugin catches answers I504RB.'
    : 'The definition has no backend and no routing plugin is bound in this stage: every request answers I504RB.';
  return [{ code: 'NoBackend', message, path: 'backend' }];
}
