/** Plugins: created, read, replaced, deleted. */
import { chunkKeys } from '@causeway/contract';
import { Injectable } from '@nestjs/common';
import { DataSource, Not } from 'typeorm';
import type { Actor, Change } from '../change/change.js';
import { mayAct } from '../http/allow.js';
import { matchOrRefuse } from '../http/etag.js';
import { findOrRefuse } from '../http/find-or-refuse.js';
import { newId } from '../http/new-id.js';
import { cursorOf, type Page, pageOf } from '../http/page.js';
import { conflict, forbidden } from '../http/problem.js';
import { refuseTaken } from '../http/refuse-taken.js';
import type { WriteQuery } from '../http/write-query.js';
import { type WriteOutcome, Writes } from '../http/writes.js';
import { LoopCheck } from '../loops/loop-check.js';
import { idsOfPage, type TaggedPageQuery } from '../tags/tag-filter.js';
import { placesOf, usersOf } from './bound-where.js';
import { datasetProblems, idsOf, keepNamed, knownDatasets } from './named-datasets.js';
import type { CheckPluginBody, CreatePluginBody, PluginSummary, PluginView, ReplacePluginBody } from './plugin.dto.js';
import { Plugin } from './plugin.entity.js';
import { type Findings, PluginConfigs } from './plugin-configs.js';
import { findSigner } from './signing-app.js';

const NO_WAIT: WriteQuery = { timeout: 0 };

