var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
/** Plugins: created, read, replaced, deleted. */
import { chunkKeys } from '@causeway/contract';
import { Injectable } from '@nestjs/common';
import { DataSource, MoreThan, Not } from 'typeorm';
import { mayAct } from '../http/allow.js';
import { matchOrRefuse } from '../http/etag.js';
import { findOrRefuse } from '../http/find-or-refuse.js';
import { newId } from '../http/new-id.js';
import { cursorOf, pageOf } from '../http/page.js';
import { conflict, forbidden } from '../http/problem.js';
import { refuseTaken } from '../http/refuse-taken.js';
import { Writes } from '../http/writes.js';
import { LoopCheck } from '../loops/loop-check.js';
import { instancesOf, usersOf } from './bound-where.js';
import { Plugin } from './plugin.entity.js';
import { PluginConfigs } from './plugin-configs.js';
const NO_WAIT = { timeout: 0 };
let PluginsService = class PluginsService {
    dataSource;
    writes;
    configs;
    loops;
    constructor(dataSource, writes, configs, loops) {
        this.dataSource = dataSource;
        this.writes = writes;
        this.configs = configs;
        this.loops = loops;
    }
    /** The answer shows the configuration as it was sent: whoever made a secret may see it. */
    create(actor, query, { id = newId(), name, type, config }) {
        return this.writes.run(actor, query, async (change) => {
            const { accountId } = actor;
            await refuseTaken(change.manager, Plugin, 'DuplicatePlugin', { id: { id }, name: { accountId, name } });
            const text = this.configs.accept(change, type, config, null);
            const row = { id, accountId, name, type, config: this.configs.seal(id, text) };
            await change.manager.insert(Plugin, row);
            const plugin = await change.manager.findOneByOrFail(Plugin, { id });
            change.audit('plugin.create', 'plugin', id, { name, type });
            return { ...summaryOf(plugin), config: text };
        });
    }
    async list({ accountId }, query) {
        const after = cursorOf(query);
        const rows = await this.dataSource.manager.find(Plugin, {
            select: { id: true, name: true, type: true, createdAt: true, updatedAt: true },
            where: { accountId, ...(after !== null && { id: MoreThan(after) }) },
            order: { id: 'ASC' },
            take: query.limit + 1,
        });
        return pageOf(rows, query, ({ id }) => id, summaryOf);
    }
    async read({ accountId }, id) {
        return this.show(await findOrRefuse(this.dataSource.manager, Plugin, { id, accountId }, 'plugin'));
    }
    /** With its secrets, which leaves a row in the audit log. */
    async reveal(actor, id) {
        if (!mayAct(actor.role, 'editor'))
            throw forbidden('Secrets are for editors and admins.');
        return this.writes.run(actor, NO_WAIT, async (change) => {
            const plugin = await findOrRefuse(change.manager, Plugin, { id, accountId: actor.accountId }, 'plugin');
            change.audit('plugin.reveal', 'plugin', id);
            return { ...summaryOf(plugin), config: this.configs.open(plugin) };
        });
    }
    replace(actor, query, id, tag, body) {
        return this.writes.run(actor, query, async (change) => {
            const plugin = await this.lock(change, actor, id, tag);
            const { name = plugin.name, type = plugin.type, config } = body;
            if (type !== plugin.type)
                throw conflict('InvalidPluginType', `The type of a plugin is fixed; this one is ${plugin.type}.`);
            await refuseTaken(change.manager, Plugin, 'DuplicatePlugin', { name: { accountId: actor.accountId, name, id: Not(id) } });
            const text = this.configs.accept(change, type, config, this.configs.open(plugin));
            await change.manager.update(Plugin, { id }, { name, config: this.configs.seal(id, text) });
            // Whoever binds the plugin or moves a group with it locks it first: no instance is missed here.
            for (const instanceId of await instancesOf(change.manager, id))
                change.touch(instanceId, chunkKeys.plugin(id));
            await this.loops.check(change, { pluginId: id });
            change.audit('plugin.replace', 'plugin', id, { name, type });
            return this.show(await change.manager.findOneByOrFail(Plugin, { id }));
        });
    }
    remove(actor, query, id, tag) {
        return this.writes.run(actor, query, async (change) => {
            const { name, type } = await this.lock(change, actor, id, tag);
            const users = await usersOf(change.manager, id);
            if (users.length > 0)
                throw conflict('DependencyViolationPlugin', `The plugin is still bound to ${users.join(', ')}.`);
            await change.manager.delete(Plugin, { id });
            change.audit('plugin.delete', 'plugin', id, { name, type });
            return { id };
        });
    }
    async lock({ manager }, { accountId }, id, tag) {
        const plugin = await findOrRefuse(manager, Plugin, { id, accountId }, 'plugin', { lock: true });
        matchOrRefuse(tag, this.show(plugin));
        return plugin;
    }
    show(plugin) {
        return { ...summaryOf(plugin), config: this.configs.masked(plugin) };
    }
};
PluginsService = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [DataSource,
        Writes,
        PluginConfigs,
        LoopCheck])
], PluginsService);
export { PluginsService };
function summaryOf({ id, name, type, createdAt, updatedAt }) {
    return { id, name, type, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}
//# sourceMappingURL=plugins.service.js.map