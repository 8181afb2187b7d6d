/** Says whether a draft's own backend is the draft itself (management model 2.6, check 8). */
import { type ApiDefinition, generatedDomain } from '@causeway/contract';
import { CallSite, internalCalls } from '@causeway/engine';

export interface DraftGroup {
  readonly id: string;
  readonly basePath: string;
  readonly region: string;
}

/** Every request comes back, as far as no routing plugin, no stage variable and no other API of the group steps in. */
export function callsItself(definition: ApiDefinition, group: DraftGroup, suffix: string): boolean {
  const { method, path, escapePath } = definition.request;
  const site = new CallSite(group.basePath, [{ id: 'draft', method, path, escapePath }]);
  const domain = generatedDomain('internal', group.id, group.region, suffix);
  return internalCalls(definition, [], { suffix, vpcAccesses: new Map() }).calls.some((call) => {
    if (call.host !== domain) return false;
    const methods = call.method === null ? site.methodsOf('draft') : new Set([call.method]);
    const { ids, mayMiss } = site.targets(call.path, methods);
    return ids.has('draft') && !mayMiss;
  });
}
