/** Deployments of APIs and their history. */
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ChangeModule } from '../change/change.module.js';
import { LoopsModule } from '../loops/loops.module.js';
import { ApiVersion } from './api-version.entity.js';
import { BatchController } from './batch.controller.js';
import { BatchService } from './batch.service.js';
import { Deployment } from './deployment.entity.js';
import { DeploymentsController } from './deployments.controller.js';
import { DeploymentsService } from './deployments.service.js';
import { LiveStagesService } from './live-stages.service.js';
import { LiveVersions } from './live-versions.js';
import { VersionsController } from './versions.controller.js';
import { VersionsService } from './versions.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([Deployment, ApiVersion]), ChangeModule, LoopsModule],
  controllers: [DeploymentsController, BatchController, VersionsController],
  providers: [DeploymentsService, BatchService, LiveVersions, LiveStagesService, VersionsService],
})
export class DeploymentsModule {}
