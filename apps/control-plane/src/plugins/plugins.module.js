var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/** Plugins and their types. */
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { LoopsModule } from '../loops/loops.module.js';
import { Plugin } from './plugin.entity.js';
import { PluginConfigs } from './plugin-configs.js';
import { PluginTypesController } from './plugin-types.controller.js';
import { PluginsController } from './plugins.controller.js';
import { PluginsService } from './plugins.service.js';
let PluginsModule = class PluginsModule {
};
PluginsModule = __decorate([
    Module({
        imports: [TypeOrmModule.forFeature([Plugin]), LoopsModule],
        controllers: [PluginsController, PluginTypesController],
        providers: [PluginConfigs, PluginsService],
        exports: [PluginConfigs],
    })
], PluginsModule);
export { PluginsModule };
//# sourceMappingURL=plugins.module.js.map