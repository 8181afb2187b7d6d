/** Gives plugins the texts back that they had at a revision. */
import { chunkKeys } from '@causeway/contract';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Change } from '../change/change.js';
import type { FieldError } from '../http/problem.js';
import { type Place, placesOf } from '../plugins/bound-where.js';
import { datasetProblems, idsOf, keepNamed, knownDatasets } from '../plugins/named-datasets.js';
import { PluginConfigs } from '../plugins/plugin-configs.js';
import { findSigner, type Signer } from '../plugins/signing-app.js';
import { warnOfLeft } from './leave-gone.js';
import type { LockedPlugin } from './lock-differences.js';
import type { Difference } from './rollback-difference.js';

interface PluginText {
  readonly id: string;
  readonly config: string;
  readonly appId: string | null;
  /** Those that it names. */
  readonly datasets: readonly string[];
}

@Injectable()
export class RestorePlugins {
  constructor(private readonly configs: PluginConfigs) {}

  /** Holds the apps that the texts of then name: before the plugins are locked. */
  async lockSigners(
    manager: EntityManager,
    accountId: string,
    differences: readonly Difference[],
    signers: Map<string, Signer>,
  ): Promise<void> {
    const rows: { id: string; type: string }[] = await manager.query('SELECT id, type FROM plugins WHERE id = ANY($1)', [
      differences.map(({ target }) => target),
    ]);
    const types = new Map(rows.map(({ id, type }) => [id, type]));
    for (const { target, past } of differences) {
      const text = this.open(target, past);
      const app = text === null ? null : this.configs.appOf(types.get(target) ?? '', text);
      if (app !== null) signers.set(target, await findSigner(manager, accountId, app));
    }
  }

  /** The ids of those whose text changed. Where they act on other instances, it changes there too, which is warned of. */
  async restore(
    change: Change,
    instanceId: string,
    differences: readonly Difference[],
    plugins: ReadonlyMap<string, LockedPlugin>,
    signers: ReadonlyMap<string, Signer>,
  ): Promise<string[]> {
    const left: string[] = [];
    const texts: PluginText[] = [];
    const then = differences.flatMap(({ target, past }) => {
      const plugin = plugins.get(target);
      if (plugin === undefined) return [];
      const text = this.open(target, past);
      return [{ target, plugin, text, uses: text === null ? [] : this.configs.datasetsOf(plugin.type, text) }];
    });
    const uses = then.flatMap((each) => each.uses);
    const known = await knownDatasets(change.manager, change.actor.accountId, uses);
    for (const { target, plugin, text, uses } of then) {
      const signer = signers.get(target);
      const problem =
        text === null
          ? 'the key that sealed it is gone'
          : this.problemWith(plugin.type, text, [...(signer?.problems ?? []), ...datasetProblems(uses, known)]);
      if (text === null || problem !== null)
        left.push(`the configuration of plugin ${plugin.name} (${target}) stays as it is: ${problem}`);
      else if (text !== this.configs.open(plugin))
        texts.push({ id: target, config: this.configs.seal(target, text), appId: signer?.appId ?? null, datasets: idsOf(uses) });
    }
    warnOfLeft(change, left);
    const ids = texts.map(({ id }) => id);
    if (ids.length > 0) {
      await store(change.manager, texts);
      const places = await placesOf(change.manager, ids);
      await renameDatasets(change, texts, places);
      warnOfOthers(change, instanceId, places, plugins);
    }
    return ids;
  }

  /** Null when it cannot be opened. */
  private open(id: string, past: string | null): string | null {
    if (past === null) return null;
    try {
      return this.configs.open({ id, config: past });
    } catch {
      // The master key that sealed it was taken away since: what it held is lost, which the caller says.
      return null;
    }
  }

  private problemWith(type: string, text: string, found: readonly FieldError[]): string | null {
    const [problem] = [...this.configs.check(type, text).problems, ...found];
    return problem === undefined ? null : `what it was is refused by now: ${problem.path} ${problem.message}`;
  }
}

async function store(manager: EntityManager, texts: readonly PluginText[]): Promise<void> {
  await manager.query(
    `UPDATE plugins p SET config = t.config, app_id = t."appId", updated_at = now()
     FROM jsonb_to_recordset($1) AS t(id text, config text, "appId" bigint) WHERE p.id = t.id`,
    [JSON.stringify(texts)],
  );
}

/** The instances where they are bound get what they name now; what they name no more may leave there. */
async function renameDatasets(change: Change, texts: readonly PluginText[], places: readonly Place[]): Promise<void> {
  const gone = await keepNamed(change.manager, texts);
  for (const { pluginId, datasetId } of gone)
    for (const place of places) if (place.pluginId === pluginId) change.touch(place.instanceId, chunkKeys.dataset(datasetId));
}

function warnOfOthers(
  change: Change,
  instanceId: string,
  places: readonly Place[],
  plugins: ReadonlyMap<string, LockedPlugin>,
): void {
  for (const place of places) {
    if (place.instanceId === instanceId) continue;
    const name = plugins.get(place.pluginId)?.name ?? '';
    const message = `plugin ${name} (${place.pluginId}) is bound on instance ${place.instanceId}, too, and changes there as well`;
    change.warn({ code: 'ChangedElsewhere', message });
  }
}
