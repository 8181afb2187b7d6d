/** Plugins on APIs and groups. */
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { LoopsModule } from '../loops/loops.module.js';
import { PluginsModule } from '../plugins/plugins.module.js';
import { BindingsController } from './bindings.controller.js';
import { BindingsService } from './bindings.service.js';
import { PluginBinding } from './plugin-binding.entity.js';

@Module({
  imports: [TypeOrmModule.forFeature([PluginBinding]), LoopsModule, PluginsModule],
  controllers: [BindingsController],
  providers: [BindingsService],
})
export class BindingsModule {}
