/** Deployments of APIs and their history. */
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { LoopsModule } from '../loops/loops.module.js';
import { ApiVersion } from './api-version.entity.js';
import { Deployment } from './deployment.entity.js';
import { DeploymentsController } from './deployments.controller.js';
import { DeploymentsService } from './deployments.service.js';
import { LiveStagesService } from './live-stages.service.js';
import { VersionsController } from './versions.controller.js';
import { VersionsService } from './versions.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([Deployment, ApiVersion]), LoopsModule],
  controllers: [DeploymentsController, VersionsController],
  providers: [DeploymentsService, LiveStagesService, VersionsService],
})
export class DeploymentsModule {}
