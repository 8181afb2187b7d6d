/** Apps and their credentials. */
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { App } from './app.entity.js';
import { AppCode } from './app-code.entity.js';
import { AppCodesController } from './app-codes.controller.js';
import { AppCodes } from './app-codes.js';
import { AppCodesService } from './app-codes.service.js';
import { AppCredentials } from './app-credentials.js';
import { AppKey } from './app-key.entity.js';
import { AppKeysController } from './app-keys.controller.js';
import { AppKeysService } from './app-keys.service.js';
import { AppsController } from './apps.controller.js';
import { AppsService } from './apps.service.js';
import { KeyPairs } from './key-pairs.js';
import { RetiredSecrets } from './retired-secrets.js';

@Module({
  imports: [TypeOrmModule.forFeature([App, AppCode, AppKey])],
  controllers: [AppsController, AppKeysController, AppCodesController],
  providers: [AppsService, AppKeysService, AppCodesService, AppCredentials, KeyPairs, AppCodes, RetiredSecrets],
})
export class AppsModule {}
