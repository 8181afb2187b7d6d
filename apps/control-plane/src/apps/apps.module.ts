/** Apps and their key pairs. */
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { App } from './app.entity.js';
import { AppKey } from './app-key.entity.js';
import { AppKeysController } from './app-keys.controller.js';
import { AppKeysService } from './app-keys.service.js';
import { AppsController } from './apps.controller.js';
import { AppsService } from './apps.service.js';
import { KeyPairs } from './key-pairs.js';

@Module({
  imports: [TypeOrmModule.forFeature([App, AppKey])],
  controllers: [AppsController, AppKeysController],
  providers: [AppsService, AppKeysService, KeyPairs],
})
export class AppsModule {}
