/** Brings an earlier state of an instance back, as one new write. */
import { Injectable } from '@nestjs/common';
import type { Actor, Change } from '../change/change.js';
import { absent } from '../http/problem.js';
import { type WriteOutcome, Writes } from '../http/writes.js';
import { LoopCheck } from '../loops/loop-check.js';
import type { Signer } from '../plugins/signing-app.js';
import { findVisibleInstance, refuseForgotten } from './known-revision.js';
import { leaveGone } from './leave-gone.js';
import { lockDifferences } from './lock-differences.js';
import { restoreBindings } from './restore-bindings.js';
import { refuseSharedRoutes, restoreDeployments } from './restore-deployments.js';
import { RestorePlugins } from './restore-plugins.js';
import { refuseUnfit, restoreVariables } from './restore-variables.js';
import type { Rollback, RollbackQuery } from './rollback.dto.js';
import type { Difference, Place } from './rollback-difference.js';
import { changesOf, countsOf } from './show-rollback.js';
import { redirectedApis, touchRestored } from './touch-restored.js';

@Injectable()
export class RollbackService {
  constructor(
    private readonly writes: Writes,
    private readonly plugins: RestorePlugins,
    private readonly loops: LoopCheck,
  ) {}

  /** A new revision with that content, as far as it is the account's; a dry run says what it would change, or be refused for. */
  rollback(actor: Actor, query: RollbackQuery, revision: string): Promise<Rollback & WriteOutcome> {
    if (!/^\d{1,15}$/.test(revision)) throw absent('revision', revision);
    const dryRun = query.dryRun === 'true';
    const work = async (change: Change): Promise<Rollback> => {
      const { id } = await findVisibleInstance(change.manager, actor, query.instanceId);
      return { ...(await this.restore(change, id, Number(revision))), dryRun };
    };
    return dryRun ? this.writes.rehearse(actor, work) : this.writes.run(actor, query, work);
  }

  private async restore(change: Change, instanceId: string, revision: number): Promise<Omit<Rollback, 'dryRun'>> {
    const { manager, actor } = change;
    const { accountId } = actor;
    await refuseForgotten(manager, instanceId, revision);
    const signers = new Map<string, Signer>();
    const locked = await lockDifferences(change, { instanceId, accountId, revision }, (texts) =>
      this.plugins.lockSigners(manager, accountId, texts, signers),
    );
    // Once more: what is forgotten is forgotten revision first, so that what was read is whole.
    await refuseForgotten(manager, instanceId, revision);
    const kept = await leaveGone(change, locked, instanceId);
    const of = (...kinds: Place['kind'][]): Difference[] => kept.filter(({ kind }) => kinds.includes(kind));

    const pluginIds = await this.plugins.restore(change, instanceId, of('plugin'), locked.plugins, signers);
    const bindings = of('apiBinding', 'groupBinding');
    await restoreBindings(manager, bindings);
    const deployments = of('deployment');
    const places = await restoreDeployments(manager, deployments);
    const variables = await restoreVariables(change, of('variable'));
    const restored = { deployments, bindings, pluginIds, variables };

    await refuseSharedRoutes(manager, deployments);
    await refuseUnfit(manager, [...deployments.filter(({ past }) => past !== null), ...variables]);
    await touchRestored(change, instanceId, restored, places);
    await this.loops.check(change, { apiIds: await redirectedApis(change, restored) });
    if (deployments.some(({ past }) => past === null)) change.allowShrink();
    const counts = countsOf(restored);
    change.audit('revision.rollback', 'instance', instanceId, { revision, ...counts });
    return { instanceId, restored: revision, changes: changesOf(restored), counts };
  }
}