@Injectable()
export class PluginsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writes: Writes,
    private readonly configs: PluginConfigs,
    private readonly loops: LoopCheck,
  ) {}

  /** The answer shows the configuration as it was sent: whoever made a secret may see it. */
  create(
    actor: Actor,
    query: WriteQuery,
    { id = newId(), name, type, config }: CreatePluginBody,
  ): Promise<PluginView & WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const { accountId } = actor;
      const own = { kind: 'plugin', id, accountId } as const;
      await refuseTaken(change.manager, Plugin, 'DuplicatePlugin', { id: { id }, name: { accountId, name } }, own);
      const signer = await findSigner(change.manager, accountId, this.configs.appOf(type, config));
      const uses = this.configs.datasetsOf(type, config);
      const unfit = datasetProblems(uses, await knownDatasets(change.manager, accountId, uses));
      const text = this.configs.accept(change, type, config, { stored: null, problems: [...signer.problems, ...unfit] });
      const row = { id, accountId, name, type, config: this.configs.seal(id, text), appId: signer.appId };
      await change.manager.insert(Plugin, row);
      await keepNamed(change.manager, [{ id, datasets: idsOf(uses) }]);
      const plugin = await change.manager.findOneByOrFail(Plugin, { id });
      change.audit('plugin.create', 'plugin', id, { name, type });
      return { ...summaryOf(plugin), config: text, ...signerOf(plugin) };
    });
  }

  /** What a write would be refused for or warn of, and, when it would be taken, what it would do. */
  async check({ accountId }: Actor, { type, config }: CheckPluginBody): Promise<Findings> {
    const { warnings, summary, ...own } = this.configs.check(type, config);
    const { manager } = this.dataSource;
    const signer = await findSigner(manager, accountId, this.configs.appOf(type, config));
    const uses = this.configs.datasetsOf(type, config);
    const unfit = datasetProblems(uses, await knownDatasets(manager, accountId, uses));
    const problems = [...own.problems, ...signer.problems, ...unfit];
    return { problems, warnings, summary: problems.length > 0 ? [] : summary };
  }

  async list({ accountId }: Actor, query: TaggedPageQuery): Promise<Page<PluginSummary>> {
    const after = cursorOf(query);
    const rows = await this.dataSource.manager.find(Plugin, {
      select: { id: true, name: true, type: true, createdAt: true, updatedAt: true },
      where: { accountId, ...idsOfPage(after, query, accountId, 'plugin') },
      order: { id: 'ASC' },
      take: query.limit + 1,
    });
    return pageOf(rows, query, ({ id }) => id, summaryOf);
  }

  async read({ accountId }: Actor, id: string): Promise<PluginView> {
    return this.show(await findOrRefuse(this.dataSource.manager, Plugin, { id, accountId }, 'plugin'));
  }

  /** With its secrets, which leaves a row in the audit log. */
  async reveal(actor: Actor, id: string): Promise<PluginView> {
    if (!mayAct(actor.role, 'editor')) throw forbidden('Secrets are for editors and admins.');
    return this.writes.run(actor, NO_WAIT, async (change) => {
      const plugin = await findOrRefuse(change.manager, Plugin, { id, accountId: actor.accountId }, 'plugin');
      change.audit('plugin.reveal', 'plugin', id);
      return { ...summaryOf(plugin), config: this.configs.open(plugin), ...signerOf(plugin) };
    });
  }

  replace(
    actor: Actor,
    query: WriteQuery,
    id: string,
    tag: string | null,
    body: ReplacePluginBody,
  ): Promise<PluginView & WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const { accountId } = actor;
      // Before the plugin is locked: whoever changes an app locks it first, then the plugins that name it.
      const { type: known } = await findOrRefuse(change.manager, Plugin, { id, accountId }, 'plugin');
      const { appId, problems } = await findSigner(change.manager, accountId, this.configs.appOf(known, body.config));
      const plugin = await this.lock(change, actor, id, tag);
      const { name = plugin.name, type = plugin.type, config } = body;
      if (type !== plugin.type) throw conflict('InvalidPluginType', `The type of a plugin is fixed; this one is ${plugin.type}.`);
      await refuseTaken(change.manager, Plugin, 'DuplicatePlugin', { name: { accountId: actor.accountId, name, id: Not(id) } });
      const uses = this.configs.datasetsOf(type, config);
      const unfit = datasetProblems(uses, await knownDatasets(change.manager, accountId, uses));
      const text = this.configs.accept(change, type, config, {
        stored: this.configs.open(plugin),
        problems: [...problems, ...unfit],
      });
      await change.manager.update(Plugin, { id }, { name, config: this.configs.seal(id, text), appId });
      const gone = await keepNamed(change.manager, [{ id, datasets: idsOf(uses) }]);
      // Whoever binds the plugin or moves a group with it locks it first: no instance is missed here.
      for (const { instanceId } of await placesOf(change.manager, [id])) {
        change.touch(instanceId, chunkKeys.plugin(id));
        for (const { datasetId } of gone) change.touch(instanceId, chunkKeys.dataset(datasetId));
      }
      await this.loops.check(change, { pluginId: id });
      change.audit('plugin.replace', 'plugin', id, { name, type });
      return this.show(await change.manager.findOneByOrFail(Plugin, { id }));
    });
  }

  remove(actor: Actor, query: WriteQuery, id: string, tag: string | null): Promise<{ id: string } & WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const { name, type } = await this.lock(change, actor, id, tag);
      const users = await usersOf(change.manager, id);
      if (users.length > 0) throw conflict('DependencyViolationPlugin', `The plugin is still bound to ${users.join(', ')}.`);
      await change.manager.delete(Plugin, { id });
      change.audit('plugin.delete', 'plugin', id, { name, type });
      return { id };
    });
  }

  private async lock({ manager }: Change, { accountId }: Actor, id: string, tag: string | null): Promise<Plugin> {
    const plugin = await findOrRefuse(manager, Plugin, { id, accountId }, 'plugin', { lock: true });
    matchOrRefuse(tag, this.show(plugin));
    return plugin;
  }

  private show(plugin: Plugin): PluginView {
    return { ...summaryOf(plugin), config: this.configs.masked(plugin), ...signerOf(plugin) };
  }
}

function signerOf({ appId }: Plugin): Pick<PluginView, 'appId'> {
  return appId === null ? {} : { appId };
}

function summaryOf({ id, name, type, createdAt, updatedAt }: Plugin): PluginSummary {
  return { id, name, type, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}
