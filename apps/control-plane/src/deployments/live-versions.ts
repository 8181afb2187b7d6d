/** Puts versions of a group's APIs live in a stage, and takes them offline: one or many with the same few queries. */
import { type ApiDefinition, chunkKeys } from '@causeway/contract';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Change, Warning } from '../change/change.js';
import { Settings } from '../config.js';
import type { Group } from '../groups/group.entity.js';
import { Problem } from '../http/problem.js';
import { type FoundLoop, LoopCheck, loopWarning, UNCHECKED } from '../loops/loop-check.js';
import { boundPlugins } from './bound-plugins.js';
import { freeChunkNumbers } from './chunk-number.js';
import { forgetOldVersions, nextVersions, recordVersions } from './history.js';
import { readVariables, unfitForStage } from './stage-definition.js';
import { StageRoutes } from './stage-routes.js';
import { warnNoBackend } from './warn-no-backend.js';
import { knownAccesses, warnUnknownAccess } from './warn-unknown-access.js';

/** What is to go live: a draft, or an earlier version. */
export interface Comer {
  readonly apiId: string;
  readonly definition: ApiDefinition;
  /** Null of a draft, which becomes a new version. */
  readonly version: string | null;
}

export interface WentLive {
  readonly version: string;
  readonly deployedAt: string;
  /** The version that was live before. */
  readonly replaced: string | null;
  readonly warnings: readonly Warning[];
}

export interface WentOffline {
  readonly version: string;
}

@Injectable()
export class LiveVersions {
  constructor(
    private readonly loops: LoopCheck,
    private readonly settings: Settings,
  ) {}

  /**
   * By the API's id: what came of each, or why it is refused; each is judged as if those before it were live. Throws `RoutingCycle`
   * when requests would go round for ever. Group and APIs are locked, and the group has the stage.
   */
  async put(
    change: Change,
    group: Group,
    stage: string,
    description: string,
    comers: readonly Comer[],
  ): Promise<Map<string, WentLive | Problem>> {
    const { manager } = change;
    const outcomes = new Map<string, WentLive | Problem>();
    const variables = await readVariables(manager, group.id, stage);
    const routes = await StageRoutes.read(manager, group.id, stage, comers);
    const fit = comers.filter((comer) => {
      const problem = unfitForStage(comer.definition, stage, variables) ?? routes.claim(comer);
      if (problem !== null) outcomes.set(comer.apiId, problem);
      return problem === null;
    });
    if (fit.length === 0) return outcomes;
    const now = new Date();
    const versions = await this.record(manager, fit, stage, description, now);
    const replaced = await writeDeployments(change, group, stage, versions, now);
    const warnings = await this.doubts(change, group, stage, fit);
    for (const [apiId, version] of versions)
      outcomes.set(apiId, {
        version,
        deployedAt: now.toISOString(),
        replaced: replaced.get(apiId) ?? null,
        warnings: warnings.get(apiId) ?? [],
      });
    return outcomes;
  }

  /** By the API's id; one that is not live there is left out. */
  async takeOffline(change: Change, group: Group, stage: string, apiIds: readonly string[]): Promise<Map<string, WentOffline>> {
    const [rows]: [{ apiId: string; version: string; n: number }[], number] = await change.manager.query(
      'DELETE FROM deployments WHERE api_id = ANY($1) AND stage = $2 RETURNING api_id AS "apiId", version, chunk_number AS n',
      [apiIds, stage],
    );
    if (rows.length === 0) return new Map();
    for (const { n } of rows) change.touch(group.instanceId, chunkKeys.apis(group.id, n));
    const gone = rows.map(({ apiId }) => apiId);
    for (const plugins of (await boundPlugins(change.manager, group.id, gone, stage)).values())
      for (const { pluginId } of plugins) change.touch(group.instanceId, chunkKeys.plugin(pluginId));
    change.allowShrink();
    return new Map(rows.map(({ apiId, version }) => [apiId, { version }]));
  }

