/** Data planes: what they report, who they are, and waiting for them. */
import { Module } from '@nestjs/common';
import { ChangeModule } from '../change/change.module.js';
import { PublishModule } from '../publish/publish.module.js';
import { AppliedWait } from './applied-wait.js';
import { NodeReports } from './node-reports.js';
import { NodesController } from './nodes.controller.js';
import { NodesService } from './nodes.service.js';
import { ReportsController } from './reports.controller.js';

@Module({
  imports: [ChangeModule, PublishModule],
  controllers: [NodesController, ReportsController],
  providers: [AppliedWait, NodeReports, NodesService],
  exports: [AppliedWait],
})
export class NodesModule {}
