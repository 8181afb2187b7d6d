var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
/** Configurations on their way into the store and out of it. */
import { checkPlugin, findPlugin } from '@causeway/plugins';
import { Injectable } from '@nestjs/common';
import { refused } from '../http/problem.js';
import { storedPaths } from '../publish/chunks/chunk-source.js';
import { StoredSecrets } from '../secrets/stored-secrets.js';
import { parseConfigText } from './config-text.js';
import { maskSecrets, restoreSecrets } from './secret-text.js';
let PluginConfigs = class PluginConfigs {
    secrets;
    constructor(secrets) {
        this.secrets = secrets;
    }
    /** The text to keep. Refuses a configuration with problems, all of them at once; doubts become warnings of the write. */
    accept(change, type, given, stored) {
        const { text, unknown } = restoreSecrets(type, toText(given), stored);
        const missing = unknown.map((field) => ({
            path: `config.${field}`,
            message: 'is ******, but no value is stored that it could keep',
        }));
        const { problems, warnings } = judge(type, text);
        if (problems.length + missing.length > 0)
            throw refused([...problems, ...missing], 'InvalidPluginData', 'The configuration of the plugin is refused.');
        for (const warning of warnings)
            change.warn(warning);
        return text;
    }
    /** What is wrong or doubtful; a value that reads `******` counts as some secret. */
    check(type, given) {
        return judge(type, restoreSecrets(type, toText(given), null).text);
    }
    seal(pluginId, text) {
        return this.secrets.seal(storedPaths.pluginConfig(pluginId), text);
    }
    /** As its owner wrote it. */
    open({ id, config }) {
        return this.secrets.open(storedPaths.pluginConfig(id), config);
    }
    masked(plugin) {
        return maskSecrets(plugin.type, this.open(plugin));
    }
};
PluginConfigs = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [StoredSecrets])
], PluginConfigs);
export { PluginConfigs };
function judge(type, text) {
    if (findPlugin(type) === undefined)
        return { problems: checkPlugin(type, {}).problems, warnings: [] };
    const parsed = parseConfigText(text);
    if ('problems' in parsed)
        return { problems: parsed.problems, warnings: [] };
    const { problems, warnings } = checkPlugin(type, parsed.config);
    return {
        problems: problems.map(({ path, message }) => ({ path: inConfig(path), message })),
        warnings: warnings.map(({ code, path, message }) => ({ code, message, path: inConfig(path) })),
    };
}
function toText(given) {
    return typeof given === 'string' ? given : JSON.stringify(given);
}
function inConfig(path) {
    return path === '' ? 'config' : `config.${path}`;
}
//# sourceMappingURL=plugin-configs.js.map