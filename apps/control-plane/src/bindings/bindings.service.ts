/** Binds plugins to APIs and groups; in force at once. */
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In, MoreThan, Not } from 'typeorm';
import type { Actor, Change } from '../change/change.js';
import { findOrRefuse } from '../http/find-or-refuse.js';
import { newId } from '../http/new-id.js';
import { cursorOf, type Page, type PageQuery, pageOf } from '../http/page.js';
import { absent } from '../http/problem.js';
import type { WriteQuery } from '../http/write-query.js';
import { type WriteOutcome, Writes } from '../http/writes.js';
import { LoopCheck } from '../loops/loop-check.js';
import { Plugin } from '../plugins/plugin.entity.js';
import { PluginConfigs } from '../plugins/plugin-configs.js';
import { refuseUnknownStage } from '../stages/known-stage.js';
import type { BindBody, BindingView } from './binding.dto.js';
import { lockApis, lockGroup, lockGroups, type Target, touchBinding } from './binding-targets.js';
import { PluginBinding } from './plugin-binding.entity.js';

@Injectable()
export class BindingsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writes: Writes,
    private readonly configs: PluginConfigs,
    private readonly loops: LoopCheck,
  ) {}

  /** Replaces what was bound of the same type; binding again what is bound changes nothing. */
  bind(actor: Actor, query: WriteQuery, pluginId: string, body: BindBody): Promise<{ items: BindingView[] } & WriteOutcome> {
    const { apiIds, groupId, stage } = body;
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      const where = { id: pluginId, accountId: actor.accountId };
      await findOrRefuse(manager, Plugin, where, 'plugin');
      const targets = apiIds !== undefined ? await lockApis(change, apiIds) : [await lockGroup(change, groupId ?? '')];
      await refuseUnknownStage(
        manager,
        targets.map((target) => target.groupId),
        stage,
      );
      const plugin = await findOrRefuse(manager, Plugin, where, 'plugin', { lock: true });
      const replaced = await unbindOthers(manager, plugin, targets, stage);
      const bindings = await ensureBindings(manager, plugin, targets, stage);
      await touchBinding(change, targets, stage, [pluginId, ...replaced]);
      await this.loops.check(change, apiIds !== undefined ? { apiIds } : { groupId: groupId ?? '' });
      for (const warning of this.configs.check(plugin.type, this.configs.open(plugin)).warnings) change.warn(warning);
      change.audit('plugin.bind', 'plugin', pluginId, { apiIds, groupId, stage, replaced });
      return { items: bindings.map(show) };
    });
  }

  async list({ accountId }: Actor, pluginId: string, query: PageQuery): Promise<Page<BindingView>> {
    const { manager } = this.dataSource;
    await findOrRefuse(manager, Plugin, { id: pluginId, accountId }, 'plugin');
    const after = cursorOf(query);
    const rows = await manager.find(PluginBinding, {
      where: { pluginId, ...(after !== null && { id: MoreThan(after) }) },
      order: { id: 'ASC' },
      take: query.limit + 1,
    });
    return pageOf(rows, query, ({ id }) => id, show);
  }

  unbind(actor: Actor, query: WriteQuery, pluginId: string, bindingId: string): Promise<{ id: string } & WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      const where = { id: pluginId, accountId: actor.accountId };
      await findOrRefuse(manager, Plugin, where, 'plugin');
      const target = await lockTarget(change, pluginId, bindingId);
      await findOrRefuse(manager, Plugin, where, 'plugin', { lock: true });
      const { apiId, groupId, stage } = await findOrRefuse(manager, PluginBinding, { id: bindingId, pluginId }, 'binding', {
        lock: true,
      });
      await manager.delete(PluginBinding, { id: bindingId });
      await touchBinding(change, [target], stage, [pluginId]);
      // What comes back into force, the API's own backend or its group's routing, may close a loop.
      await this.loops.check(change, apiId !== null ? { apiIds: [apiId] } : { groupId: groupId ?? '' });
      change.audit('plugin.unbind', 'plugin', pluginId, { apiId, groupId, stage });
      return { id: bindingId };
    });
  }
}

/** The plugins of the same type that have to give way. */
async function unbindOthers(
  manager: EntityManager,
  { id, type }: Plugin,
  targets: readonly Target[],
  stage: string,
): Promise<string[]> {
  const others = await manager.findBy(PluginBinding, { ...at(targets), stage, type, pluginId: Not(id) });
  await manager.delete(PluginBinding, { id: In(others.map((each) => each.id)) });
  return [...new Set(others.map(({ pluginId }) => pluginId))];
}

/** The bindings in the order of the targets. */
async function ensureBindings(
  manager: EntityManager,
  { id: pluginId, type }: Plugin,
  targets: readonly Target[],
  stage: string,
): Promise<PluginBinding[]> {
  const present = await manager.findBy(PluginBinding, { ...at(targets), stage, type, pluginId });
  const byTarget = new Map(present.map((each) => [each.apiId ?? each.groupId, each]));
  const bindings = targets.map(({ kind, id }) => {
    const place = { apiId: kind === 'api' ? id : null, groupId: kind === 'group' ? id : null };
    return byTarget.get(id) ?? manager.create(PluginBinding, { id: newId(), pluginId, type, stage, ...place });
  });
  await manager.insert(
    PluginBinding,
    bindings.filter((each) => !present.includes(each)),
  );
  return bindings;
}

function at(targets: readonly Target[]): { apiId: ReturnType<typeof In> } | { groupId: ReturnType<typeof In> } {
  const ids = In(targets.map(({ id }) => id));
  return targets[0]?.kind === 'group' ? { groupId: ids } : { apiId: ids };
}

async function lockTarget({ manager }: Change, pluginId: string, bindingId: string): Promise<Target> {
  const [row]: { api_id: string | null; group_id: string }[] = await manager.query(
    `SELECT b.api_id, coalesce(b.group_id, a.group_id) AS group_id FROM plugin_bindings b LEFT JOIN apis a ON a.id = b.api_id
     WHERE b.id = $1 AND b.plugin_id = $2`,
    [bindingId, pluginId],
  );
  if (row === undefined) throw absent('binding', bindingId);
  const instanceId = (await lockGroups(manager, [row.group_id])).get(row.group_id) ?? '';
  const { api_id, group_id } = row;
  return { kind: api_id === null ? 'group' : 'api', id: api_id ?? group_id, groupId: group_id, instanceId };
}

function show({ id, apiId, groupId, stage }: PluginBinding): BindingView {
  return { id, ...(apiId !== null ? { apiId } : { groupId: groupId ?? '' }), stage };
}
