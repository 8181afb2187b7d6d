import type { Change, Warning } from '../change/change.js';
import { type FieldError } from '../http/problem.js';
import { StoredSecrets } from '../secrets/stored-secrets.js';
import type { Plugin } from './plugin.entity.js';
/** Text, or an object that is kept as JSON. */
export type GivenConfig = string | Record<string, unknown>;
export interface Findings {
    readonly problems: readonly FieldError[];
    readonly warnings: readonly Warning[];
}
export declare class PluginConfigs {
    private readonly secrets;
    constructor(secrets: StoredSecrets);
    /** The text to keep. Refuses a configuration with problems, all of them at once; doubts become warnings of the write. */
    accept(change: Change, type: string, given: GivenConfig, stored: string | null): string;
    /** What is wrong or doubtful; a value that reads `******` counts as some secret. */
    check(type: string, given: GivenConfig): Findings;
    seal(pluginId: string, text: string): string;
    /** As its owner wrote it. */
    open({ id, config }: Pick<Plugin, 'id' | 'config'>): string;
    masked(plugin: Pick<Plugin, 'id' | 'type' | 'config'>): string;
}
