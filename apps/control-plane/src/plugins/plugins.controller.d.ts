import type { Actor } from '../change/change.js';
import { PageQuery } from '../http/page.js';
import { RevealQuery } from '../http/reveal-query.js';
import { WriteQuery } from '../http/write-query.js';
import { CheckPluginBody, CreatePluginBody, PluginView, ReplacePluginBody } from './plugin.dto.js';
import { PluginConfigs } from './plugin-configs.js';
import { PluginsService } from './plugins.service.js';
export declare class PluginsController {
    private readonly plugins;
    private readonly configs;
    constructor(plugins: PluginsService, configs: PluginConfigs);
    create(actor: Actor, query: WriteQuery, body: CreatePluginBody): Promise<PluginView & import("../http/writes.js").WriteOutcome>;
    check({ type, config }: CheckPluginBody): import("./plugin-configs.js").Findings;
    list(actor: Actor, query: PageQuery): Promise<import("../http/page.js").Page<import("./plugin.dto.js").PluginSummary>>;
    read(actor: Actor, id: string, { reveal }: RevealQuery): Promise<PluginView>;
    replace(actor: Actor, query: WriteQuery, id: string, tag: string | null, body: ReplacePluginBody): Promise<PluginView & import("../http/writes.js").WriteOutcome>;
    remove(actor: Actor, query: WriteQuery, id: string, tag: string | null): Promise<{
        id: string;
    } & import("../http/writes.js").WriteOutcome>;
}