  /** API -> version, with those that are new in the history. */
  private async record(manager: EntityManager, comers: readonly Comer[], stage: string, description: string, now: Date) {
    const drafts = comers.flatMap(({ apiId, version }) => (version === null ? [apiId] : []));
    const versions = new Map(comers.flatMap(({ apiId, version }) => (version === null ? [] : [[apiId, version] as const])));
    if (drafts.length === 0) return versions;
    const made = await nextVersions(manager, drafts, now);
    await recordVersions(
      manager,
      [...made].map(([apiId, version]) => ({ apiId, version })),
      stage,
      description,
    );
    for (const [apiId, version] of made) versions.set(apiId, version);
    return versions;
  }

  /** What is doubtful about each, once it is live. */
  private async doubts(change: Change, group: Group, stage: string, comers: readonly Comer[]): Promise<Map<string, Warning[]>> {
    const { manager, actor } = change;
    const apiIds = comers.map(({ apiId }) => apiId);
    const plugins = await boundPlugins(manager, group.id, apiIds, stage);
    for (const list of plugins.values())
      for (const { pluginId } of list) change.touch(group.instanceId, chunkKeys.plugin(pluginId));
    const known = await knownAccesses(
      manager,
      actor.accountId,
      comers.map(({ definition }) => definition),
    );
    const { possible, isCut } = await this.loops.find(change, { apiIds });
    if (isCut) change.warn(UNCHECKED);
    const drafts = comers.filter(({ version }) => version === null).map(({ apiId }) => apiId);
    if (drafts.length > 0) await forgetOldVersions(manager, drafts, stage, this.settings.historyKeep);
    return new Map(
      comers.map(({ apiId, definition }) => [
        apiId,
        [
          ...warnNoBackend(definition, plugins.get(apiId) ?? []),
          ...warnUnknownAccess(definition, known),
          ...possible.filter((loop: FoundLoop) => loop.apiIds.has(apiId)).map(loopWarning),
        ],
      ]),
    );
  }
}

export function notDeployed(stage: string): Problem {
  return new Problem(404, 'NotFoundStage', `The API is not deployed in ${stage.slice(0, 32)}.`);
}

/** Returns the versions that were live before, by API. */
async function writeDeployments(
  change: Change,
  group: Group,
  stage: string,
  versions: ReadonlyMap<string, string>,
  deployedAt: Date,
): Promise<Map<string, string>> {
  const { manager } = change;
  const live: { apiId: string; version: string; n: number }[] = await manager.query(
    'SELECT api_id AS "apiId", version, chunk_number AS n FROM deployments WHERE api_id = ANY($1) AND stage = $2',
    [[...versions.keys()], stage],
  );
  const before = new Map(live.map(({ apiId, version }) => [apiId, version]));
  const fresh = [...versions].filter(([apiId]) => !before.has(apiId));
  const numbers = await freeChunkNumbers(manager, group.id, fresh.length);
  if (live.length > 0)
    await manager.query(
      `UPDATE deployments d SET version = n.version, deployed_at = $3
       FROM jsonb_to_recordset($1) AS n ("apiId" text, version text) WHERE d.api_id = n."apiId" AND d.stage = $2`,
      [JSON.stringify(live.map(({ apiId }) => ({ apiId, version: versions.get(apiId) }))), stage, deployedAt],
    );
  if (fresh.length > 0)
    await manager.query(
      `INSERT INTO deployments (api_id, stage, group_id, version, chunk_number, deployed_at)
       SELECT n."apiId", $2, $3, n.version, n.n, $4
       FROM jsonb_to_recordset($1) AS n ("apiId" text, version text, n integer)`,
      [JSON.stringify(fresh.map(([apiId, version], at) => ({ apiId, version, n: numbers[at] }))), stage, group.id, deployedAt],
    );
  for (const n of [...live.map((each) => each.n), ...numbers]) change.touch(group.instanceId, chunkKeys.apis(group.id, n));
  return before;
}
