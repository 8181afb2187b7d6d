/** Puts a version of an API live in a stage, and takes it offline. */
import { Injectable } from '@nestjs/common';
import { lockApi } from '../apis/lock-api.js';
import type { Actor } from '../change/change.js';
import { matchOrRefuse } from '../http/etag.js';
import { malformed, Problem } from '../http/problem.js';
import type { WriteQuery } from '../http/write-query.js';
import { type WriteOutcome, Writes } from '../http/writes.js';
import { refuseUnknownStage } from '../stages/known-stage.js';
import type { DeploymentView, NewDeployment } from './deployment-body.js';
import { findVersion } from './history.js';
import { readLive } from './live-stages.service.js';
import { LiveVersions, notDeployed } from './live-versions.js';

type Deployed = Pick<DeploymentView, 'stage' | 'version' | 'deployedAt'>;

@Injectable()
export class DeploymentsService {
  constructor(
    private readonly writes: Writes,
    private readonly live: LiveVersions,
  ) {}

  /** Deploys the draft as a new version, or switches the stage to an earlier one. */
  deploy(
    actor: Actor,
    query: WriteQuery,
    id: string,
    { stage, description, version: earlier }: NewDeployment,
  ): Promise<Deployed & WriteOutcome> {
    if (earlier !== undefined && description !== undefined)
      throw malformed([{ path: 'description', message: 'belongs to a new version: leave it out when you name an earlier one' }]);
    return this.writes.run(actor, query, async (change) => {
      const { api, group } = await lockApi(change, id);
      await refuseUnknownStage(change.manager, [group.id], stage);
      const { definition } = earlier === undefined ? api : await findVersion(change.manager, id, stage, earlier);
      const comer = { apiId: id, definition, version: earlier ?? null };
      const outcome = (await this.live.put(change, group, stage, description ?? '', [comer])).get(id);
      if (outcome === undefined) throw new Error('Every comer has an outcome');
      if (outcome instanceof Problem) throw outcome;
      const { version, deployedAt, replaced, warnings } = outcome;
      for (const warning of warnings) change.warn(warning);
      const details = { stage, version, ...(replaced !== null && { replaced }) };
      if (earlier === undefined) change.audit('api.deploy', 'api', id, { ...details, description: description ?? '' });
      else change.audit('api.switch', 'api', id, details);
      return { stage, version, deployedAt };
    });
  }

  /** The history stays, grants and bindings too. */
  takeOffline(actor: Actor, query: WriteQuery, id: string, stage: string, tag: string | null): Promise<WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const { group } = await lockApi(change, id);
      if (tag !== null) matchOrRefuse(tag, await readLive(change.manager, id, stage));
      const gone = (await this.live.takeOffline(change, group, stage, [id])).get(id);
      if (gone === undefined) throw notDeployed(stage);
      change.audit('api.offline', 'api', id, { stage, version: gone.version });
      return {};
    });
  }
}
