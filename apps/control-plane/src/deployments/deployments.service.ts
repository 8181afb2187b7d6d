/** Puts versions of an API live in stages, and takes them offline. */
import { chunkKeys } from '@causeway/contract';
import { Injectable } from '@nestjs/common';
import type { Api } from '../apis/api.entity.js';
import { lockApi } from '../apis/lock-api.js';
import type { Actor, Change } from '../change/change.js';
import type { Group } from '../groups/group.entity.js';
import { malformed, Problem } from '../http/problem.js';
import type { WriteQuery } from '../http/write-query.js';
import { type WriteOutcome, Writes } from '../http/writes.js';
import { LoopCheck } from '../loops/loop-check.js';
import { refuseUnknownStage } from '../stages/known-stage.js';
import { ApiVersion } from './api-version.entity.js';
import { boundPlugins } from './bound-plugins.js';
import { freeChunkNumber } from './chunk-number.js';
import { Deployment } from './deployment.entity.js';
import type { DeploymentView, NewDeployment } from './deployment-body.js';
import { findVersion, forgetOldVersions, recordVersion } from './history.js';
import { refuseUnfitForStage } from './stage-definition.js';
import { refuseSecondRoute } from './stage-routes.js';
import { warnNoBackend } from './warn-no-backend.js';
import { warnUnknownAccess } from './warn-unknown-access.js';

type Deployed = Pick<DeploymentView, 'stage' | 'version' | 'deployedAt'>;

@Injectable()
export class DeploymentsService {
  constructor(
    private readonly writes: Writes,
    private readonly loopCheck: LoopCheck,
  ) {}

  /** Deploys the draft as a new version, or switches the stage to an earlier one. */
  deploy(
    actor: Actor,
    query: WriteQuery,
    id: string,
    { stage, description, version }: NewDeployment,
  ): Promise<Deployed & WriteOutcome> {
    if (version !== undefined && description !== undefined)
      throw malformed([{ path: 'description', message: 'belongs to a new version: leave it out when you name an earlier one' }]);
    return this.writes.run(actor, query, async (change) => {
      const { api, group } = await lockApi(change, id);
      await refuseUnknownStage(change.manager, [group.id], stage);
      const live = await this.findVersionToDeploy(change, api, stage, version, description ?? '');
      const { replaced, deployedAt } = await this.putLive(change, api, group, live);
      if (version === undefined) await forgetOldVersions(change.manager, id, stage);
      const details = { stage, version: live.version, ...(replaced !== null && { replaced }) };
      if (version === undefined) change.audit('api.deploy', 'api', id, { ...details, description: live.description });
      else change.audit('api.switch', 'api', id, details);
      return { stage, version: live.version, deployedAt: deployedAt.toISOString() };
    });
  }

  /** The history stays, grants and bindings too. */
  takeOffline(actor: Actor, query: WriteQuery, id: string, stage: string): Promise<WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const { api, group } = await lockApi(change, id);
      const deployment = await change.manager.findOneBy(Deployment, { apiId: id, stage });
      if (deployment === null) throw notDeployed(stage);
      await change.manager.delete(Deployment, { apiId: id, stage });
      await touchStage(change, api, group, stage, deployment.chunkNumber);
      change.allowShrink();
      change.audit('api.offline', 'api', id, { stage, version: deployment.version });
      return {};
    });
  }

  private async findVersionToDeploy(
    { manager }: Change,
    api: Api,
    stage: string,
    version: string | undefined,
    description: string,
  ) {
    return version === undefined ? recordVersion(manager, api, stage, description) : findVersion(manager, api.id, stage, version);
  }

  private async putLive(change: Change, api: Api, group: Group, { version, stage, definition }: ApiVersion) {
    const { manager } = change;
    await refuseUnfitForStage(manager, group.id, stage, definition);
    await refuseSecondRoute(manager, group.id, { apiId: api.id, stage, definition });
    const current = await manager.findOneBy(Deployment, { apiId: api.id, stage });
    const deployedAt = new Date();
    const chunkNumber = current?.chunkNumber ?? (await freeChunkNumber(manager, group.id));
    const row = { apiId: api.id, stage, groupId: group.id, version, chunkNumber, deployedAt };
    if (current === null) await manager.insert(Deployment, row);
    else await manager.update(Deployment, { apiId: api.id, stage }, { version, deployedAt });
    const plugins = await touchStage(change, api, group, stage, chunkNumber);
    warnNoBackend(change, definition, plugins);
    await warnUnknownAccess(change, definition);
    await this.loopCheck.check(change, { apiIds: [api.id] });
    return { replaced: current?.version ?? null, deployedAt };
  }
}

export function notDeployed(stage: string): Problem {
  return new Problem(404, 'NotFoundStage', `The API is not deployed in ${stage.slice(0, 32)}.`);
}

/** What carries the API's deployment on its group's instance; returns the plugins that act on it there. */
async function touchStage(change: Change, api: Api, group: Group, stage: string, chunkNumber: number) {
  const plugins = await boundPlugins(change.manager, api, stage);
  change.touch(group.instanceId, chunkKeys.apis(group.id, chunkNumber));
  for (const { pluginId } of plugins) change.touch(group.instanceId, chunkKeys.plugin(pluginId));
  return plugins;
}
