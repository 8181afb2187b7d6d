var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
var __param = (this && this.__param) || function (paramIndex, decorator) {
    return function (target, key) { decorator(target, key, paramIndex); }
};
/** `/api/v1/plugins`. */
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../http/allow.js';
import { CurrentActor } from '../http/current-actor.js';
import { IfMatch } from '../http/etag.js';
import { PageQuery } from '../http/page.js';
import { Refuses } from '../http/refuses.js';
import { RevealQuery } from '../http/reveal-query.js';
import { WriteAnswer } from '../http/write-answer.js';
import { WriteQuery } from '../http/write-query.js';
import { CheckPluginBody, CreatePluginBody, PluginFindings, PluginPage, PluginView, ReplacePluginBody, WrittenPlugin, } from './plugin.dto.js';
import { PluginConfigs } from './plugin-configs.js';
import { PluginsService } from './plugins.service.js';
let PluginsController = class PluginsController {
    plugins;
    configs;
    constructor(plugins, configs) {
        this.plugins = plugins;
        this.configs = configs;
    }
    create(actor, query, body) {
        return this.plugins.create(actor, query, body);
    }
    check({ type, config }) {
        return this.configs.check(type, config);
    }
    list(actor, query) {
        return this.plugins.list(actor, query);
    }
    read(actor, id, { reveal }) {
        return reveal === undefined ? this.plugins.read(actor, id) : this.plugins.reveal(actor, id);
    }
    replace(actor, query, id, tag, body) {
        return this.plugins.replace(actor, query, id, tag, body);
    }
    remove(actor, query, id, tag) {
        return this.plugins.remove(actor, query, id, tag);
    }
};
__decorate([
    Post(),
    Allow('editor'),
    ApiOperation({ summary: 'Creates a plugin. It acts where it is bound.' }),
    ApiCreatedResponse({ type: WrittenPlugin, description: 'With the configuration as it was sent.' }),
    Refuses(400, 409, 422),
    __param(0, CurrentActor()),
    __param(1, Query()),
    __param(2, Body()),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [Object, WriteQuery, CreatePluginBody]),
    __metadata("design:returntype", void 0)
], PluginsController.prototype, "create", null);
__decorate([
    Post('check'),
    Allow('viewer'),
    HttpCode(200),
    ApiOperation({ summary: 'Says what is wrong or doubtful with a configuration; stores nothing.' }),
    ApiOkResponse({ type: PluginFindings }),
    Refuses(400),
    __param(0, Body()),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [CheckPluginBody]),
    __metadata("design:returntype", void 0)
], PluginsController.prototype, "check", null);
__decorate([
    Get(),
    Allow('viewer'),
    ApiOperation({ summary: 'The plugins, without their configurations.' }),
    ApiOkResponse({ type: PluginPage }),
    Refuses(400),
    __param(0, CurrentActor()),
    __param(1, Query()),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [Object, PageQuery]),
    __metadata("design:returntype", void 0)
], PluginsController.prototype, "list", null);
__decorate([
    Get(':id'),
    Allow('viewer'),
    ApiOperation({ summary: 'One plugin.' }),
    ApiOkResponse({ type: PluginView }),
    Refuses(404),
    __param(0, CurrentActor()),
    __param(1, Param('id')),
    __param(2, Query()),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [Object, String, RevealQuery]),
    __metadata("design:returntype", void 0)
], PluginsController.prototype, "read", null);
__decorate([
    Put(':id'),
    Allow('editor'),
    ApiOperation({ summary: 'Replaces name and configuration, in force at once wherever it is bound.' }),
    ApiOkResponse({ type: WrittenPlugin }),
    Refuses(400, 404, 409, 412, 422),
    __param(0, CurrentActor()),
    __param(1, Query()),
    __param(2, Param('id')),
    __param(3, IfMatch()),
    __param(4, Body()),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [Object, WriteQuery, String, Object, ReplacePluginBody]),
    __metadata("design:returntype", void 0)
], PluginsController.prototype, "replace", null);
__decorate([
    Delete(':id'),
    Allow('editor'),
    ApiOperation({ summary: 'Deletes a plugin that is bound nowhere.' }),
    ApiOkResponse({ type: WriteAnswer }),
    Refuses(404, 409, 412),
    __param(0, CurrentActor()),
    __param(1, Query()),
    __param(2, Param('id')),
    __param(3, IfMatch()),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [Object, WriteQuery, String, Object]),
    __metadata("design:returntype", void 0)
], PluginsController.prototype, "remove", null);
PluginsController = __decorate([
    ApiTags('plugins'),
    Controller('api/v1/plugins'),
    __metadata("design:paramtypes", [PluginsService,
        PluginConfigs])
], PluginsController);
export { PluginsController };
//# sourceMappingURL=plugins.controller.js.map