/** APIs: their drafts. */
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { LoopsModule } from '../loops/loops.module.js';
import { Api } from './api.entity.js';
import { ApiBatches } from './api-batch.js';
import { ApisController } from './apis.controller.js';
import { ApisService } from './apis.service.js';
import { NewDrafts } from './new-drafts.js';

@Module({
  imports: [TypeOrmModule.forFeature([Api]), LoopsModule],
  controllers: [ApisController],
  providers: [ApisService, ApiBatches, NewDrafts],
})
export class ApisModule {}
