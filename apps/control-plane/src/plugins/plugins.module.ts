/** Plugins and their types. */
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { LoopsModule } from '../loops/loops.module.js';
import { Plugin } from './plugin.entity.js';
import { PluginConfigs } from './plugin-configs.js';
import { PluginTypesController } from './plugin-types.controller.js';
import { PluginsController } from './plugins.controller.js';
import { PluginsService } from './plugins.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([Plugin]), LoopsModule],
  controllers: [PluginsController, PluginTypesController],
  providers: [PluginConfigs, PluginsService],
  exports: [PluginConfigs],
})
export class PluginsModule {}
