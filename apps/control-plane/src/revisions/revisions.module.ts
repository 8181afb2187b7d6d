/** States of an instance, and the way back to them. */
import { Module } from '@nestjs/common';
import { LoopsModule } from '../loops/loops.module.js';
import { PluginsModule } from '../plugins/plugins.module.js';
import { HistoryKeeper } from './history-keeper.js';
import { RestorePlugins } from './restore-plugins.js';
import { RevisionsController } from './revisions.controller.js';
import { RevisionsService } from './revisions.service.js';
import { RollbackService } from './rollback.service.js';

@Module({
  imports: [LoopsModule, PluginsModule],
  controllers: [RevisionsController],
  providers: [HistoryKeeper, RestorePlugins, RevisionsService, RollbackService],
  exports: [HistoryKeeper],
})
export class RevisionsModule {}
