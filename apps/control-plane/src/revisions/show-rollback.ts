/** Says what a rollback changes: enough to decide by, bounded, and without any value. */
import type { RollbackChanges, RollbackCounts } from './rollback.dto.js';
import type { Difference } from './rollback-difference.js';

/** Of each kind. */
const SHOWN_AT_MOST = 1000;

/** What is restored, by kind. */
export interface Restored {
  readonly deployments: readonly Difference[];
  readonly bindings: readonly Difference[];
  readonly pluginIds: readonly string[];
  readonly variables: readonly Difference[];
}

export function countsOf({ deployments, bindings, pluginIds, variables }: Restored): RollbackCounts {
  return {
    deployments: deployments.length,
    bindings: bindings.length,
    plugins: pluginIds.length,
    variables: variables.length,
  };
}

export function changesOf({ deployments, bindings, pluginIds, variables }: Restored): RollbackChanges {
  return {
    deployments: deployments.slice(0, SHOWN_AT_MOST).map(({ target, groupId, stage, past, now }) => ({
      apiId: target,
      groupId: groupId ?? '',
      stage,
      action: past === null ? 'offline' : now === null ? 'deploy' : 'switch',
      version: past,
      replaced: now,
    })),
    bindings: bindings.slice(0, SHOWN_AT_MOST).map(({ kind, target, stage, slot, past, now }) => ({
      ...(kind === 'apiBinding' ? { apiId: target } : { groupId: target }),
      stage,
      type: slot,
      pluginId: past,
      replaced: now,
    })),
    plugins: pluginIds.slice(0, SHOWN_AT_MOST).map((pluginId) => ({ pluginId })),
    variables: variables.slice(0, SHOWN_AT_MOST).map(({ target, stage, slot, past }) => ({
      groupId: target,
      stage,
      name: slot,
      action: past === null ? 'remove' : 'set',
    })),
  };
}
