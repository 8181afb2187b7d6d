/** Tells step by step how a request finds its API, or where and why it does not (wire contract 1.2). */
import { DEFAULT_STAGE, type GroupChunk, HTTP_METHODS } from '@causeway/contract';
import type { HostBinding } from './host-table.js';
import { hostsOf, isKnownStage, pathInGroup, preflightFor, stageFor } from './locate.js';
import type { GroupProgram, Program } from './program.js';
import type { RouteExchange } from './route.js';
import { checkTarget } from './target.js';

/** What a request passes, in order. */
export const EXPLAINED_STEPS = [
  'access',
  'target',
  'host',
  'group',
  'stage',
  'api',
  'entry',
  'authentication',
  'body',
  'parameters',
  'plugins',
  'backend',
] as const;

export interface ExplainedStep {
  readonly step: (typeof EXPLAINED_STEPS)[number];
  /** False in the last one, when the request is refused. */
  readonly passed: boolean;
  readonly why: string;
}

/** How far a request comes. `binding` is null when it does not even find a group. */
export interface Located {
  readonly steps: readonly ExplainedStep[];
  readonly binding: HostBinding | null;
  readonly stage: string | null;
}

/**
 * The steps of `locate`, with the functions that it decides by.
 *
 * @param refused the message of the refusal that `locate` answered; null when it found an API
 */
export function explainLocation(
  x: RouteExchange,
  program: Program,
  groups: ReadonlyMap<string, GroupChunk>,
  refused: string | null,
): Located {
  const steps: ExplainedStep[] = [];
  let binding: HostBinding | null = null;
  let stage: string | null = null;
  const pass = (step: ExplainedStep['step'], why: string) => steps.push({ step, passed: true, why });
  const fail = (step: ExplainedStep['step'], why: string): Located => {
    steps.push({ step, passed: false, why });
    return { steps, binding, stage };
  };

  if (checkTarget(x.target) !== undefined || !METHODS.has(x.method)) return fail('target', refused!);
  pass('target', `${x.method} ${x.path}`);
  const bindings = hostsOf(x, program).find(x.host);
  if (bindings === undefined) return fail('host', `the ${x.listener} listener does not serve ${x.host} for this group`);
  pass('host', boundText(x, bindings.all));
  binding = bindings.find(x.path);
  if (binding === null)
    return fail(
      'group',
      `the path starts with none of the base paths ${bindings.all.map(({ group }) => group.basePath).join(', ')}`,
    );
  const { group } = binding;
  pass('group', `base path ${group.basePath || '/'} of ${groups.get(group.id)?.name ?? group.id}`);
  stage = stageFor(x, binding);
  const asked = stageText(x, binding, stage);
  const table = group.stages.get(stage);
  if (table === undefined) {
    const known = isKnownStage(stage, binding);
    return fail(
      'stage',
      `${asked}; ${known ? 'nothing is live there' : 'the group has no such stage'}; live are: ${live(group)}`,
    );
  }
  pass('stage', asked);
  const path = pathInGroup(x.path, group);
  const preflight = x.method === 'OPTIONS' ? preflightFor(x) : null;
  const called = preflight === null ? null : table.find(preflight, path);
  if (preflight !== null && called === null) return fail('api', refused!);
  const match = called !== null && called.found.preflight !== null ? called : table.find(x.method, path);
  if (match === null)
    return fail('api', `no API for ${x.method} ${path || '/'} is live in ${stage}${elsewhere(x.method, path, stage, group)}`);
  pass('api', match === called ? `${match.found.apiName}, which a preflight for ${preflight} asks about` : match.found.apiName);
  if (refused !== null) return fail('entry', refused);
  pass('entry', x.listener === 'internal' ? 'the internal listener takes any protocol' : `over ${x.scheme}`);
  return { steps, binding, stage };
}

const METHODS: ReadonlySet<string> = new Set(HTTP_METHODS);

function boundText(x: RouteExchange, bindings: readonly HostBinding[]): string {
  const { domain } = bindings[0]!;
  const name = domain === x.host ? domain : `${x.host}, as ${domain},`;
  return `${name} on the ${x.listener} listener leads to ${bindings.length === 1 ? 'one group' : `${bindings.length} groups`}`;
}

function stageText({ head }: RouteExchange, binding: HostBinding, stage: string): string {
  if (binding.stage !== null) return `${binding.domain} always leads to ${stage}`;
  return head.stage === null ? `${DEFAULT_STAGE}, without X-Ca-Stage` : `${stage}, by X-Ca-Stage`;
}

function live(group: GroupProgram): string {
  return [...group.stages.keys()].sort().join(', ') || 'none';
}

/** Near misses: other methods of the path here, and the request in other stages. */
function elsewhere(method: string, path: string, stage: string, group: GroupProgram): string {
  const methods = HTTP_METHODS.filter((other) => group.stages.get(stage)?.find(other, path));
  const stages = [...group.stages].filter(([, table]) => table.find(method, path) !== null).map(([name]) => name);
  const methodText = methods.length === 0 ? '' : `; its path is, for ${methods.join(', ')}`;
  return stages.length === 0 ? methodText : `${methodText}; in ${stages.sort().join(', ')} it is`;
}
