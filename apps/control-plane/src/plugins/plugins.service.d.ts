import { DataSource } from 'typeorm';
import type { Actor } from '../change/change.js';
import { type Page, type PageQuery } from '../http/page.js';
import type { WriteQuery } from '../http/write-query.js';
import { type WriteOutcome, Writes } from '../http/writes.js';
import { LoopCheck } from '../loops/loop-check.js';
import type { CreatePluginBody, PluginSummary, PluginView, ReplacePluginBody } from './plugin.dto.js';
import { PluginConfigs } from './plugin-configs.js';
export declare class PluginsService {
    private readonly dataSource;
    private readonly writes;
    private readonly configs;
    private readonly loops;
    constructor(dataSource: DataSource, writes: Writes, configs: PluginConfigs, loops: LoopCheck);
    /** The answer shows the configuration as it was sent: whoever made a secret may see it. */
    create(actor: Actor, query: WriteQuery, { id, name, type, config }: CreatePluginBody): Promise<PluginView & WriteOutcome>;
    list({ accountId }: Actor, query: PageQuery): Promise<Page<PluginSummary>>;
    read({ accountId }: Actor, id: string): Promise<PluginView>;
    /** With its secrets, which leaves a row in the audit log. */
    reveal(actor: Actor, id: string): Promise<PluginView>;
    replace(actor: Actor, query: WriteQuery, id: string, tag: string | null, body: ReplacePluginBody): Promise<PluginView & WriteOutcome>;
    remove(actor: Actor, query: WriteQuery, id: string, tag: string | null): Promise<{
        id: string;
    } & WriteOutcome>;
    private lock;
    private show;
}
